import { freshName, isNamed, nodePath, readersIn, scopePath, writtenAt, type Written } from '../scope.js';
import { formatSource } from '../../document/source.js';
import { listed } from '../axes.js';
import { nodeOf } from './wiring.js';
import { nearest } from '../../document/names.js';
import { operator, operators } from '../../operators/index.js';
import { meantOperator, meantParam, silentWords } from '../../operators/vocabulary.js';
import type { Candidate, FixContext } from './verify.js';
import type { Edit } from '../../document/edit.js';
import type { JsonPath, JsonValue } from '../../document/json.js';

/** An operator that is misspelt, or called as in another library, is renamed together with its parameters. */
export function operatorCandidates({ finding, graph, parsed }: FixContext, near: readonly string[]): readonly Candidate[] {
  if (finding?.code !== 'unknown-operator') return [];
  const path = nodeOf(finding.place);
  const written = writtenAt(graph.program, finding.node) ?? unexpanded(finding.place, parsed.document);
  const word = String(finding.facts?.['op'] ?? '');
  const rank = 'use' in (written ?? {}) ? (written as Written).use.inputs[0]?.tensor.shape?.length : undefined;
  const meant = meantOperator(word, (rank ?? 4) - 2);
  const names = [...new Set([...(meant === undefined ? [] : [meant]), ...near])];
  const exact = names.find((name) => name.toLowerCase() === word.toLowerCase());
  return (exact === undefined ? names : [exact]).map((name): Candidate => {
    const block = parsed.document.blocks.get(name);
    const target = block === undefined ? operator(name)?.params : block.params;
    const renamed = target === undefined || written === undefined ? [] : translated(written.node.params, name, target, word);
    const changes = renamed.filter(({ to, from }) => to !== from);
    const edits = (kept: typeof renamed): readonly Edit[] => [{ kind: 'set', path: [...path, 'op'], value: name }, ...kept.flatMap((each) => editsOf(path, each))];
    const bare: Edit = { kind: 'set', path: [...path, 'op'], value: name };
    const activation = written !== undefined && 'use' in written ? activationAfter(written as Written, name) : undefined;
    const whole = [...edits(renamed), ...missing(target, renamed).map(([param, value]): Edit => ({ kind: 'set', path: [...path, param], value }))];
    const known = changes.filter(({ to }) => to !== undefined);
    const gone = changes.filter(({ to, from }) => to === undefined && !(from === 'activation' && activation !== undefined)).map(({ from }) => from);
    return {
      title: `Change to ${name}${known.length === 0 ? '' : `, ${listed(known.map(({ from, to }) => `${from} to ${to}`))}`}${activation === undefined ? '' : `, and insert ${activation.op} behind it`}`,
      ...(gone.length > 0 && { where: `without ${listed(gone)}` }),
      variants: activation === undefined ? [[bare], edits(renamed), whole] : [[...edits(renamed), ...activation.edits], [...whole, ...activation.edits]],
    };
  });
}

/** The activation that a layer of Keras has inside, as a layer behind it that its readers read. */
function activationAfter({ instance: { block }, name, node }: Written, op: string): { readonly op: string; readonly edits: readonly Edit[] } | undefined {
  const word = node.params.get('activation');
  const meant = typeof word !== 'string' ? undefined : (meantOperator(word) ?? [...operators.keys()].find((type) => type.toLowerCase() === word.toLowerCase().replace(/_/gu, '')));
  if (meant === undefined || operator(meant)?.activation !== true || operator(op)?.params.has('activation') === true) return undefined;
  const fresh = freshName(block, meant.toLowerCase());
  const scope = scopePath(block.name);
  const edits: Edit[] = [{ kind: 'insert', path: [...scope, 'nodes'], key: fresh, value: { op: meant, in: [name], ...(meant === 'Softmax' && { dim: -1 }) }, after: name }];
  for (const reader of readersIn(block, name)) edits.push({ kind: 'set', path: [...nodePath(block.name, reader.node), 'in', reader.index], value: formatSource({ ...reader.source, name: fresh }) });
  block.outputs.forEach((output, k) => { if (isNamed(output.source) && output.source.name === name) edits.push({ kind: 'set', path: [...scope, 'outputs', output.name ?? k], value: formatSource({ ...output.source, name: fresh }) }); });
  return { op: meant, edits };
}

/** A written node of a block that nothing uses. */
function unexpanded(place: JsonPath, document: FixContext['parsed']['document']): Pick<Written, 'node'> | undefined {
  const [top, block, , name] = place;
  const node = top === 'blocks' ? document.blocks.get(String(block))?.nodes.get(String(name)) : undefined;
  return node === undefined ? undefined : { node };
}

interface Translated {
  readonly from: string;
  /** Undefined where the operator has no such thing. */
  readonly to: string | undefined;
  readonly value: JsonValue;
  readonly before: JsonValue;
}

function translated(written: ReadonlyMap<string, JsonValue>, op: string, params: ReadonlyMap<string, unknown>, word: string): readonly Translated[] {
  const taken = new Set([...written.keys()].filter((name) => params.has(name)));
  const keras = operator(op) !== undefined && word !== op;
  return [...written].map(([from, before]): Translated => {
    const meant = params.has(from) ? from : (meantParam(from, operator(op) ?? { params: new Map() }) ?? (silentWords.has(from) ? undefined : nearest(from, [...params.keys()])));
    const free = meant !== undefined && (meant === from || !taken.has(meant)) ? meant : undefined;
    const value = free === undefined ? before : keras ? converted(op, from, free, before, written) : before;
    // What says "no padding" or the like is left to the default.
    const to = value === undefined ? undefined : free;
    if (to !== undefined) taken.add(to);
    return { from, to, value: value ?? null, before };
  });
}

/** A value of another library as PyTorch has it; undefined where the default says the same. */
function converted(op: string, from: string, to: string, value: JsonValue, written: ReadonlyMap<string, JsonValue>): JsonValue | undefined {
  const text = typeof value === 'string' ? value.toLowerCase() : undefined;
  if (to === 'padding' && (text === 'valid' || text === 'same')) {
    if (text === 'valid') return undefined;
    const strided = ['strides', 'stride', 'subsample'].some((name) => { const stride = written.get(name); return stride !== undefined && JSON.stringify(stride).replace(/[[\]1,]/gu, '') !== ''; });
    if (!strided && op.startsWith('Conv')) return 'same';
    const kernel = [written.get('kernel_size') ?? written.get('pool_size') ?? written.get('kernel') ?? 2].flat()[0];
    return typeof kernel === 'number' ? Math.floor((kernel - 1) / 2) : 0;
  }
  if (from === 'pads' && Array.isArray(value) && value.length % 2 === 0) return (value as readonly JsonValue[]).slice(0, value.length / 2);
  if (from === 'axis' && (value === -1 || value === 3) && op === 'Concat') return 1;
  if (from === 'momentum' && typeof value === 'number' && value > 0.5) return Number((1 - value).toFixed(6));
  if (from === 'target_shape' && Array.isArray(value)) return [-1, ...(value as readonly JsonValue[])];
  if (from === 'size' && to === 'scale_factor' && Array.isArray(value) && value.every((each) => each === value[0])) return value[0] as JsonValue;
  return value;
}

function editsOf(path: JsonPath, { from, to, value, before }: Translated): readonly Edit[] {
  if (to === undefined) return [{ kind: 'remove', path: [...path, from] }];
  return [
    ...(from === to ? [] : [{ kind: 'renameKey' as const, path: [...path, from], to }]),
    ...(JSON.stringify(value) === JSON.stringify(before) ? [] : [{ kind: 'set' as const, path: [...path, to], value }]),
  ];
}

/** What the operator needs and the node does not say, with the value of a new layer. */
function missing(params: ReadonlyMap<string, unknown> | undefined, renamed: readonly Translated[]): readonly (readonly [string, JsonValue])[] {
  return [...(params ?? [])].flatMap(([name, spec]): readonly (readonly [string, JsonValue])[] => {
    const { initial, default: fallback, assertion } = (spec ?? {}) as { initial?: unknown; default?: unknown; assertion?: boolean };
    if (initial === undefined || fallback !== undefined || assertion === true || renamed.some(({ to }) => to === name)) return [];
    return [[name, (Array.isArray(initial) && new Set(initial).size === 1 && name !== 'shape' ? initial[0] : initial) as JsonValue]];
  });
}
