import { instanceAt, isNamed, nodePath, scopePath, splitPath, writtenAt, type Analysis, type Written } from '../analysis/index.js';
import type { WireRef } from './action.js';
import type { JsonPath } from '../document/json.js';
import type { Block, Source } from '../document/model.js';
import type { Instance, Value } from '../program/program.js';

/** A wire as it is written. */
export interface WirePlace {
  readonly instance: Instance;
  readonly block: Block;
  /** Where its source is written. */
  readonly path: JsonPath;
  readonly source: Source;
  readonly value: Value | undefined;
  /** The node that reads it; undefined for an output of the scope. */
  readonly reader: Written | undefined;
  readonly index: number;
}

export function wirePlace({ program }: Analysis, wire: WireRef): WirePlace | undefined {
  if ('to' in wire) {
    const reader = writtenAt(program, wire.to);
    const source = reader?.node.in[wire.input];
    if (reader === undefined || source === undefined) return undefined;
    // What a later repetition reads is wired by the repetition itself, but the file has one wire for all.
    return { instance: reader.instance, block: reader.instance.block, path: [...nodePath(reader.block, reader.name), 'in', wire.input], source, value: reader.use.inputs[wire.input], reader, index: wire.input };
  }
  const instance = instanceAt(program, wire.scope);
  const output = instance?.block.outputs[wire.output];
  if (instance === undefined || output === undefined) return undefined;
  return { instance, block: instance.block, path: [...scopePath(instance.block.name), 'outputs', output.name ?? wire.output], source: output.source, value: instance.outputs[wire.output], reader: undefined, index: wire.output };
}

/** A node or an input of a scope by its expanded path. */
export interface Origin {
  readonly instance: Instance;
  readonly block: Block;
  readonly name: string;
  readonly value: Value | undefined;
  readonly written: Written | undefined;
}

export function originAt({ program }: Analysis, path: string): Origin | undefined {
  const written = writtenAt(program, path);
  if (written !== undefined) return { instance: written.instance, block: written.instance.block, name: written.name, value: written.use.outputs[0], written };
  const { scope, name } = splitPath(path);
  const instance = instanceAt(program, scope);
  return instance?.block.inputs.has(name) === true ? { instance, block: instance.block, name, value: instance.inputs.get(name), written: undefined } : undefined;
}

/** The expanded path of a name in an instance. */
export function pathIn(instance: Instance, name: string): string {
  return instance.path === '' ? name : `${instance.path}.${name}`;
}

/** All wires of a scope that start at a name, outputs included. */
export function wiresFrom(block: Block, name: string): readonly { readonly node: string | undefined; readonly index: number; readonly source: Source; readonly path: JsonPath }[] {
  const found: { node: string | undefined; index: number; source: Source; path: JsonPath }[] = [];
  for (const node of block.nodes.values()) node.in.forEach((source, index) => { if (isNamed(source) && source.name === name) found.push({ node: node.name, index, source, path: [...nodePath(block.name, node.name), 'in', index] }); });
  block.outputs.forEach((output, index) => { if (isNamed(output.source) && output.source.name === name) found.push({ node: undefined, index, source: output.source, path: [...scopePath(block.name), 'outputs', output.name ?? index] }); });
  return found;
}

/** Names of a scope that a name depends on, itself included. */
export function behind(block: Block, name: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    for (const source of block.nodes.get(next)?.in ?? []) if (isNamed(source)) open.push(source.name);
  }
  return found;
}

