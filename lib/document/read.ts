import type { Edit } from './edit.js';
import type { JsonPath, JsonValue } from './json.js';
import type { Block, Document, Node } from './model.js';
import { blockOrder, isExpressionWord, isName, isNodeWord, keptKeys, nearest, rootOrder, scopeRank, version } from './names.js';
import { EditedObject } from './edited.js';
import { Named } from './named.js';
import type { Problem } from './problem.js';
import { readInputs, readNode, readOutputs } from './readnode.js';
import { childOf, firstPositions, hasDuplicates, indexOf, memberIndex, valueOf, type Member, type ObjectTree, type Tree } from './tree.js';

/** Takes note of something wrong at a place. */
export type Tell = (code: string, severity: Problem['severity'], path: JsonPath, message: string, more?: Partial<Problem> & { readonly part?: 'key' | 'value' }) => void;

export interface Reading {
  readonly document: Document;
  readonly problems: readonly Problem[];
}

/** Makes a document of any tree. What is of a wrong kind is told and left out; everything else is kept. */
export function readDocument(tree: Tree | undefined): Reading {
  const problems: Problem[] = [];
  const tell = teller(problems, '');
  if (tree && tree.kind !== 'object') tell('not-an-object', 'error', [], `A design is an object in braces, but ${kindOf(tree)} stands here.`);
  const object = tree?.kind === 'object' ? tree : undefined;
  const nnet = object ? readVersion(object, tell) : version;
  const blocks = new Map<string, Block>();
  for (const { key, value } of entries(object, 'blocks', ['blocks'], tell)) {
    const block = readBlockMemo(key, value);
    problems.push(...block.problems);
    blocks.set(key, block.block);
  }
  const operators = new Map<string, JsonValue>();
  for (const { key, value } of entries(object, 'operators', ['operators'], tell)) {
    const place = ['operators', key];
    if (!isName(key)) tellName(tell, 'operator', key, place);
    else if (blocks.has(key)) tell('duplicate-name', 'error', place, `\`${key}\` is the name of a block already; blocks and operators share their names, and the block is used.`, { part: 'key' });
    if (value.kind !== 'object') tell('wrong-type', 'error', place, `Operator \`${key}\` is ${kindOf(value)}, but must be an object in braces.`);
    operators.set(key, declarationMemo(value));
  }
  const training = new Map<string, JsonValue>();
  for (const { key, value } of entries(object, 'training', ['training'], tell)) training.set(key, valueOf(value));
  const others = new Map<string, JsonValue>();
  const root = readScope('', object, [], tell, problems, others);
  return { document: { nnet, root, blocks, operators, training, others }, problems };
}

/** A declaration that did not change is the same object, so that what was made of it holds. */
function declarationMemo(tree: Tree): JsonValue {
  if (tree.kind !== 'object') return valueOf(tree);
  const memo = tree.memo as { readonly declaration: JsonValue } | undefined;
  if (memo && 'declaration' in memo) return memo.declaration;
  const declaration = valueOf(tree);
  tree.memo = { declaration };
  return declaration;
}

export function teller(problems: Problem[], node: string): Tell {
  return (code, severity, path, message, more) => {
    const { part, ...rest } = more ?? {};
    problems.push({ code, severity, node, place: { path, ...(part && { part }) }, message, explanation: [], fixes: [], ...rest });
  };
}

function readVersion(object: ObjectTree, tell: Tell): number {
  const tree = childOf(object, 'nnet');
  const known = `this version of Netwright reads ${version}`;
  if (!tree) {
    tell('missing-version', 'warning', [], `The file does not say which version of the format it is in; ${known}.`, { fixes: [{ title: `Add "nnet": ${version}`, edits: [{ kind: 'set', path: ['nnet'], value: version }] }] });
    return version;
  }
  const value = tree.kind === 'scalar' ? tree.value : undefined;
  if (value === version) return version;
  const fixes = [{ title: `Set "nnet" to ${version}`, edits: [{ kind: 'set', path: ['nnet'], value: version }] }] as const;
  if (typeof value === 'number' && value > version && Number.isInteger(value)) {
    tell('unsupported-version', 'error', ['nnet'], `The file is in version ${value} of the format; ${known}. What it does not know is kept.`);
    return value;
  }
  tell('unsupported-version', 'error', ['nnet'], `"nnet" is the version of the format, a whole number; ${known}.`, { fixes });
  return version;
}

/** A block that did not change is not read again. */
function readBlockMemo(name: string, tree: Tree): { readonly name: string; readonly block: Block; readonly problems: readonly Problem[] } {
  const memo = (tree.kind === 'object' ? tree.memo : undefined) as ReturnType<typeof readBlockMemo> | undefined;
  if (memo && memo.name === name && 'block' in memo) return memo;
  const problems: Problem[] = [];
  const path: JsonPath = ['blocks', name];
  const tell = teller(problems, '');
  if (!isName(name)) tellName(tell, 'block', name, path, (to) => ({ kind: 'renameBlock', from: name, to }));
  if (tree.kind !== 'object') tell('wrong-type', 'error', path, `Block \`${name}\` is ${kindOf(tree)}, but must be an object in braces.`);
  const others = new Map<string, JsonValue>();
  const scope = readScope(name, tree.kind === 'object' ? tree : undefined, path, tell, problems, others);
  const block = others.size > 0 ? { ...scope, others } : scope;
  const made = { name, block, problems };
  if (tree.kind === 'object') tree.memo = made;
  return made;
}

function readScope(name: string, object: ObjectTree | undefined, path: JsonPath, tell: Tell, problems: Problem[], others: Map<string, JsonValue>): Block {
  const isRoot = path.length === 0;
  const params = new Map<string, JsonValue>();
  for (const { key, value } of entries(object, 'params', [...path, 'params'], tell)) {
    const place = [...path, 'params', key];
    if (!isName(key)) tellName(tell, 'parameter', key, place);
    else if (isNodeWord(key) || isExpressionWord(key)) tell('reserved-name', 'error', place, `A parameter cannot be called \`${key}\`: ${isNodeWord(key) ? 'that is a word of the format' : 'expressions use that name themselves'}.`, { part: 'key' });
    params.set(key, valueOf(value));
  }
  const inputs = readInputs(childOf(object, 'inputs'), [...path, 'inputs'], isRoot, tell);
  const nodes = readNodes(name, object, path, tell, problems);
  for (const key of inputs.keys()) if (nodes.has(key)) tell('duplicate-name', 'error', [...path, 'nodes', key], `\`${key}\` is an input already: a node needs another name.`, { part: 'key', ...(isRoot && { node: key }) });
  const outputs = readOutputs(childOf(object, 'outputs'), [...path, 'outputs'], tell);
  const view = new Map<string, JsonValue>();
  for (const { key, value } of entries(object, 'view', [...path, 'view'], tell)) view.set(key, valueOf(value));
  const order: readonly string[] = isRoot ? rootOrder : blockOrder;
  object?.members.forEach((member, k) => {
    const { key, value } = member;
    if (memberIndex(object, key) !== k) return tellDuplicate(tell, member, path, k);
    if (scopeRank(key, isRoot) !== order.indexOf('others')) return;
    others.set(key, valueOf(value));
    if (isRoot && keptKeys.includes(key)) return;
    const known = order.filter((word) => word !== 'others' && memberIndex(object, word) < 0);
    const meant = nearest(key, known);
    tell('unknown-key', 'warning', [...path, key], `${isRoot ? 'A design' : 'A block'} has no key \`${key}\`; it is kept and not read.${meant ? ` Was \`${meant}\` meant?` : ''}`, {
      part: 'key',
      ...(meant && { fixes: [{ title: `Change \`${key}\` to \`${meant}\``, edits: [{ kind: 'renameKey', path: [...path, key], to: meant }] }] }),
    });
  });
  return { name, params, inputs, nodes, outputs, view };
}

/** The nodes of a scope. Where their names are those of an earlier text, so is the index by which they are found. */
function readNodes(scope: string, object: ObjectTree | undefined, path: JsonPath, tell: Tell, problems: Problem[]): Named<Node> {
  const tree = childOf(object, 'nodes');
  const before = tree instanceof EditedObject ? tree.before : undefined;
  if (tree instanceof EditedObject && before instanceof FaultlessNodes) {
    const list = before.list.slice();
    const told = problems.length;
    list[tree.at] = readNode(tree.member.key, tree.member.value, scope, problems);
    return remembered(tree, new Named(tree.index, list), problems.length === told);
  }
  const members = entries(object, 'nodes', [...path, 'nodes'], tell);
  const told = problems.length;
  const nodes = members.map(({ key, value }) => readNode(key, value, scope, problems));
  if (tree?.kind !== 'object' || tree.members !== members) return new Named(firstPositions(members), nodes);
  return remembered(tree, new Named(indexOf(tree), nodes), problems.length === told);
}

/** The nodes of an object in which nothing is wrong and no name comes twice. */
class FaultlessNodes {
  constructor(readonly list: readonly Node[]) {}
}

function remembered(tree: ObjectTree, nodes: Named<Node>, faultless: boolean): Named<Node> {
  tree.memo = faultless ? new FaultlessNodes(nodes.list) : undefined;
  return nodes;
}

/** Members of an object below a key; tells when it is no object or has a key twice. */
function entries(object: ObjectTree | undefined, key: string, path: JsonPath, tell: Tell): readonly Member[] {
  const tree = childOf(object, key);
  if (!tree) return [];
  if (tree.kind !== 'object') {
    tell('wrong-type', 'error', path, `"${key}" is ${kindOf(tree)}, but must be an object in braces.`);
    return [];
  }
  return firstMembers(tree, path, tell);
}

/** The members that count; a key that comes again is told. */
export function firstMembers(tree: ObjectTree, path: JsonPath, tell: Tell): readonly Member[] {
  if (!hasDuplicates(tree)) return tree.members;
  return tree.members.filter((member, k) => {
    if (memberIndex(tree, member.key) === k) return true;
    tellDuplicate(tell, member, path, k);
    return false;
  });
}

function tellDuplicate(tell: Tell, member: Member, path: JsonPath, position: number): void {
  tell('duplicate-key', 'error', [...path, member.key], `\`${member.key}\` stands here already: the first one counts, this one is not read.`, { part: 'key', facts: { position } });
}

export function tellName(tell: Tell, what: string, name: string, path: JsonPath, rename?: (to: string) => Edit): void {
  const to = legalName(name);
  tell('bad-name', 'error', path, `\`${name}\` cannot name ${what === 'input' ? 'an' : 'a'} ${what}: names are letters, digits and \`_\`, and start with no digit.`, {
    part: 'key',
    ...(to !== undefined && rename && { fixes: [{ title: `Rename to \`${to}\``, edits: [rename(to)] }] }),
  });
}

/** The nearest name that is one: `my conv` as `my_conv`. */
function legalName(name: string): string | undefined {
  const made = name.trim().replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d)/, '_');
  return isName(made) && made !== '_' ? made : undefined;
}

export function kindOf(tree: Tree): string {
  if (tree.kind === 'object') return 'an object';
  if (tree.kind === 'list') return 'a list';
  if (tree.value === null) return 'null';
  return typeof tree.value === 'string' ? 'a text' : typeof tree.value === 'number' ? 'a number' : 'true or false';
}
