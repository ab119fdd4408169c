import fc from 'fast-check';
import type { Edit } from '../../lib/document/edit.js';
import type { JsonPath, JsonValue } from '../../lib/document/json.js';
import type { Block, Document, Input, Node, Output, Source } from '../../lib/document/model.js';
import { Named } from '../../lib/document/named.js';
import type { Parsed } from '../../lib/document/parse.js';
import { objectTree, scalarTree, type Tree } from '../../lib/document/tree.js';
import { documentTree } from '../../lib/document/write.js';

/** Arbitrary designs, arbitrary ways to write them down, and arbitrary edits that a person could make. */

const names = ['a', 'b', 'conv1', 'conv2', 'bn', 'sum', '__proto__', 'constructor', 'toString', 'dim', 'x_1'];
export const name = fc.constantFrom(...names);
const blockNames = ['Basic', 'Dense', '__proto__'];
const paramName = fc.constantFrom('out_channels', 'stride', 'k', '__proto__', 'dim', 'bias');

const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(null, true, false, 0, 1, -3, 0.5, 1e21, 'same', '', '=k * 2', '=dim(conv1, 1) + dim(a.h, -1)', "=dim(bn, 0) == 'dim(bn'", 'é "quoted" \\ \n\u2028'),
  fc.integer(), fc.string({ unit: 'binary', maxLength: 6 }),
);
const json: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof({ maxDepth: 2 }, scalar, fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('p', 'q', 'r'), tie('value'), { maxKeys: 2, noNullPrototype: true })),
})).value;

const source: fc.Arbitrary<Source> = fc.oneof(
  { weight: 6, arbitrary: name.map((n): Source => ({ name: n })) },
  fc.record({ name, port: fc.constantFrom<string | number>('h', 0, 2) }),
  fc.record({ name, repetition: fc.nat(3) }),
  fc.record({ name, repetition: fc.nat(3), port: fc.constantFrom<string | number>('h', 1) }),
  fc.constantFrom<Source>(null, 1, 0.5),
);
const namedSource = source.filter((s) => s !== null && typeof s === 'object');

function map<T>(key: fc.Arbitrary<string>, value: (k: string) => fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<ReadonlyMap<string, T>> {
  return fc.uniqueArray(key, { maxLength }).chain((keys) => fc.tuple(...keys.map(value)).map((values) => new Map(keys.map((k, j) => [k, values[j]!]))));
}

const repeat = fc.record({ times: fc.constantFrom<JsonValue>(1, 2, '=depth'), shared: fc.boolean(), wiring: fc.constantFrom('chain' as const, 'dense' as const), dim: fc.constantFrom<JsonValue>(1, 2, '=dim(a, 0)') });

function node(n: string): fc.Arbitrary<Node> {
  return fc.record({
    name: fc.constant(n),
    op: fc.constantFrom('Conv2d', 'Add', ...blockNames),
    in: fc.array(source, { maxLength: 3 }),
    params: map(paramName, () => json, 3),
    weights: fc.option(fc.constantFrom('bn', 'a[0].conv1', 'b.a.sum', 'conv1[1].__proto__'), { nil: undefined }),
    when: fc.option(fc.constantFrom<JsonValue>(true, '=k > 1', '=dim(conv2, 1) != k'), { nil: undefined, freq: 3 }),
    off: fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, fc.array(fc.constantFrom('a', 'bn', 'conv1.h', 'sum[0]'), { maxLength: 2 })),
    repeat: fc.option(repeat, { nil: undefined, freq: 3 }),
    allow: fc.oneof({ weight: 4, arbitrary: fc.constant(new Map<string, string>()) }, map(fc.constantFrom('code-a', 'code-b'), () => fc.constant('why'), 2)),
    others: fc.option(fc.record({ freeze: scalar, note: scalar }, { requiredKeys: [] }).map((all) => new Map(Object.entries(all).sort())), { nil: undefined, freq: 4 }),
  }).map((all) => tidy(all) as unknown as Node);
}

function input(n: string, isRoot: boolean): fc.Arbitrary<Input> {
  if (!isRoot) return fc.constant({ name: n });
  const shape = fc.array(fc.constantFrom<JsonValue>('N', 3, 32, '=size'), { maxLength: 4 });
  return fc.record({ name: fc.constant(n), shape, dtype: fc.option(fc.constantFrom('float32', 'int64'), { nil: undefined }) }).map((all) => tidy(all) as unknown as Input);
}

function block(n: string): fc.Arbitrary<Block> {
  return fc.record({
    name: fc.constant(n),
    params: map(paramName, () => json, 2),
    inputs: map(fc.constantFrom('image', 'x', 'mask'), (k) => input(k, n === ''), 2),
    nodes: map(name, node, 5),
    outputs: fc.oneof(fc.array(namedSource.map((s): Output => ({ source: s })), { maxLength: 2 }), map(fc.constantFrom('mask', 'head'), () => namedSource, 2).map((m) => [...m].map(([k, s]): Output => ({ name: k, source: s })))),
    view: map(name, () => fc.constant<JsonValue>({ x: 1, y: 2 }), 2),
    others: fc.option(map(fc.constantFrom('zzz', 'extra'), () => json, 1), { nil: undefined, freq: 3 }),
  }).map((all) => tidy(n === '' ? { ...all, others: undefined } : all) as unknown as Block);
}

/** Absent is absent, also where a generator says undefined or an empty map. */
function tidy(all: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(([key, value]) => value !== undefined && !(key === 'others' && (value as ReadonlyMap<string, unknown>).size === 0)));
}

const declaration: fc.Arbitrary<JsonValue> = fc.record({ inputs: json, params: json, outputs: json, python: scalar, zzz: json }, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<JsonValue>;

export const document: fc.Arbitrary<Document> = fc.record({
  nnet: fc.constant(1),
  root: block(''),
  blocks: map(fc.constantFrom(...blockNames), block, 2),
  operators: map(fc.constantFrom('Own', 'Linear', '__proto__'), () => fc.oneof(json, declaration), 2),
  training: map(fc.constantFrom('quick', 'long'), () => json, 2),
  others: map(fc.constantFrom('budget', 'zzz'), () => json, 2),
});

/** Writes a tree with the spaces, comments, trailing commas and second keys that people and their tools leave behind. */
export function untidy(tree: Tree, random: (below: number) => number): string {
  const eol = random(6) === 0 ? '\r\n' : '\n';
  const gap = (must = ''): string => {
    const kind = random(14);
    if (kind < 5) return must;
    if (kind < 9) return ' ';
    if (kind === 9) return `${eol}  `;
    if (kind === 10) return ` /* c${random(100)} */ `;
    if (kind === 11) return ` // c${random(100)}, "x": {${eol}    `;
    if (kind === 12) return `${eol}    // own line ${random(100)}${eol}    `;
    return `${eol}${eol}\t/* two${eol} lines */${eol}\t`;
  };
  const write = (at: Tree): string => {
    if (at.kind === 'scalar') return JSON.stringify(at.value);
    const parts: string[] = at.kind === 'list' ? at.items.map((item) => write(item.value)) : at.members.flatMap((one) => {
      const pair = (key: string, value: Tree): string => `${JSON.stringify(key)}${gap()}:${gap(' ')}${write(value)}`;
      const entry = pair(one.key, one.value);
      return random(40) === 0 ? [entry, pair(one.key, scalarTree('again'))] : [entry];
    });
    const [open, close] = at.kind === 'list' ? '[]' : '{}';
    const separated = parts.map((part, k) => `${gap()}${part}${gap()}${k < parts.length - 1 || random(5) === 0 ? ',' : ''}`);
    return `${open}${separated.join('')}${gap()}${close}`;
  };
  return `${random(3) === 0 ? `// heading${eol}` : gap()}${write(tree)}${gap()}`;
}

/** The tree of a document with its keys in any order, and with some keys that no format knows. */
export function shuffled(document: Document, random: (below: number) => number): Tree {
  const shuffle = (tree: Tree, depth: number): Tree => {
    if (tree.kind !== 'object') return tree;
    const entries = tree.members.map((one): [string, Tree] => [one.key, shuffle(one.value, depth + 1)]);
    if (random(3) === 0) entries.sort(() => random(3) - 1);
    return objectTree(entries);
  };
  return shuffle(documentTree(document), 0);
}

/** An edit at a place that the text has, or nearly has. */
export function edit(parsed: Parsed): fc.Arbitrary<Edit> {
  const { document } = parsed;
  const scopes: { readonly base: JsonPath; readonly block: Block }[] = [{ base: [], block: document.root }, ...[...document.blocks].map(([key, b]) => ({ base: ['blocks', key], block: b }))];
  return fc.constantFrom(...scopes).chain(({ base, block: scope }) => {
    const present = [...scope.nodes.keys()];
    const at = present.length > 0 ? fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...present) }, name) : name;
    const nodeValue = name.chain(node).map((n) => ({ op: n.op, in: ['a'], k: 1 }) as JsonValue);
    return fc.oneof(
      fc.record({ kind: fc.constant('set' as const), path: fc.tuple(at, paramName).map(([n, p]): JsonPath => [...base, 'nodes', n, p]), value: json }),
      fc.record({ kind: fc.constant('set' as const), path: fc.tuple(at, fc.nat(2)).map(([n, k]): JsonPath => [...base, 'nodes', n, 'in', k]), value: fc.constantFrom<JsonValue>('a', 'sum.0', 2, null) }),
      fc.record({ kind: fc.constant('exchange' as const), path: at.map((n): JsonPath => [...base, 'nodes', n, 'in']), items: fc.tuple(fc.nat(2), fc.nat(2)) }),
      fc.record({ kind: fc.constant('set' as const), path: at.map((n): JsonPath => [...base, 'nodes', n, 'in']), value: fc.constantFrom<JsonValue>(['a'], ['a', 'b'], []) }),
      fc.record({ kind: fc.constant('set' as const), path: at.map((n): JsonPath => [...base, 'nodes', n, 'off']), value: fc.constantFrom<JsonValue>(['a'], ['a', 'b'], []) }),
      fc.record({ kind: fc.constant('set' as const), path: at.map((n): JsonPath => [...base, 'nodes', n, 'when']), value: fc.constantFrom<JsonValue>(true, '=k') }),
      fc.record({ kind: fc.constant('set' as const), path: at.map((n): JsonPath => [...base, 'nodes', n, 'repeat']), value: fc.constantFrom<JsonValue>(3, { times: 2 }, { times: 2, shared: true }) }),
      fc.record({ kind: fc.constant('set' as const), path: at.map((n): JsonPath => [...base, 'nodes', n]), value: nodeValue }),
      fc.record({ kind: fc.constant('set' as const), path: at.map((n): JsonPath => [...base, 'view', n]), value: fc.constant<JsonValue>({ x: 5, y: 6 }) }),
      fc.record({ kind: fc.constant('set' as const), path: paramName.map((p): JsonPath => [...base, 'params', p]), value: json }),
      fc.record({ kind: fc.constant('set' as const), path: fc.constant<JsonPath>([...base, 'outputs']), value: fc.constantFrom<JsonValue>(['a'], { mask: 'a.h' }) }),
      fc.record({ kind: fc.constant('insert' as const), path: fc.constant<JsonPath>([...base, 'nodes']), key: name, value: nodeValue, after: fc.oneof(fc.constant(undefined), fc.constant(null), at) }),
      fc.record({ kind: fc.constant('insert' as const), path: at.map((n): JsonPath => [...base, 'nodes', n]), key: paramName, value: json, after: fc.oneof(fc.constant(undefined), fc.constant(null), paramName) }),
      fc.record({ kind: fc.constant('remove' as const), path: at.map((n): JsonPath => [...base, 'nodes', n]) }),
      fc.record({ kind: fc.constant('remove' as const), path: fc.tuple(at, fc.constantFrom('in', 'off', 'when', 'weights', 'repeat', 'stride', 'k')).map(([n, p]): JsonPath => [...base, 'nodes', n, p]) }),
      fc.record({ kind: fc.constant('remove' as const), path: fc.tuple(at, fc.constantFrom('in', 'off'), fc.nat(1)).map(([n, p, k]): JsonPath => [...base, 'nodes', n, p, k]) }),
      fc.record({ kind: fc.constant('remove' as const), path: fc.oneof(paramName.map((p): JsonPath => [...base, 'params', p]), at.map((n): JsonPath => [...base, 'view', n]), fc.constantFrom(...blockNames).map((b): JsonPath => ['blocks', b])) }),
      fc.record({ kind: fc.constant('renameKey' as const), path: fc.tuple(at, paramName).map(([n, p]): JsonPath => [...base, 'nodes', n, p]), to: paramName }),
      fc.record({ kind: fc.constant('renameNode' as const), scope: fc.constant(scope.name), from: fc.oneof(at, fc.constantFrom('x', 'image')), to: fc.constantFrom('fresh', 'a', 'longer_name_than_before') }),
      fc.record({ kind: fc.constant('renameBlock' as const), from: fc.constantFrom(...blockNames), to: fc.constantFrom('Fresh', 'Basic') }),
      fc.record({ kind: fc.constant('set' as const), path: fc.constantFrom<JsonPath>(['training', 'quick'], ['training', 'quick', 'steps'], ['operators', 'Own', 'python'], ['operators', 'Own', 'params', 'heads'], ['operators', 'Fresh'], ['budget'], ['training', 'fresh', 'set', 'width']), value: scalar }),
      fc.record({ kind: fc.constant('set' as const), path: fc.constantFrom(...blockNames).map((b): JsonPath => ['blocks', b]), value: fc.constant<JsonValue>({ inputs: ['x'], nodes: { a: { in: ['x'], op: 'ReLU', repeat: { times: 2 } } }, outputs: ['a'] }) }),
    ) as fc.Arbitrary<Edit>;
  });
}

/** A document as lists of entries, so that the order of names counts in a comparison. */
export function entriesOf(value: unknown): unknown {
  if (value instanceof Map || value instanceof Named) return ['Map', [...value].map(([k, v]) => [k, entriesOf(v)])];
  if (Array.isArray(value)) return value.map(entriesOf);
  if (typeof value === 'object' && value !== null) return ['Object', Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, entriesOf(v)])];
  return value;
}
