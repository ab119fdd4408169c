import type { Edit } from './edit.js';
import type { JsonPath, JsonValue } from './json.js';
import type { Input, Node, Output, Repeat, Source } from './model.js';
import { dtypes, isName, isNodeWord, laterWords, nearest } from './names.js';
import type { Problem } from './problem.js';
import { firstMembers, kindOf, teller, tellName, type Tell } from './read.js';
import { FlatObject } from './flat.js';
import { noSources, nothing, plainNode, PlainNode } from './plain-node.js';
import { parseSource, readSource } from './source.js';
import { childOf, memberOf, valueOf, type ObjectTree, type Tree } from './tree.js';

interface NodeReading {
  readonly name: string;
  readonly scope: string;
  readonly node: Node;
  readonly problems: readonly Problem[];
}

/** A node that did not change is not read again, and is the same object. What is wrong with it is added to `problems`. */
export function readNode(name: string, tree: Tree, scope: string, problems: Problem[]): Node {
  if (tree instanceof FlatObject) {
    const { memo } = tree;
    // Where nothing is wrong, a node is the same in all scopes.
    if (memo instanceof PlainNode && memo.name === name) return memo;
    const plain = plainNode(name, tree);
    if (plain) {
      tree.memo = plain;
      return plain;
    }
  }
  const memo = (tree.kind === 'object' ? tree.memo : undefined) as NodeReading | undefined;
  const known = memo && memo.scope === scope && memo.name === name && 'node' in memo ? memo : undefined;
  const reading = known ?? readFresh(name, tree, scope);
  if (tree.kind === 'object') tree.memo = reading;
  for (const problem of reading.problems) problems.push(problem);
  return reading.node;
}

function readFresh(name: string, tree: Tree, scope: string): NodeReading {
  const problems: Problem[] = [];
  const path: JsonPath = scope === '' ? ['nodes', name] : ['blocks', scope, 'nodes', name];
  const tell = teller(problems, scope === '' ? name : '');
  if (!isName(name)) tellName(tell, 'node', name, path, (to) => ({ kind: 'renameNode', scope, from: name, to }));
  if (tree.kind !== 'object') {
    tell('wrong-type', 'error', path, `Node \`${name}\` is ${kindOf(tree)}, but must be an object in braces with an "op".`);
    return { name, scope, problems, node: { name, op: '', in: [], params: nothing, off: [], allow: nothing } };
  }
  let params: Map<string, JsonValue> | undefined;
  let others: Map<string, JsonValue> | undefined;
  let op: string | undefined;
  let sources: readonly Source[] = noSources;
  let off: readonly string[] = noSources;
  let weights: string | undefined;
  let when: JsonValue | undefined;
  let repeat: Repeat | undefined;
  let allow: ReadonlyMap<string, string> = nothing;
  for (const { key, value } of firstMembers(tree, path, tell)) {
    if (!isNodeWord(key)) (params ??= new Map<string, JsonValue>()).set(key, valueOf(value));
    else if (key === 'op') op = readText(value, [...path, 'op'], `"op" of \`${name}\` names its operator or block`, tell);
    else if (key === 'in') sources = readSources(value, [...path, 'in'], name, tell);
    else if (key === 'off') off = readOff(value, [...path, 'off'], name, sourceTexts(childOf(tree, 'in')), tell);
    else if (key === 'weights') weights = readText(value, [...path, 'weights'], `"weights" of \`${name}\` is the path of the node whose weights it uses`, tell) || undefined;
    else if (key === 'when') when = valueOf(value);
    else if (key === 'repeat') repeat = readRepeat(value, [...path, 'repeat'], name, tell);
    else if (key === 'allow') allow = readAllow(value, [...path, 'allow'], name, tell);
    else others = laterMap(tree);
  }
  if (op === undefined) tell('missing-op', 'error', path, `Node \`${name}\` has no "op": it names the operator or block that stands here.`, { part: 'key' });
  const node: Node = {
    name, op: op ?? '', in: sources, params: params ?? nothing, off, allow,
    ...(weights !== undefined && { weights }), ...(when !== undefined && { when }), ...(repeat && { repeat }), ...(others && { others }),
  };
  return { name, scope, node, problems };
}

/** The words that are kept and not read, in the order of the format. */
function laterMap(tree: ObjectTree): Map<string, JsonValue> {
  const kept = new Map<string, JsonValue>();
  for (const word of laterWords) {
    const value = childOf(tree, word);
    if (value) kept.set(word, valueOf(value));
  }
  return kept;
}

function readText(tree: Tree, path: JsonPath, what: string, tell: Tell): string {
  if (tree.kind === 'scalar' && typeof tree.value === 'string') return tree.value;
  tell('wrong-type', 'error', path, `${what}: a text is needed, not ${kindOf(tree)}.`);
  return '';
}

function readSources(tree: Tree, path: JsonPath, name: string, tell: Tell): readonly Source[] {
  if (tree.kind !== 'list') {
    const text = tree.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined;
    tell('wrong-type', 'error', path, `"in" of \`${name}\` is ${kindOf(tree)}, but must be a list of sources.`, {
      ...(text !== undefined && { fixes: [{ title: `Write ["${text}"]`, edits: [{ kind: 'set', path, value: [text] }] }] }),
    });
    return noSources;
  }
  return tree.items.map((item, k): Source => {
    const { value } = item;
    if (value.kind !== 'scalar' || typeof value.value === 'boolean') {
      tell('bad-source', 'error', [...path, k], `Source ${k} of \`${name}\` is ${kindOf(value)}, but must be a name, a number or null.`);
      return null;
    }
    if (typeof value.value !== 'string') return value.value;
    return namedSource(value.value, [...path, k], tell);
  });
}

function namedSource(text: string, path: JsonPath, tell: Tell): Source {
  if (!isName(text) && !parseSource(text)) tell('bad-source', 'error', path, `\`${text}\` is no source: it is spelled \`name\`, \`name.port\`, \`name[0]\` or \`name[0].port\`.`);
  return readSource(text);
}

function sourceTexts(tree: Tree | undefined): ReadonlySet<string> {
  const texts = new Set<string>();
  if (tree?.kind === 'list') for (const { value } of tree.items) if (value.kind === 'scalar' && (typeof value.value === 'string' || typeof value.value === 'number')) texts.add(String(value.value));
  return texts;
}

function readOff(tree: Tree, path: JsonPath, name: string, sources: ReadonlySet<string>, tell: Tell): readonly string[] {
  if (tree.kind !== 'list') {
    tell('wrong-type', 'error', path, `"off" of \`${name}\` is ${kindOf(tree)}, but must be a list of the sources that are cut.`);
    return noSources;
  }
  const off: string[] = [];
  tree.items.forEach(({ value }, k) => {
    if (value.kind !== 'scalar' || (typeof value.value !== 'string' && typeof value.value !== 'number')) {
      tell('bad-source', 'error', [...path, k], `What "off" of \`${name}\` cuts is spelled as in "in", not as ${kindOf(value)}.`);
      return;
    }
    const source = String(value.value);
    off.push(source);
    if (!sources.has(source)) {
      tell('off-unknown', 'warning', [...path, k], `"off" of \`${name}\` cuts \`${source}\`, which is not among its sources: it cuts nothing.`, {
        fixes: [{ title: `Remove \`${source}\` from "off"`, edits: [{ kind: 'remove', path: [...path, k] }] }],
      });
    }
  });
  return off;
}

function readRepeat(tree: Tree, path: JsonPath, name: string, tell: Tell): Repeat | undefined {
  const plain = { shared: false, wiring: 'chain', dim: 1 } as const;
  if (tree.kind === 'scalar' && (typeof tree.value === 'number' || typeof tree.value === 'string')) return { times: tree.value, ...plain };
  if (tree.kind !== 'object') {
    tell('wrong-type', 'error', path, `"repeat" of \`${name}\` is ${kindOf(tree)}, but must be a number, an expression or { "times": ... }.`);
    return undefined;
  }
  let { times, shared, wiring, dim }: { times: JsonValue; shared: boolean; wiring: 'chain' | 'dense'; dim: JsonValue } = { times: 1, ...plain };
  for (const { key, value } of firstMembers(tree, path, tell)) {
    const json = valueOf(value);
    const place = [...path, key];
    if (key === 'times') times = json;
    else if (key === 'dim') dim = json;
    else if (key === 'shared') {
      if (typeof json === 'boolean') shared = json;
      else tell('wrong-type', 'error', place, `"shared" of \`${name}\` is true or false, not ${kindOf(value)}.`);
    } else if (key === 'wiring') {
      if (json === 'chain' || json === 'dense') wiring = json;
      else tell('wrong-type', 'error', place, `"wiring" of \`${name}\` is "chain" or "dense".`, withNearest(place, String(json), ['chain', 'dense']));
    } else tell('unknown-key', 'warning', place, `"repeat" has no key \`${key}\`; it has times, shared, wiring and dim.`, { part: 'key' });
  }
  if (!memberOf(tree, 'times')) tell('missing-times', 'error', path, `"repeat" of \`${name}\` does not say how many "times".`, { fixes: [{ title: 'Add "times": 2', edits: [{ kind: 'set', path: [...path, 'times'], value: 2 }] }] });
  return { times, shared, wiring, dim };
}

function readAllow(tree: Tree, path: JsonPath, name: string, tell: Tell): ReadonlyMap<string, string> {
  if (tree.kind !== 'object') {
    tell('wrong-type', 'error', path, `"allow" of \`${name}\` is ${kindOf(tree)}, but must give a reason for each code: { "CODE": "why" }.`);
    return nothing;
  }
  const allow = new Map<string, string>();
  for (const { key, value } of firstMembers(tree, path, tell)) {
    if (value.kind === 'scalar' && typeof value.value === 'string') allow.set(key, value.value);
    else tell('wrong-type', 'error', [...path, key], `"allow" of \`${name}\` gives the reason for \`${key}\` as a text, not as ${kindOf(value)}.`);
  }
  return allow;
}

export function readInputs(tree: Tree | undefined, path: JsonPath, isRoot: boolean, tell: Tell): ReadonlyMap<string, Input> {
  const inputs = new Map<string, Input>();
  if (!tree) return inputs;
  if (tree.kind === 'list') {
    tree.items.forEach(({ value }, k) => {
      const name = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
      if (name === undefined) return tell('wrong-type', 'error', [...path, k], `An input is given by its name, not by ${kindOf(value)}.`);
      if (!isName(name)) tellName(tell, 'input', name, [...path, k], renameInput(path, name));
      if (inputs.has(name)) return tell('duplicate-name', 'error', [...path, k], `Input \`${name}\` stands here already.`);
      inputs.set(name, { name });
    });
    if (isRoot && inputs.size > 0) tell('missing-shape', 'error', path, 'An input of the design needs a shape: { "image": { "shape": ["N", 3, 32, 32] } }.');
    return inputs;
  }
  if (tree.kind !== 'object') {
    tell('wrong-type', 'error', path, `"inputs" is ${kindOf(tree)}, but must be ${isRoot ? 'an object: { "image": { "shape": ["N", 3, 32, 32] } }' : 'a list of names'}.`);
    return inputs;
  }
  for (const { key, value } of firstMembers(tree, path, tell)) {
    if (!isName(key)) tellName(tell, 'input', key, [...path, key], renameInput(path, key));
    inputs.set(key, readInput(key, value, [...path, key], isRoot, tell));
  }
  return inputs;
}

function renameInput(path: JsonPath, from: string): (to: string) => Edit {
  return (to) => ({ kind: 'renameNode', scope: path[0] === 'blocks' ? String(path[1]) : '', from, to });
}

function readInput(name: string, tree: Tree, path: JsonPath, isRoot: boolean, tell: Tell): Input {
  if (tree.kind !== 'object') {
    const shape = tree.kind === 'list' ? readShape(name, tree, path, tell) : undefined;
    tell('wrong-type', 'error', path, `Input \`${name}\` is ${kindOf(tree)}, but must be an object: { "shape": ["N", 3, 32, 32] }.`, {
      ...(shape && { fixes: [{ title: 'Write it as a shape', edits: [{ kind: 'set', path, value: { shape: [...shape] } }] }] }),
    });
    return { name };
  }
  let shape: readonly JsonValue[] | undefined;
  let dtype: string | undefined;
  const others = new Map<string, JsonValue>();
  for (const { key, value } of firstMembers(tree, path, tell)) {
    if (key === 'shape') shape = readShape(name, value, [...path, 'shape'], tell);
    else if (key === 'dtype') {
      dtype = readText(value, [...path, 'dtype'], `"dtype" of input \`${name}\``, tell) || undefined;
      if (dtype !== undefined && !(dtypes as readonly string[]).includes(dtype)) tell('unknown-dtype', 'error', [...path, 'dtype'], `Input \`${name}\` has the dtype \`${dtype}\`; known are ${dtypes.join(', ')}.`, withNearest([...path, 'dtype'], dtype, dtypes));
    } else {
      others.set(key, valueOf(value));
      tell('unknown-key', 'warning', [...path, key], `An input has no key \`${key}\`; it has shape and dtype. It is kept and not read.`, { part: 'key' });
    }
  }
  if (isRoot && !shape && !memberOf(tree, 'shape')) tell('missing-shape', 'error', path, `Input \`${name}\` has no "shape".`, { fixes: [{ title: 'Add the shape N × 3 × 32 × 32', edits: [{ kind: 'set', path: [...path, 'shape'], value: ['N', 3, 32, 32] }] }] });
  return { name, ...(shape && { shape }), ...(dtype !== undefined && { dtype }), ...(others.size > 0 && { others }) };
}

/** A fix that writes the word that was probably meant. */
function withNearest(path: JsonPath, written: string, words: readonly string[]): Partial<Problem> {
  const meant = nearest(written, words) ?? words.find((word) => word.startsWith(written));
  return meant === undefined ? {} : { fixes: [{ title: `Change to "${meant}"`, edits: [{ kind: 'set', path, value: meant }] }] };
}

/** What people call an open size. */
function axisSymbol(axis: number, rank: number): string {
  return ({ 3: ['N', 'C', 'L'], 4: ['N', 'C', 'H', 'W'], 5: ['N', 'C', 'D', 'H', 'W'] } as Readonly<Record<number, readonly string[]>>)[rank]?.[axis] ?? `S${axis}`;
}

function readShape(name: string, tree: Tree, path: JsonPath, tell: Tell): readonly JsonValue[] | undefined {
  if (tree.kind !== 'list') {
    tell('wrong-type', 'error', path, `The shape of input \`${name}\` is ${kindOf(tree)}, but must be a list of sizes: ["N", 3, 32, 32].`);
    return undefined;
  }
  tree.items.forEach(({ value }, k) => {
    const size = value.kind === 'scalar' ? value.value : undefined;
    if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 1) return;
    if (typeof size === 'string' && (size.startsWith('=') || isName(size))) return;
    const shown = value.kind === 'scalar' ? JSON.stringify(value.value) : kindOf(value);
    tell('bad-size', 'error', [...path, k], `Axis ${k} of input \`${name}\` is ${shown}: a size is a whole number of at least 1${typeof size === 'number' && size > Number.MAX_SAFE_INTEGER ? ' and below 2^53' : ''}, a symbol such as "N", or an expression "=...".`, {
      fixes: [
        ...(k === 0 && size !== 'N' ? [{ title: 'Leave the batch open: "N"', edits: [{ kind: 'set' as const, path: [...path, k], value: 'N' }] }] : []),
        ...(typeof size === 'number' && size >= 0.5 && size <= Number.MAX_SAFE_INTEGER ? [{ title: `Set it to ${Math.round(size)}`, edits: [{ kind: 'set' as const, path: [...path, k], value: Math.round(size) }] }] : []),
        ...(k > 0 ? [{ title: `Leave it open: "${axisSymbol(k, tree.items.length)}"`, edits: [{ kind: 'set' as const, path: [...path, k], value: axisSymbol(k, tree.items.length) }] }] : []),
      ],
    });
  });
  return tree.items.map((item) => valueOf(item.value));
}

export function readOutputs(tree: Tree | undefined, path: JsonPath, tell: Tell): readonly Output[] {
  if (!tree) return [];
  const source = (value: Tree, place: JsonPath): Source | undefined => {
    if (value.kind === 'scalar' && typeof value.value === 'string') return namedSource(value.value, place, tell);
    tell('bad-source', 'error', place, `An output is the name of a node or input, not ${kindOf(value)}.`);
    return undefined;
  };
  const outputs: Output[] = [];
  if (tree.kind === 'list') tree.items.forEach(({ value }, k) => {
    const read = source(value, [...path, k]);
    if (read !== undefined) outputs.push({ source: read });
  });
  else if (tree.kind === 'object') readNamedOutputs(tree, path, tell, source, outputs);
  else tell('wrong-type', 'error', path, `"outputs" is ${kindOf(tree)}, but must be a list of sources or an object that names them.`);
  return outputs;
}

function readNamedOutputs(tree: ObjectTree, path: JsonPath, tell: Tell, source: (value: Tree, place: JsonPath) => Source | undefined, outputs: Output[]): void {
  for (const { key, value } of firstMembers(tree, path, tell)) {
    if (!isName(key)) tell('bad-name', 'error', [...path, key], `\`${key}\` cannot name an output: names are letters, digits and \`_\`, and start with no digit.`, { part: 'key' });
    const read = source(value, [...path, key]);
    if (read !== undefined) outputs.push({ name: key, source: read });
  }
}

