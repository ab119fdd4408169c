import { isName } from './names.js';
import type { NamedSource, Source } from './model.js';

const spelling = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[(0|[1-9]\d{0,8})\])?(?:\.(?:([A-Za-z_][A-Za-z0-9_]*)|(0|[1-9]\d{0,8})))?$/;

/** Reads `name`, `name.port`, `name[k]` or `name[k].port`; undefined where the text is spelled otherwise. */
export function parseSource(text: string): NamedSource | undefined {
  const match = spelling.exec(text);
  if (!match) return undefined;
  const port = match[3] ?? (match[4] === undefined ? undefined : Number(match[4]));
  return { name: match[1]!, ...(match[2] !== undefined && { repetition: Number(match[2]) }), ...(port !== undefined && { port }) };
}

/** The source as the file spells it; a constant as its digits, an input left out as `null`. */
export function formatSource(source: Source): string {
  if (source === null || typeof source === 'number') return String(source);
  return source.name + (source.repetition === undefined ? '' : `[${source.repetition}]`) + (source.port === undefined ? '' : `.${source.port}`);
}

/** A source as it is kept in the model: what cannot be read is kept as a name that nothing has. */
export function readSource(text: string): NamedSource {
  return isName(text) ? { name: text } : (parseSource(text) ?? { name: text });
}

/** The same spelling with another name in front. */
export function renameInSource(text: string, from: string, to: string): string | undefined {
  const source = readSource(text);
  return source.name === from ? to + text.slice(from.length) : undefined;
}

/** Steps of a `weights` path: `stage1[0].bn1` is stage1, bn1. Positions are those of the names in the text. */
export function weightSteps(path: string): readonly { readonly name: string; readonly start: number }[] {
  const steps: { name: string; start: number }[] = [];
  for (const match of path.matchAll(/(^|\.)([^.[\]]+)/g)) steps.push({ name: match[2]!, start: match.index + match[1]!.length });
  return steps;
}
