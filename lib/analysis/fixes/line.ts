import type { Block, Node, Source } from '../../document/model.js';
import type { Instance, Program, ProgramNode } from '../../program/program.js';
import { nodeAt, type Graph } from '../graph.js';
import { isNamed, writtenAt } from '../scope.js';
import type { Branch } from '../parting.js';

/** One side of a merge as it is written in its scope: the nodes from where the two sides part down to the merge, in data order. */
export interface Line {
  /** Index in the merge's `in`. */
  readonly index: number;
  readonly source: Source;
  readonly steps: readonly LineStep[];
}

export interface LineStep {
  readonly name: string;
  readonly written: Node;
  /** The operator in the instance looked at; undefined for a block, and where `when` is false. */
  readonly node: ProgramNode | undefined;
  /** `when` is false in the instance looked at. */
  readonly absent: boolean;
}

/**
 * Both sides of a merge within its scope. The sides part at the first name on the way up the first side (through first sources) from which
 * the second side comes too; where there is none, both reach up to the scope's inputs.
 */
export function linesOf(program: Program, instance: Instance, merge: Node, first: number, second: number): readonly [Line, Line] {
  const { block } = instance;
  const one = wayUp(block, merge.in[first]);
  const other = wayUp(block, merge.in[second]);
  const behindOther = everythingBehind(block, merge.in[second]);
  const fork = one.find((name) => behindOther.has(name));
  const behindOne = everythingBehind(block, merge.in[first]);
  const cut = (names: readonly string[], also: ReadonlySet<string>): readonly LineStep[] => {
    const end = names.findIndex((name) => name === fork || also.has(name));
    return (end < 0 ? names : names.slice(0, end)).filter((name) => block.nodes.has(name)).reverse().map((name) => stepOf(program, instance, name));
  };
  return [
    { index: first, source: merge.in[first] ?? null, steps: cut(one, behindOther) },
    { index: second, source: merge.in[second] ?? null, steps: cut(other, behindOne) },
  ];
}

/** A node on the way from the fork to the merge, also inside of the blocks on that way. */
export interface WayStep {
  readonly node: ProgramNode;
  readonly instance: Instance;
  readonly written: Node;
}

/** The nodes of one side of a mismatch in data order, each written node once. */
export function wayOf(graph: Graph, branch: Branch): readonly WayStep[] {
  const steps = new Map<string, WayStep>();
  for (const vertex of branch.path) {
    const node = nodeAt(graph, vertex);
    const found = node === undefined ? undefined : writtenAt(graph.program, node.path);
    if (node === undefined || found === undefined) continue;
    const key = `${found.instance.path.replace(/\[\d+\]/g, '')}.${found.name}`;
    steps.delete(key);
    steps.set(key, { node, instance: found.instance, written: found.node });
  }
  return [...steps.values()];
}

/** A written node as it is in one instance of its scope. */
export function stepOf(program: Program, instance: Instance, name: string): LineStep {
  const each = instance.uses.get(name)?.each[0];
  return { name, written: instance.block.nodes.get(name)!, node: each?.kind === 'node' ? program.nodes[each.node] : undefined, absent: each?.kind === 'absent' };
}

/** Names from a source up to the scope's input, through first sources. */
function wayUp(block: Block, source: Source | undefined): readonly string[] {
  const names: string[] = [];
  const seen = new Set<string>();
  for (let at = source; isNamed(at) && !seen.has(at.name);) {
    names.push(at.name);
    seen.add(at.name);
    at = block.nodes.get(at.name)?.in[0];
  }
  return names;
}

/** All names that a source depends on, itself included. */
function everythingBehind(block: Block, source: Source | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  const open = isNamed(source) ? [source.name] : [];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const next of block.nodes.get(name)?.in ?? []) if (isNamed(next)) open.push(next.name);
  }
  return found;
}
