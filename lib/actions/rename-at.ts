import { blockOf, type Analysis } from '../analysis/index.js';
import { parseSource } from '../document/source.js';
import { isExpression, parseExpression, references } from '../program/index.js';
import { refuse, type Acted } from './action.js';
import { renameBlock } from './blocks.js';
import { nameProblem } from './change.js';
import { renameParam } from './params.js';
import type { JsonPath, TextRange } from '../document/json.js';
import type { Block } from '../document/model.js';

/** What a name in the text stands for, and how it is renamed everywhere. */
export interface Renamable {
  readonly name: string;
  /** The name itself, without quotes, port or repetition. */
  readonly range: TextRange;
  rename(to: string): Acted;
}

/** The node, input, parameter or block that the name at an offset of the text means: where it is written and where it is mentioned. */
export function renamableAt(analysis: Analysis, offset: number): Renamable | undefined {
  const { parsed } = analysis;
  const { document } = parsed;
  const path = parsed.pathAt(offset);
  const inBlock = path[0] === 'blocks' && document.blocks.has(String(path[1]));
  const scope = inBlock ? String(path[1]) : '';
  const block = blockOf(document, scope)!;
  const inner = inBlock ? path.slice(2) : path;
  const key = typeof path.at(-1) === 'string' ? parsed.rangeOf(path, 'key') : undefined;
  const atKey = key !== undefined && offset <= key.end;
  const within = (range: TextRange | undefined, name: string, from = 1): TextRange | undefined => {
    const start = (range?.start ?? 0) + from;
    return range !== undefined && parsed.text.slice(start, start + name.length) === name ? { start, end: start + name.length } : undefined;
  };
  const node = (name: string, range: TextRange | undefined): Renamable | undefined =>
    range && (block.nodes.has(name) || block.inputs.has(name)) ? { name, range, rename: (to) => renameNode(analysis, scope, name, to) } : undefined;
  const param = (owner: Block | undefined, name: string, range: TextRange | undefined): Renamable | undefined =>
    range && owner?.params.has(name) === true ? { name, range, rename: (to) => renameParam(analysis, owner.name, name, to) } : undefined;
  const used = (name: string, range: TextRange | undefined): Renamable | undefined =>
    range && document.blocks.has(name) ? { name, range, rename: (to) => renameBlock(analysis, name, to) } : undefined;

  const last = String(path.at(-1) ?? '');
  if (atKey) {
    const range = within(key, last);
    if (inBlock && inner.length === 0) return used(last, range);
    if (inner.length === 2 && (inner[0] === 'nodes' || inner[0] === 'inputs' || inner[0] === 'view')) return node(last, range);
    if (inner.length === 2 && inner[0] === 'params') return param(block, last, range);
    if (inner.length === 3 && inner[0] === 'nodes') return param(document.blocks.get(block.nodes.get(String(inner[1]))?.op ?? ''), last, range);
    return undefined;
  }
  const value = parsed.valueAt(path);
  if (typeof value !== 'string') return undefined;
  const range = parsed.rangeOf(path);
  if (isExpression(value)) return mentioned(value, (range?.start ?? 0) + 2, offset, (kind, name, from) => (kind === 'param' ? param(block, name, within(range, name, from + 2)) : node(name, within(range, name, from + 2))));
  if (inner[0] === 'nodes' && inner[2] === 'op') return used(value, within(range, value));
  if (!namesSource(inner)) return undefined;
  const source = parseSource(value);
  return source === undefined ? undefined : node(source.name, within(range, source.name));
}

/** Places whose text is a name of the scope: sources, outputs, a block's inputs, whose weights. */
const namesSource = (inner: JsonPath): boolean => inner[0] === 'outputs' || inner[0] === 'inputs' || (inner[0] === 'nodes' && (inner[2] === 'in' || inner[2] === 'off' || inner[2] === 'weights'));

function mentioned(text: string, start: number, offset: number, found: (kind: string, name: string, from: number) => Renamable | undefined): Renamable | undefined {
  const parsed = parseExpression(text);
  const at = 'expression' in parsed ? references(parsed.expression).find((each) => each.kind !== 'function' && start + each.start <= offset && offset <= start + each.end) : undefined;
  return at && found(at.kind, at.name, at.start);
}

function renameNode(analysis: Analysis, scope: string, from: string, to: string): Acted {
  const wrong = nameProblem(analysis, scope, to, from);
  if (wrong !== undefined) return refuse(wrong);
  return { edits: to === from ? [] : [{ kind: 'renameNode', scope, from, to }], label: `Rename ${from} to ${to}` };
}
