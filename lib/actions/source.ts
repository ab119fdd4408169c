import { freshName, nodePath, type Analysis } from '../analysis/index.js';
import { formatSource } from '../document/source.js';
import { originAt } from './place.js';
import { forgotten } from './move.js';
import { wantedInput } from './join.js';
import type { Action, DropTarget } from './action.js';
import type { Edit } from '../document/edit.js';
import type { JsonObject, JsonValue } from '../document/json.js';
import type { Operator } from '../operators/operator.js';

/** The type under which the palette offers one more input of the network. */
export const inputType = 'input:';

/** One more input of the network, of the shape that the first one has; a layer on which it is put and that lacks a source reads it. */
export function addInput(analysis: Analysis, target?: DropTarget): Action {
  const { root } = analysis.parsed.document;
  const at = target?.kind === 'node' && wantedInput(analysis, target.path) !== undefined ? originAt(analysis, target.path) : undefined;
  const node = at?.instance.path === '' ? at.written?.node : undefined;
  const [before] = root.inputs.values();
  const made = inputFor(node === undefined ? undefined : at?.written?.use.each.flatMap((each) => (each.kind === 'node' ? [analysis.program.nodes[each.node]!.operator] : []))[0]);
  const name = freshName(root, before === undefined ? made.name : 'input');
  const value: JsonObject = before === undefined || node !== undefined ? made.value : { shape: [...(before.shape ?? ['N', 3, 32, 32])], ...(before.dtype !== undefined && { dtype: before.dtype }) };
  const edits: Edit[] = [{ kind: 'set', path: ['inputs', name], value }];
  if (node !== undefined) {
    const sources = [...node.in.map((source): JsonValue => (typeof source === 'object' && source !== null ? formatSource(source) : source)), name];
    edits.push({ kind: 'set', path: [...nodePath('', node.name), 'in'], value: sources }, ...forgotten(analysis, node.in.length === 0 ? [at!.name] : []));
  }
  return { edits, label: `Add the input ${name}`, select: [name] };
}

/** The input that a network begins with whose first layer is of an operator: a size that people try first for what it takes. */
export function inputFor(operator: Operator | undefined): { readonly name: string; readonly value: JsonObject } {
  const [input] = operator?.inputs ?? [];
  if (input?.dtype === 'index' || input?.dtype === 'integer') return { name: 'tokens', value: { shape: ['N', 16], dtype: 'int64' } };
  const rank = Math.max(0, ...(input?.ranks ?? []));
  if (operator?.family === 'Attention' || operator?.family === 'Recurrent') return { name: 'sequence', value: { shape: ['N', 16, 64] } };
  if (operator?.type === 'Linear' || rank === 2) return { name: 'features', value: { shape: ['N', 64] } };
  if (rank === 3) return { name: 'signal', value: { shape: ['N', 3, 128] } };
  if (rank === 5) return { name: 'volume', value: { shape: ['N', 3, 8, 32, 32] } };
  return { name: 'image', value: { shape: ['N', 3, 32, 32] } };
}
