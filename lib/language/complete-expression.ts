import { readDeclaration } from '../program/declaration.js';
import type { TextRange } from '../document/json.js';
import type { Parsed } from '../document/parse.js';
import { formatSource } from '../document/source.js';
import type { Completion } from './complete.js';
import type { Place } from './place.js';
import { functionWords } from './words.js';

/** Names that may stand in an expression at the cursor: parameters and functions, or inside `dim(` the sources whose sizes are known there. */
export function completeExpression(parsed: Parsed, { block, node, inner, isRoot }: Place, offset: number, string: TextRange): readonly Completion[] {
  const before = parsed.text.slice(string.start + 1, offset);
  const typed = /[A-Za-z_][A-Za-z0-9_.[\]]*$/.exec(before)?.[0] ?? '';
  const rest = /^[A-Za-z0-9_]*/.exec(parsed.text.slice(offset, string.end))?.[0] ?? '';
  const range = { start: offset - typed.length, end: offset + rest.length };
  if (/'[^']*$/.test(before.replace(/'[^']*'/g, ''))) return [];
  const word = (label: string, detail: string, order: number): Completion => ({ label, kind: 'parameter', range, insert: label, order, detail });
  if (isRoot && inner[0] === 'operators') {
    const name = String(inner[1]);
    const { inputs, params } = readDeclaration(name, parsed.document.operators.get(name) ?? null).declaration;
    const symbols = [...new Set(inputs.flatMap(({ shape = [] }) => shape.flatMap((axis) => (axis.kind === 'symbol' ? [axis.name] : []))))];
    return [...symbols.map((label, k) => word(label, 'a size that arrives', k)), ...[...params.keys()].map((label, k) => word(label, `a parameter of ${name}`, symbols.length + k))];
  }
  if (/\bdim\s*\(\s*$/.test(before.slice(0, before.length - typed.length))) {
    const own = (node?.in ?? []).flatMap((source) => (typeof source === 'object' && source !== null ? [formatSource(source)] : []));
    const labels = [...new Set([...own, ...block.inputs.keys()])];
    return labels.map((label, order) => ({ label, kind: 'source', range, insert: label, order, detail: block.inputs.has(label) ? 'input' : 'a source of this node' }));
  }
  const names: Completion[] = [...block.params].map(([label, value], order) => ({
    label, kind: 'parameter', range, insert: label, order, detail: value === null ? 'must be given by each use' : `default ${JSON.stringify(value)}`,
  }));
  // The shape of an input reads parameters only.
  if (!node) return names;
  if (inner[2] !== 'repeat') names.push({ label: 'i', kind: 'value', range, insert: 'i', order: names.length, detail: 'number of the repetition, from 0' });
  for (const [label, documentation] of Object.entries(functionWords)) names.push({ label, kind: 'function', range, insert: `${label}(`, order: names.length, documentation });
  return names;
}
