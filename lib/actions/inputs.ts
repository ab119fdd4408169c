import { freshName, nodePath, type Analysis } from '../analysis/index.js';
import { formatSource } from '../document/source.js';
import { refuse, type Acted } from './action.js';
import { removalEdits } from './remove.js';
import type { Edit } from '../document/edit.js';
import type { JsonPath, JsonValue } from '../document/json.js';
import type { Block, Document, Source } from '../document/model.js';

/** Where a block is used: the place of the use's sources and what they are. */
function usesOf(document: Document, name: string): readonly { readonly path: JsonPath; readonly sources: readonly JsonValue[] }[] {
  const spelled = (source: Source): JsonValue => (typeof source === 'object' && source !== null ? formatSource(source) : source);
  return [document.root, ...document.blocks.values()].flatMap((scope) => [...scope.nodes.values()].filter(({ op }) => op === name).map((node) => ({ path: [...nodePath(scope.name, node.name), 'in'], sources: node.in.map(spelled) })));
}

function found(analysis: Analysis, name: string, input?: string): Block | undefined {
  const block = analysis.parsed.document.blocks.get(name);
  return block !== undefined && (input === undefined || block.inputs.has(input)) ? block : undefined;
}

const gone = (name: string, input: string): Acted => refuse(`${name} has no input \`${input}\` any more.`);

/** One more input of a block. Each use reads its first source there, so that nothing is missing until it is wired. */
export function addBlockInput(analysis: Analysis, name: string): Acted {
  const block = found(analysis, name);
  if (block === undefined) return refuse(`There is no block \`${name}\` any more.`);
  const input = freshName(block, block.inputs.size === 0 ? 'x' : 'skip');
  const edits: Edit[] = [{ kind: 'set', path: ['blocks', name, 'inputs'], value: [...block.inputs.keys(), input] }];
  for (const { path, sources } of usesOf(analysis.parsed.document, name)) if (sources.length === block.inputs.size && sources[0] !== undefined) edits.push({ kind: 'set', path: [...path, sources.length], value: sources[0] });
  return { edits, label: `Add the input ${input} to ${name}` };
}

/** Takes an input out of a block and its source out of every use. */
export function removeBlockInput(analysis: Analysis, name: string, input: string): Acted {
  const block = found(analysis, name, input);
  if (block === undefined) return gone(name, input);
  if (block.inputs.size === 1) return refuse(`${name} needs an input.`);
  const index = [...block.inputs.keys()].indexOf(input);
  const edits: Edit[] = [...removalEdits(block, new Set([input]))];
  for (const { path, sources } of usesOf(analysis.parsed.document, name)) if (index < sources.length) edits.push({ kind: 'remove', path: [...path, index] });
  return { edits, label: `Remove the input ${input} of ${name}` };
}

/** Moves an input of a block up (-1) or down (1); the sources of every use follow. */
export function moveBlockInput(analysis: Analysis, name: string, input: string, by: 1 | -1): Acted {
  const block = found(analysis, name, input);
  if (block === undefined) return gone(name, input);
  const names = [...block.inputs.keys()];
  const from = names.indexOf(input), to = from + by;
  if (to < 0 || to >= names.length) return refuse(`\`${input}\` is ${by < 0 ? 'the first' : 'the last'} input already.`);
  const swapped = <T>(list: readonly T[]): T[] => list.map((each, index) => (index === from ? list[to]! : index === to ? list[from]! : each));
  const place = ['blocks', name, 'inputs'];
  const list = analysis.parsed.valueAt(place);
  // In a list each goes with its comments; a name that stands there twice is written anew.
  const isPlain = Array.isArray(list) && list.length === names.length;
  const edits: Edit[] = [isPlain ? { kind: 'exchange', path: place, items: [from, to] } : { kind: 'set', path: place, value: swapped(names) }];
  for (const { path, sources } of usesOf(analysis.parsed.document, name)) {
    if (Math.max(from, to) >= sources.length) continue;
    const written = analysis.parsed.valueAt(path);
    edits.push(Array.isArray(written) && written.length === sources.length ? { kind: 'exchange', path, items: [from, to] } : { kind: 'set', path, value: swapped(sources) });
  }
  return { edits, label: `Move the input ${input} of ${name}` };
}
