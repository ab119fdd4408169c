import type { JsonPath, JsonValue } from '../document/json.js';
import type { Block, Document, NamedSource, Node, Source } from '../document/model.js';
import type { Instance, Program, Use } from '../program/program.js';

/** The block that a scope's name means; '' is the document itself. */
export function blockOf(document: Document, name: string): Block | undefined {
  return name === '' ? document.root : document.blocks.get(name);
}

/** Where a scope stands in the file. */
export function scopePath(block: string): JsonPath {
  return block === '' ? [] : ['blocks', block];
}

/** Where a node stands in the file. */
export function nodePath(block: string, name: string): JsonPath {
  return [...scopePath(block), 'nodes', name];
}

export const isNamed = (source: Source | undefined): source is NamedSource => typeof source === 'object' && source !== null;

/** One unrolled use of a block by its expanded path; '' is the document. */
export function instanceAt(program: Program, path: string): Instance | undefined {
  let instance: Instance | undefined = program.root;
  if (path === '') return instance;
  for (const part of path.split('.')) {
    const { name, repetition } = splitPart(part);
    const each: Use['each'][number] | undefined = instance?.uses.get(name)?.each[repetition ?? 0];
    instance = each?.kind === 'block' ? each.instance : undefined;
  }
  return instance;
}

/** All unrolled uses of a block. */
export function instancesOf(program: Program, block: string): readonly Instance[] {
  const found: Instance[] = [];
  const visit = (instance: Instance): void => {
    if (instance.block.name === block) found.push(instance);
    for (const use of instance.uses.values()) for (const each of use.each) if (each.kind === 'block') visit(each.instance);
  };
  visit(program.root);
  return found;
}

/** Splits an expanded path into the scope's path and the name in it: "stage1[0].conv" into "stage1[0]" and "conv". */
export function splitPath(path: string): { readonly scope: string; readonly name: string; readonly repetition: number | undefined } {
  const dot = path.lastIndexOf('.');
  return { scope: dot < 0 ? '' : path.slice(0, dot), ...splitPart(path.slice(dot + 1)) };
}

function splitPart(part: string): { readonly name: string; readonly repetition: number | undefined } {
  const match = /^(.*)\[(\d+)\]$/.exec(part);
  return match === null ? { name: part, repetition: undefined } : { name: match[1]!, repetition: Number(match[2]) };
}

/** The written node at an expanded path and the scope that it is written in. */
export interface Written {
  readonly instance: Instance;
  readonly block: string;
  readonly name: string;
  readonly node: Node;
  readonly use: Use;
  readonly repetition: number | undefined;
}

export function writtenAt(program: Program, path: string): Written | undefined {
  const { scope, name, repetition } = splitPath(path);
  const instance = instanceAt(program, scope);
  const use = instance?.uses.get(name);
  return instance === undefined || use === undefined ? undefined : { instance, block: instance.block.name, name, node: use.node, use, repetition };
}

/** A name that is free in a scope: the wish itself, else with the next number. */
export function freshName(block: Block, wish: string, also: ReadonlySet<string> = new Set()): string {
  const taken = (name: string): boolean => block.nodes.has(name) || block.inputs.has(name) || also.has(name);
  if (!taken(wish)) return wish;
  const stem = wish.replace(/\d+$/, '');
  for (let number = 2; ; number += 1) if (!taken(`${stem}${number}`)) return `${stem}${number}`;
}

/** The name written just before another in its scope; null where it is the first. */
export function nameBefore(block: Block, name: string): string | null {
  let before: string | null = null;
  for (const key of block.nodes.keys()) {
    if (key === name) return before;
    before = key;
  }
  return before;
}

/** Where a name of a scope is read by its nodes: the node's name and the index in its `in`. */
export function readersIn(block: Block, name: string): readonly { readonly node: string; readonly index: number; readonly source: NamedSource }[] {
  const found: { node: string; index: number; source: NamedSource }[] = [];
  for (const node of block.nodes.values()) node.in.forEach((source, index) => { if (isNamed(source) && source.name === name) found.push({ node: node.name, index, source }); });
  return found;
}

/** The parameter name that an expression consists of ("=channels"), with its index ("=stride[0]"); undefined for any other value. */
export function plainParam(value: JsonValue | undefined): { readonly name: string; readonly index?: number } | undefined {
  const match = typeof value === 'string' ? /^=\s*([A-Za-z_]\w*)\s*(?:\[\s*(\d+)\s*\])?\s*$/.exec(value) : null;
  if (match === null || match[1] === 'true' || match[1] === 'false' || match[1] === 'i') return undefined;
  return match[2] === undefined ? { name: match[1]! } : { name: match[1]!, index: Number(match[2]) };
}
