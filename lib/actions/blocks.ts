import { freshName, isNamed, nodePath, scopePath, writtenAt, type Analysis } from '../analysis/index.js';
import { isName } from '../document/names.js';
import { formatSource } from '../document/source.js';
import { refuse, type Acted } from './action.js';
import { originAt, pathIn, wiresFrom } from './place.js';
import type { Edit } from '../document/edit.js';
import type { JsonObject, JsonPath, JsonValue } from '../document/json.js';
import type { Block, Document } from '../document/model.js';

/** Where a block is used, as written: an edit of the block changes all of these. */
export function blockUses(document: Document, name: string): readonly JsonPath[] {
  return [document.root, ...document.blocks.values()].flatMap((block) => [...block.nodes.values()].filter((node) => node.op === name).map((node) => nodePath(block.name, node.name)));
}

/** Makes this use its own: the block is copied under a new name and only this use takes the copy. */
export function makeOwn(analysis: Analysis, path: string): Acted {
  const written = writtenAt(analysis.program, path);
  const { document } = analysis.parsed;
  const block = written === undefined ? undefined : document.blocks.get(written.node.op);
  if (written === undefined || block === undefined) return refuse(`\`${path}\` is no use of a block.`);
  if (blockUses(document, block.name).length < 2) return refuse(`${block.name} is used only here.`);
  const name = freshBlockName(document, block.name);
  const body = analysis.parsed.valueAt(['blocks', block.name]);
  if (body === undefined) return refuse(`${block.name} is not in the design any more.`);
  return {
    edits: [{ kind: 'insert', path: ['blocks'], key: name, value: body, after: block.name }, { kind: 'set', path: [...nodePath(written.block, written.name), 'op'], value: name }],
    label: `Make ${written.name} its own block`, select: [path],
  };
}

/** Renames a block and every use of it. */
export function renameBlock(analysis: Analysis, from: string, to: string): Acted {
  const { blocks } = analysis.parsed.document;
  if (!blocks.has(from)) return refuse(`There is no block \`${from}\` any more.`);
  if (!isName(to)) return refuse('Names are letters, digits and _, and start with no digit.');
  if (to !== from && blocks.has(to)) return refuse(`There is a block \`${to}\` already.`);
  return { edits: to === from ? [] : [{ kind: 'renameBlock', from, to }], label: `Rename ${from} to ${to}` };
}

export function freshBlockName(document: Document, wish: string): string {
  const stem = wish.replace(/\d+$/, '');
  for (let number = 2; ; number += 1) if (!document.blocks.has(`${stem}${number}`)) return `${stem}${number}`;
}

/**
 * Makes a block of some nodes of one scope. What they read from outside becomes its inputs, what is read of them its outputs; expressions
 * that name the scope's parameters hand them in as parameters of the same name.
 */
export function wrapInBlock(analysis: Analysis, paths: readonly string[], wish = 'Block'): Acted {
  const origins = paths.map((path) => originAt(analysis, path)).filter((origin) => origin?.written !== undefined).map((origin) => origin!);
  const [first] = origins;
  if (first === undefined) return refuse('Select the layers that make up the block.');
  if (origins.some((origin) => origin.block !== first.block)) return refuse('A block is made of layers of one scope.');
  const { block: scope, instance } = first;
  const names = new Set(origins.map((origin) => origin.name));
  const nodes = [...scope.nodes.values()].filter((node) => names.has(node.name));
  if (nodes.some((node) => node.weights !== undefined && !names.has(head(node.weights)))) return refuse('A layer in the selection uses the weights of one outside.');
  const outer = [...scope.nodes.values()].filter((node) => !names.has(node.name));
  if (outer.some((node) => node.weights !== undefined && names.has(head(node.weights)))) return refuse('A layer outside of the selection uses the weights of one in it.');
  const inputs = new Map<string, string>();
  for (const node of nodes) for (const source of node.in) if (isNamed(source) && !names.has(source.name)) inputs.set(formatSource(source), '');
  [...inputs.keys()].forEach((spelled, index) => inputs.set(spelled, inputs.size === 1 ? 'x' : `x${index + 1}`));
  for (const input of inputs.values()) if (names.has(input)) return refuse(`A layer in the selection is called \`${input}\`, as the block's input would be.`);
  const read = [...names].filter((name) => wiresFrom(scope, name).some((wire) => wire.node === undefined || !names.has(wire.node)));
  if (read.some((name) => wiresFrom(scope, name).some((wire) => isNamed(wire.source) && (wire.source.port !== undefined || wire.source.repetition !== undefined) && (wire.node === undefined || !names.has(wire.node))))) return refuse('A port or repetition of a selected layer is read outside.');
  if (read.some((name) => reachesBack(scope, names, name))) return refuse('Data leaves the selection and comes back: that would be a cycle.');
  const use = freshName(scope, wish.toLowerCase());
  const block = analysis.parsed.document.blocks.has(wish) ? freshBlockName(analysis.parsed.document, wish) : wish;
  const used = [...scope.params.keys()].filter((param) => nodes.some((node) => JSON.stringify([[...node.params.values()], node.when, node.repeat?.times]).match(new RegExp(`\\b${param}\\b`)) !== null));
  const body: JsonObject = {
    ...(used.length > 0 ? { params: Object.fromEntries(used.map((param) => [param, scope.params.get(param) ?? null])) } : {}),
    inputs: [...inputs.values()],
    nodes: Object.fromEntries(nodes.map((node) => [node.name, inside(analysis.parsed.valueAt(nodePath(scope.name, node.name)), inputs)])),
    outputs: read,
  };
  const value: JsonObject = { op: block, in: [...inputs.keys()], ...Object.fromEntries(used.map((param) => [param, `=${param}`])) };
  const last = nodes[nodes.length - 1]!.name;
  const edits: Edit[] = [
    { kind: 'insert', path: ['blocks'], key: block, value: body },
    { kind: 'insert', path: [...scopePath(scope.name), 'nodes'], key: use, value, after: last },
    ...read.flatMap((name, port) => wiresFrom(scope, name).filter((wire) => wire.node === undefined || !names.has(wire.node)).map((wire): Edit => ({ kind: 'set', path: wire.path, value: port === 0 ? use : `${use}.${port}` }))),
    ...[...names].map((name): Edit => ({ kind: 'remove', path: nodePath(scope.name, name) })),
    ...[...names].filter((name) => scope.view.has(name)).map((name): Edit => ({ kind: 'remove', path: [...scopePath(scope.name), 'view', name] })),
  ];
  return { edits, label: `Make a block of ${names.size} layers`, select: [pathIn(instance, use)] };
}

const head = (weights: string): string => weights.split('.')[0]!.replace(/\[\d+\]$/, '');

/** Whether something outside of a selection reads it and feeds it too. */
function reachesBack(scope: Block, names: ReadonlySet<string>, name: string): boolean {
  const open = wiresFrom(scope, name).flatMap((wire) => (wire.node === undefined || names.has(wire.node) ? [] : [wire.node]));
  const seen = new Set<string>();
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (names.has(at)) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    for (const wire of wiresFrom(scope, at)) if (wire.node !== undefined) open.push(wire.node);
  }
  return false;
}

/** A node's value with its outer sources, also those in dim(), under the names of the block's inputs. */
function inside(value: JsonValue | undefined, inputs: ReadonlyMap<string, string>): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((element) => inside(element, inputs));
  if (typeof value === 'string') {
    if (!value.startsWith('=')) return value;
    return value.replace(/\bdim\(\s*([\w.[\]]+)\s*,/g, (all, source: string) => (inputs.has(source) ? `dim(${inputs.get(source)!},` : all));
  }
  if (value === null || value === undefined || typeof value !== 'object') return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, (key === 'in' || key === 'off') && Array.isArray(element) ? (element as readonly JsonValue[]).map((source) => (typeof source === 'string' ? (inputs.get(source) ?? source) : source)) : inside(element, inputs)]));
}
