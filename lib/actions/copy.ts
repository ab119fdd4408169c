import { freshName, instanceAt, isNamed, nodePath, scopePath, type Analysis } from '../analysis/index.js';
import { parse } from '../document/parse.js';
import { print } from '../document/print.js';
import { formatSource, parseSource } from '../document/source.js';
import { apply, emptyDocument } from '../document/index.js';
import { freshBlockName } from './blocks.js';
import { mapExpressions, paramsIn, plainValue, withValues } from './expressions.js';
import { isRefusal, refuse, type Acted, type DropTarget } from './action.js';
import { originAt, pathIn, wirePlace, wiresFrom, type Origin } from './place.js';
import { rewired } from './rewire.js';
import type { Edit } from '../document/edit.js';
import type { JsonObject, JsonPath, JsonValue } from '../document/json.js';
import type { Block, Document } from '../document/model.js';

/** Some nodes as a text of the file, with the blocks that they need; undefined where none of them is there. */
export function copyNodes(analysis: Analysis, paths: readonly string[]): string | undefined {
  const { document, valueAt } = analysis.parsed;
  const origins = chosen(analysis, paths);
  if (origins.length === 0) return undefined;
  const edits: Edit[] = origins.map((origin) => ({ kind: 'insert', path: ['nodes'], key: origin.name, value: valueAt(nodePath(origin.block.name, origin.name)) ?? null }));
  // Parameters that the expressions name come along with the values that they have where they were copied.
  const { instance } = origins[0]!;
  for (const param of paramsIn(origins.map((origin) => valueAt(nodePath(origin.block.name, origin.name)) ?? null))) {
    const value = plainValue(instance.params[param]);
    if (value !== undefined && instance.block.params.has(param)) edits.push({ kind: 'set', path: ['params', param], value });
  }
  const needed = blocksOf(document, origins.map((origin) => origin.written!.node.op));
  const ops = new Set([...origins.map((origin) => origin.written!.node.op), ...needed.flatMap((name) => [...document.blocks.get(name)!.nodes.values()].map((node) => node.op))]);
  for (const [name, declaration] of document.operators) if (ops.has(name)) edits.push({ kind: 'set', path: ['operators', name], value: declaration });
  for (const block of needed) edits.push({ kind: 'insert', path: ['blocks'], key: block, value: valueAt(['blocks', block]) ?? null });
  const copied = apply(emptyDocument, edits);
  return isRefusal(copied) ? undefined : print(copied);
}

/**
 * Puts copied nodes into a scope: under fresh names, with the blocks that they need (a block of the same name that differs comes under a
 * new one). Wires among them stay; on a wire they are strung into it; free they read what they read before where that is in reach. A parameter that
 * the scope has not is replaced by its value; to bring the parameter along is offered.
 */
export function pasteNodes(analysis: Analysis, text: string, target: DropTarget): Acted {
  const copied = parse(text);
  if (!copied.readable || copied.document.root.nodes.size === 0) return refuse('There are no layers in the clipboard.');
  const wire = target.kind === 'wire' ? wirePlace(analysis, target.wire) : undefined;
  const behind = target.kind === 'node' ? originAt(analysis, target.path) : undefined;
  const instance = target.kind === 'point' ? instanceAt(analysis.program, target.scope) : (wire?.instance ?? behind?.instance);
  if (instance === undefined) return refuse('The place is not in the design any more.');
  const { block } = instance;
  const blocks = blockEdits(analysis.parsed.document, copied.document, (name) => copied.valueAt(['blocks', name]) ?? null);
  if (blocks.renamed.has(block.name) || [...copied.document.root.nodes.values()].some((node) => blocksOf(copied.document, [node.op]).some((name) => name === block.name))) return refuse(`\`${block.name}\` cannot be used in itself.`);
  const into = wire !== undefined && isNamed(wire.source) ? formatSource(wire.source) : behind?.name;
  const { params } = copied.document.root;
  const lost = new Map<string, JsonValue>();
  const valued = (text: string): JsonValue => withValues(text, (name) => {
    const value = block.params.has(name) ? undefined : params.get(name);
    if (value !== undefined) lost.set(name, value);
    return value;
  });
  const asCopied = (name: string): JsonValue => copied.valueAt(['nodes', name]) ?? null;
  const placed = placedNodes(copied.document.root, (name) => mapExpressions(asCopied(name), valued), block, into, blocks.renamed);
  // An operator that both designs declare is that of the one pasted into, as parameters are.
  const operators = [...copied.document.operators].filter(([name]) => !analysis.parsed.document.operators.has(name)).map(([name, value]): Edit => ({ kind: 'set', path: ['operators', name], value }));
  const edits: Edit[] = [...operators, ...blocks.edits, ...placed.edits(into !== undefined && block.nodes.has(into.split(/[.[]/)[0]!) ? into.split(/[.[]/)[0]! : undefined)];
  if (wire !== undefined && placed.last !== undefined) edits.push(...(wire.reader === undefined ? [{ kind: 'set', path: wire.path, value: placed.last } as const] : rewired(block, wire.reader.node, wire.index, placed.last)));
  if (behind !== undefined && placed.last !== undefined) for (const from of wiresFrom(block, behind.name)) edits.push(...(from.node === undefined ? [{ kind: 'set', path: from.path, value: placed.last } as const] : rewired(block, block.nodes.get(from.node)!, from.index, placed.last)));
  const select = placed.names.map((name) => pathIn(instance, name));
  const label = placed.names.length === 1 ? `Paste ${placed.names[0]!}` : `Paste ${placed.names.length} nodes`;
  if (lost.size === 0) return { edits, label, select };
  const listed = [...lost].map(([name, value]) => `${name} (${JSON.stringify(value)})`).join(', ');
  const kept = placedNodes(copied.document.root, asCopied, block, into, blocks.renamed);
  return {
    edits, label, select,
    note: `${block.name === '' ? 'The network' : block.name} has no ${lost.size === 1 ? 'parameter' : 'parameters'} ${listed}: ${lost.size === 1 ? 'its value was' : 'their values were'} written.`,
    offer: {
      label: lost.size === 1 ? `Make ${[...lost.keys()][0]!} a parameter here` : 'Make them parameters here', select,
      edits: [...[...lost].map(([name, value]): Edit => ({ kind: 'set', path: [...scopePath(block.name), 'params', name], value })), ...differing(block, placed, kept)],
    },
  };
}

/** The edits that make pasted nodes what they would be with their expressions. */
function differing(block: Block, written: Placed, wanted: Placed): readonly Edit[] {
  return wanted.values.flatMap(([name, value], index) => {
    const now = written.values[index]?.[1];
    if (value === null || typeof value !== 'object' || now === null || typeof now !== 'object') return [];
    return Object.entries(value).filter(([key, element]) => element !== (now as JsonObject)[key] && JSON.stringify(element) !== JSON.stringify((now as JsonObject)[key])).map(([key, element]): Edit => ({ kind: 'set', path: [...nodePath(block.name, name), key], value: element }));
  });
}

/** Copies nodes beside themselves: wires among them are copied, what they read from others stays. */
export function duplicate(analysis: Analysis, paths: readonly string[]): Acted {
  const origins = chosen(analysis, paths);
  const [first] = origins;
  if (first === undefined) return refuse('What should be duplicated is not in the design any more.');
  const own = origins.filter((origin) => origin.block === first.block);
  const names = new Set(own.map((origin) => origin.name));
  const scope: Block = { ...first.block, nodes: new Map([...first.block.nodes].filter(([name]) => names.has(name))) };
  const placed = placedNodes(scope, (name) => analysis.parsed.valueAt(nodePath(first.block.name, name)) ?? null, first.block, undefined, new Map());
  const last = [...first.block.nodes.keys()].filter((name) => names.has(name)).at(-1);
  return { edits: placed.edits(last), label: names.size === 1 ? `Duplicate ${first.name}` : `Duplicate ${names.size} nodes`, select: placed.names.map((name) => pathIn(first.instance, name)) };
}

function chosen(analysis: Analysis, paths: readonly string[]): readonly Origin[] {
  const found = new Map<string, Origin>();
  for (const path of paths) {
    const origin = originAt(analysis, path);
    if (origin?.written !== undefined && !found.has(origin.name)) found.set(origin.name, origin);
  }
  return [...found.values()];
}

/** The blocks that some operators are, and those in them. */
function blocksOf(document: Document, ops: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const open = [...ops];
  for (let op = open.pop(); op !== undefined; op = open.pop()) {
    const block = document.blocks.get(op);
    if (block === undefined || found.has(op)) continue;
    found.add(op);
    for (const node of block.nodes.values()) open.push(node.op);
  }
  return [...found];
}

function blockEdits(document: Document, copied: Document, valueOf: (name: string) => JsonValue): { readonly edits: readonly Edit[]; readonly renamed: ReadonlyMap<string, string> } {
  const renamed = new Map<string, string>();
  for (const [name, block] of copied.blocks) {
    const present = document.blocks.get(name);
    if (present !== undefined && saysTheSame(present, block)) continue;
    renamed.set(name, present === undefined ? name : freshBlockName(document, name));
  }
  const edits = [...renamed].map(([name, to]): Edit => ({ kind: 'insert', path: ['blocks'], key: to, value: withOps(valueOf(name), renamed) }));
  return { edits, renamed };
}

function saysTheSame(one: Block, other: Block): boolean {
  const said = (block: Block): string => JSON.stringify([[...block.params], [...block.inputs.keys()], [...block.nodes.values()].map((node) => [node, [...node.params], [...node.allow]]), block.outputs]);
  return said(one) === said(other);
}

/** A block's value, the blocks that it uses under their new names. */
function withOps(value: JsonValue, renamed: ReadonlyMap<string, string>): JsonValue {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const { nodes } = value as JsonObject;
  if (nodes === null || typeof nodes !== 'object' || Array.isArray(nodes)) return value;
  return { ...(value as JsonObject), nodes: Object.fromEntries(Object.entries(nodes).map(([key, node]) => [key, renamedOp(node, renamed)])) };
}

function renamedOp(node: JsonValue, renamed: ReadonlyMap<string, string>): JsonValue {
  if (node === null || typeof node !== 'object' || Array.isArray(node)) return node;
  const { op } = node as JsonObject;
  return typeof op === 'string' && renamed.has(op) ? { ...(node as JsonObject), op: renamed.get(op)! } : node;
}

interface Placed {
  readonly values: readonly (readonly [string, JsonValue])[];
  readonly names: readonly string[];
  /** The node that nothing else among them reads; the last of several. */
  readonly last: string | undefined;
  edits(after: string | undefined): readonly Edit[];
}

function placedNodes(from: Block, valueOf: (name: string) => JsonValue, into: Block, source: string | undefined, renamedBlocks: ReadonlyMap<string, string>): Placed {
  const renamed = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of from.nodes.keys()) {
    const fresh = freshName(into, name, taken);
    taken.add(fresh);
    renamed.set(name, fresh);
  }
  const values: [string, JsonValue][] = [];
  let strung = false;
  const readers = new Set<string>();
  // What dim() looks at and the node does not read: one of the others, something in reach, or what is arriving.
  const elsewhere = (spelled: string): string | undefined => {
    const head = /^\w*/.exec(spelled)![0];
    const own = renamed.get(head);
    return own !== undefined ? own + spelled.slice(head.length) : into.nodes.has(head) || into.inputs.has(head) ? undefined : source;
  };
  for (const node of from.nodes.values()) {
    const sources = node.in.map((wire): JsonValue => {
      if (!isNamed(wire)) return wire;
      const own = renamed.get(wire.name);
      if (own !== undefined) {
        readers.add(wire.name);
        return formatSource({ ...wire, name: own });
      }
      if (source !== undefined) return source;
      return into.nodes.has(wire.name) || into.inputs.has(wire.name) ? formatSource(wire) : null;
    });
    if (source !== undefined && !strung && sources.length === 0 && node.op !== 'Parameter') sources.push(source);
    strung = true;
    const kept = source === undefined ? sources.filter((wire) => wire !== null) : sources;
    values.push([renamed.get(node.name)!, renamedNode(renamedOp(valueOf(node.name), renamedBlocks), kept, renamed, node.in.map((wire, index) => [formatSource(wire), sources[index] ?? null] as const), elsewhere)]);
  }
  const names = [...renamed.values()];
  const last = [...from.nodes.keys()].filter((name) => !readers.has(name)).at(-1);
  return {
    names, values,
    last: last === undefined ? undefined : renamed.get(last),
    edits: (after) => values.map(([key, value], index): Edit => ({ kind: 'insert', path: [...scopePath(into.name), 'nodes'] as JsonPath, key, value, ...(after === undefined ? {} : { after: index === 0 ? after : values[index - 1]![0] }) })),
  };
}

/** A node's value with other sources; `off`, `weights` and dim() follow. */
function renamedNode(value: JsonValue, sources: readonly JsonValue[], renamed: ReadonlyMap<string, string>, moved: readonly (readonly [string, JsonValue])[], elsewhere: (source: string) => string | undefined): JsonValue {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const spelled = new Map(moved);
  const follow = (element: JsonValue): JsonValue => {
    if (Array.isArray(element)) return (element as readonly JsonValue[]).map(follow);
    if (typeof element === 'string' && element.startsWith('=')) return element.replace(/\bdim\(\s*([\w.[\]]+)\s*,/g, (all, name: string) => { const to = spelled.get(name) ?? elsewhere(name); return typeof to === 'string' ? `dim(${to},` : all; });
    if (element === null || typeof element !== 'object') return element;
    return Object.fromEntries(Object.entries(element).map(([key, inner]) => [key, follow(inner)]));
  };
  return Object.fromEntries(Object.entries(value as JsonObject).flatMap(([key, element]): readonly (readonly [string, JsonValue])[] => {
    if (key === 'in') return sources.length === 0 ? [] : [['in', sources]];
    if (key === 'off' && Array.isArray(element)) return [['off', (element as readonly JsonValue[]).map((cut) => (typeof cut === 'string' ? (spelled.get(cut) ?? cut) : cut))]];
    if (key === 'weights' && typeof element === 'string') {
      const target = parseSource(element.split('.')[0]!);
      const to = target === undefined ? undefined : renamed.get(target.name);
      return [['weights', to === undefined ? element : to + element.slice(target!.name.length)]];
    }
    return [[key, key === 'op' ? element : follow(element)]];
  }).concat(sources.length > 0 && !('in' in (value as JsonObject)) ? [['in', sources]] : []));
}

