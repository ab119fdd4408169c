import { plain } from './params.js';
import { nodeOf } from './wiring.js';
import { writtenAt } from '../scope.js';
import type { Candidate, FixContext } from './verify.js';
import type { Edit } from '../../document/edit.js';
import type { JsonPath, JsonValue } from '../../document/json.js';

/** Fixes of values that do not go together: one of them is left out, exchanged, or written where there is none. */
export function choiceCandidates({ finding, graph, parsed }: FixContext): readonly Candidate[] {
  const written = finding === undefined ? undefined : writtenAt(graph.program, finding.node);
  if (finding === undefined || written === undefined) return [];
  const path = nodeOf(finding.place);
  const { params } = written.node;
  const { param } = finding;
  const set = (name: string, value: JsonValue, title = `Set ${name} ${JSON.stringify(value).replace(/,/gu, ', ')}`): Candidate => ({ title, variants: [[{ kind: 'set', path: [...path, name], value }]] });
  const remove = (name: string, where?: string): Candidate => ({ title: `Remove ${name}`, ...(where !== undefined && { where }), variants: params.has(name) ? [[{ kind: 'remove', path: [...path, name] }]] : [] });
  const value = param === undefined ? undefined : params.get(param);
  switch (finding.code) {
    case 'missing-size': return [{ ...set('scale_factor', 2, 'Write scale_factor 2'), where: 'twice as large' }];
    case 'two-sizes': return param === 'size' ? [remove('scale_factor', 'the size counts'), remove('size', 'the factor counts')] : param === undefined ? [] : [remove(param)];
    case 'missing-bound': return [set('min', 0, 'Write min 0'), set('max', 1, 'Write max 1')];
    case 'wrong-mode': return [...(param === 'align_corners' || param === 'antialias' ? [set('mode', 'bilinear')] : []), ...(param === undefined || param === 'mode' ? [] : [remove(param)])];
    case 'wrong-order': return exchanged(path, finding.facts);
    case 'wrong-value': return param === undefined || !params.has(param) ? [] : [remove(param, 'PyTorch’s default')];
    case 'two-open-sizes': return Array.isArray(value) ? closed(value as readonly JsonValue[], written.use.inputs[0]?.tensor.shape ?? []).map((sizes) => ({ ...set(param!, sizes), once: 'open-sizes' })) : [];
    case 'wrong-padding': return Array.isArray(value) && value.length > 1 ? [set(param!, (value as readonly JsonValue[]).slice(0, value.length - (value.length % 2)))] : [];
    case 'wrong-step': return Array.isArray(value) ? [set(param!, (value as readonly JsonValue[]).map((range) => (Array.isArray(range) && typeof range[2] === 'number' && range[2] < 1 ? [range[0] as JsonValue, range[1] as JsonValue, Math.max(1, -range[2])] : range)))] : [];
    case 'wrong-size': return Array.isArray(value) && typeof finding.facts?.['axis'] === 'number' ? [set(param!, (value as readonly JsonValue[]).map((size, axis) => (axis === finding.facts!['axis'] ? 1 : size)))] : [];
    case 'wrong-dtype': return typed(parsed.document.root.inputs, written.node.in[finding.input ?? 0], written.block, finding.facts?.['wanted']);
    default: return [];
  }
}

/** The two bounds in the other order. */
function exchanged(path: JsonPath, facts: Readonly<Record<string, unknown>> = {}): readonly Candidate[] {
  const [[low, a] = [], [high, b] = []] = Object.entries(facts);
  const [first, second] = [plain(a), plain(b)];
  if (low === undefined || high === undefined || first === undefined || second === undefined || first === second) return [];
  return [{ title: `Exchange ${low} and ${high}`, variants: [[{ kind: 'set', path: [...path, low], value: second }, { kind: 'set', path: [...path, high], value: first }]] }];
}

/** All open sizes but one become those that arrive at their axes. */
function closed(sizes: readonly JsonValue[], arriving: readonly unknown[]): readonly (readonly JsonValue[])[] {
  const open = sizes.flatMap((size, axis) => (size === -1 ? [axis] : []));
  return open.map((kept) => sizes.map((size, axis): JsonValue => (size !== -1 || axis === kept ? size : typeof arriving[axis] === 'number' ? (arriving[axis] as number) : -1)));
}

/** An input of the design that is read directly gets the type that is wanted. */
function typed(inputs: ReadonlyMap<string, unknown>, source: unknown, block: string, wanted: unknown): readonly Candidate[] {
  const name = block === '' && typeof source === 'object' && source !== null && 'name' in source ? String(source.name) : undefined;
  const dtype = typeof wanted !== 'string' ? undefined : (({ float: 'float32', float32: 'float32', index: 'int64', integer: 'int64', int64: 'int64', bool: 'bool', number: 'float32' }) as Readonly<Record<string, string>>)[wanted];
  if (name === undefined || !inputs.has(name) || dtype === undefined) return [];
  const edit: Edit = { kind: 'set', path: ['inputs', name, 'dtype'], value: dtype };
  return [{ title: `Set the dtype of \`${name}\` to ${dtype}`, variants: [[edit]] }];
}
