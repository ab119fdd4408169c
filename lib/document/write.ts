import type { JsonValue } from './json.js';
import type { Block, Document, Node, Source } from './model.js';
import { nodeRank, scopeRank, version } from './names.js';
import { formatSource } from './source.js';
import { listTree, member, objectTree, scalarTree, treeOf, type Member, type ObjectTree, type Tree } from './tree.js';

/** What a value is to the format; decides how it is laid out and what may be left out. */
export type Role = 'root' | 'block' | 'blocks' | 'operators' | 'operator' | 'nodes' | 'node' | 'training' | 'view' | 'params' | 'wires' | 'allow' | 'repeat' | 'plain';

export function roleBelow(role: Role, key: string | number): Role {
  if (role === 'root' && (key === 'blocks' || key === 'operators' || key === 'training')) return key;
  if (role === 'root' || role === 'block') return key === 'nodes' || key === 'view' || key === 'params' ? key : 'plain';
  if (role === 'blocks') return 'block';
  if (role === 'operators') return 'operator';
  if (role === 'nodes') return 'node';
  if (role === 'node') return key === 'in' || key === 'off' ? 'wires' : key === 'allow' || key === 'repeat' ? key : 'plain';
  return 'plain';
}

export function roleAt(path: readonly (string | number)[]): Role {
  return path.reduce<Role>(roleBelow, 'root');
}

/** Values that are not written when they are empty. */
export function isOmittedEmpty(role: Role): boolean {
  return role === 'params' || role === 'view' || role === 'training' || role === 'blocks' || role === 'operators' || role === 'wires' || role === 'allow';
}

export function isEmpty(tree: Tree): boolean {
  return (tree.kind === 'list' && tree.items.length === 0) || (tree.kind === 'object' && tree.members.length === 0);
}

/** The document as it is written, in canonical order. */
export function documentTree(document: Document): ObjectTree {
  const { root } = document;
  const inputs = objectTree([...root.inputs.values()].map((input) => [input.name, inputTree(input)]));
  return scope(root, 'root', [
    ['nnet', scalarTree(document.nnet)], ['inputs', inputs],
    ['blocks', objectTree([...document.blocks.values()].map((block) => [block.name, blockTree(block)]))],
    ['operators', mapTree(document.operators)], ['training', mapTree(document.training)], ...mapTree(document.others).members.map((one) => [one.key, one.value] as const),
  ]);
}

export function blockTree(block: Block): ObjectTree {
  const bare = [...block.inputs.values()].every((input) => !input.shape && input.dtype === undefined && !input.others);
  const inputs = bare ? listTree([...block.inputs.keys()].map(scalarTree)) : objectTree([...block.inputs.values()].map((input) => [input.name, inputTree(input)]));
  return scope(block, 'block', [['inputs', inputs], ...mapTree(block.others ?? new Map()).members.map((one) => [one.key, one.value] as const)]);
}

function scope(block: Block, role: 'root' | 'block', more: readonly (readonly [string, Tree])[]): ObjectTree {
  const named = block.outputs.length > 0 && block.outputs.every((output) => output.name !== undefined);
  const outputs = named ? objectTree(block.outputs.map((output) => [output.name!, sourceTree(output.source)])) : listTree(block.outputs.map((output) => sourceTree(output.source)));
  const nodes = objectTree([...block.nodes.values()].map((node) => [node.name, nodeTree(node, block.name)]));
  return ordered(objectTree([['params', mapTree(block.params)], ['nodes', nodes], ['outputs', outputs], ['view', mapTree(block.view)], ...more]), role);
}

function inputTree(input: Block['inputs'] extends ReadonlyMap<string, infer I> ? I : never): ObjectTree {
  return objectTree([
    ...(input.shape ? [['shape', treeOf([...input.shape])] as const] : []),
    ...(input.dtype !== undefined ? [['dtype', scalarTree(input.dtype)] as const] : []),
    ...[...(input.others ?? [])].map(([key, value]) => [key, treeOf(value)] as const),
  ]);
}

const written = new WeakMap<Node, ObjectTree>();

/** What is written of a node; read again in that scope it gives the same object. */
export function nodeTree(node: Node, scope = ''): ObjectTree {
  const known = written.get(node);
  if (known) return known;
  const entries: [string, Tree][] = [['op', scalarTree(node.op)], ['in', listTree(node.in.map(sourceTree))]];
  for (const [key, value] of node.params) entries.push([key, treeOf(value)]);
  if (node.weights !== undefined) entries.push(['weights', scalarTree(node.weights)]);
  if (node.when !== undefined) entries.push(['when', treeOf(node.when)]);
  entries.push(['off', listTree(node.off.map(scalarTree))]);
  if (node.repeat) {
    const { times, shared, wiring, dim } = node.repeat;
    entries.push(['repeat', objectTree([
      ['times', treeOf(times)], ...(shared ? [['shared', scalarTree(true)] as const] : []),
      ...(wiring === 'dense' ? [['wiring', scalarTree('dense')] as const] : []), ...(dim !== 1 ? [['dim', treeOf(dim)] as const] : []),
    ])]);
  }
  entries.push(['allow', objectTree([...node.allow].map(([code, why]) => [code, scalarTree(why)]))]);
  for (const [key, value] of node.others ?? []) entries.push([key, treeOf(value)]);
  const tree = ordered(objectTree(entries), 'node');
  tree.memo = { name: node.name, scope, node, problems: [] };
  written.set(node, tree);
  return tree;
}

function sourceTree(source: Source): Tree {
  return scalarTree(source === null || typeof source === 'number' ? source : formatSource(source));
}

function mapTree(map: ReadonlyMap<string, JsonValue>): ObjectTree {
  return objectTree([...map].map(([key, value]) => [key, treeOf(value)]));
}

/** A value as it is printed: words of the format in their order, nothing that means nothing. */
export function canonical(tree: Tree, role: Role): Tree {
  if (role === 'repeat' && tree.kind === 'object' && tree.members.length === 1 && tree.members[0]!.key === 'times') return tree.members[0]!.value;
  if (tree.kind !== 'object' || role === 'plain') return tree;
  const members = tree.members.map((one) => member(one.key, canonical(one.value, roleBelow(role, one.key))));
  return ordered({ kind: 'object', length: 0, members }, role);
}

function ordered(tree: ObjectTree, role: Role): ObjectTree {
  if (role !== 'node' && role !== 'root' && role !== 'block') return tree;
  const kept: Member[] = [];
  for (const one of tree.members) {
    const below = roleBelow(role, one.key);
    if (isOmittedEmpty(below) && isEmpty(one.value)) continue;
    kept.push(below === 'repeat' ? member(one.key, canonical(one.value, below)) : one);
  }
  kept.sort((a, b) => rankIn(role, a.key) - rankIn(role, b.key));
  return { kind: 'object', length: 0, members: kept };
}

/** Where a key belongs among its siblings; equal for those whose order is the file's. */
export function rankIn(role: Role, key: string): number {
  if (role === 'node') return nodeRank(key);
  return role === 'root' || role === 'block' ? scopeRank(key, role === 'root') : 0;
}

/** A design that says nothing yet. */
export const emptyDocument: Document = {
  nnet: version,
  root: { name: '', params: new Map(), inputs: new Map(), nodes: new Map(), outputs: [], view: new Map() },
  blocks: new Map(), operators: new Map(), training: new Map(), others: new Map(),
};
