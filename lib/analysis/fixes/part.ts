import { insertedBefore } from './insertion.js';
import { writtenAt } from '../scope.js';
import { sameDim } from '../../shapes/index.js';
import type { Graph } from '../graph.js';
import type { Candidate } from './verify.js';
import type { JsonValue } from '../../document/json.js';
import type { ProgramNode } from '../../program/program.js';

/** Fixes of a layer that keeps nothing along an axis: the ends of its range are exchanged, or it keeps all that there is. */
export function emptiedCandidates(node: ProgramNode, axis: number): readonly Candidate[] {
  const { type } = node.operator;
  const set = (param: string, value: JsonValue, title = `Set ${param} ${JSON.stringify(value).replace(/,/gu, ', ')}`, where?: string): Candidate => ({ title, ...(where !== undefined && { where }), variants: [[{ kind: 'set', path: [...node.place, param], value }]] });
  if (type === 'Slice') {
    const { ranges } = node.params;
    if (!Array.isArray(ranges)) return [];
    const value = ranges as readonly JsonValue[];
    const own = value[axis];
    const changed = (range: JsonValue): readonly JsonValue[] => value.map((each, at) => (at === axis ? range : each));
    const turned = Array.isArray(own) && typeof own[0] === 'number' && typeof own[1] === 'number' && own[0] !== own[1] ? [set('ranges', changed([own[1], own[0], ...own.slice(2)]), undefined, 'the ends exchanged')] : [];
    const open = Array.isArray(own) && own[1] !== null ? [set('ranges', changed([own[0]!, null, ...own.slice(2)]), undefined, 'to the end')] : [];
    return [...turned, ...open, set('ranges', changed(null), undefined, 'keeps all')];
  }
  if (type === 'Narrow') return [set('length', 1, 'Set length 1')];
  return [];
}

/** The part of what a Scatter puts that is as large as its index. */
export function partCandidates(graph: Graph, node: ProgramNode): readonly Candidate[] {
  const written = writtenAt(graph.program, node.path);
  const [places, src] = [node.inputs[1]?.tensor.shape, node.inputs[2]?.tensor.shape];
  if (written === undefined || places == null || src == null || !places.every((size, axis) => typeof size === 'number' || sameDim(size, src[axis] ?? null) === true)) return [];
  const ranges: readonly JsonValue[] = places.map((size, axis) => (sameDim(size, src[axis] ?? null) === true ? null : [0, size as number]));
  return [{ title: `Insert Slice before \`src\` of \`${written.name}\``, where: 'the part that the index names', variants: [insertedBefore(written, 2, [{ wish: 'part', node: { op: 'Slice', ranges } }])] }];
}
