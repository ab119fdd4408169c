import { expandUse, instanceOf, useOf, type Here, type Result } from './expand.js';
import { sameTensor, type ExpandedNode } from './node.js';
import { settleRepetitions } from './sharing.js';
import { mostDenseReads, type Ending, type Walk } from './walk.js';
import type { Block } from '../document/model.js';
import type { Instance, LocatedFinding, Use, Value } from './program.js';
import type { WrittenNode, WrittenSource } from './scope.js';

/** The expansion of the document's own scope, use by use, so that the next version of the document takes over what did not change. */
export interface RootExpansion {
  readonly here: Here;
  readonly instance: Instance;
  readonly nodes: readonly ExpandedNode[];
  /** Undefined for plain nodes, as their results make them. */
  readonly uses: readonly (Use | undefined)[];
  readonly results: readonly (Result | undefined)[];
  /** Of each use, by its position in the file: its first node, how many it has, and what it added to `Walk.count`. */
  readonly starts: Int32Array;
  readonly sizes: Int32Array;
  readonly counts: Int32Array;
  /** Of those that have any: tensors read densely, what is wrong, blocks expanded. */
  readonly denseReads: ReadonlyMap<number, number>;
  readonly findings: ReadonlyMap<number, readonly LocatedFinding[]>;
  readonly expanded: ReadonlyMap<number, ReadonlySet<Block>>;
}

/** Expands the document's own scope. With `before`, the expansion of an earlier version, only the uses of which something changed are expanded. */
export function expandRoot(walk: Walk, here: Here, before?: RootExpansion): RootExpansion {
  const { scope } = here;
  const size = scope.nodes.length;
  const results = new Array<Result | undefined>(size);
  const uses = new Array<Use | undefined>(size);
  const made = { starts: new Int32Array(size), sizes: new Int32Array(size), counts: new Int32Array(size), denseReads: new Map<number, number>(), findings: new Map<number, readonly LocatedFinding[]>(), expanded: new Map<number, ReadonlySet<Block>>() };
  const kept = before && new Kept(before, here);
  for (const index of scope.order) {
    const written = scope.nodes[index]!;
    const start = walk.nodes.length;
    made.starts[index] = start;
    if (kept?.has(index, written, start) === true) {
      kept.takeOver(walk, index);
      uses[index] = kept.before.uses[index];
      results[index] = kept.before.results[index];
    } else {
      const [count, denseReads, told, outer] = [walk.count, walk.denseReads, walk.findings.length, walk.expanded];
      if (written.target?.kind === 'block') walk.expanded = new Set();
      const { use, result } = expandUse(walk, here, written, results);
      // Readers may be given the earlier result, but the use is what stands there now.
      uses[index] = kept === undefined ? use : (use ?? useOf(result));
      results[index] = kept === undefined ? result : kept.compared(index, result);
      settleRepetitions(walk, start);
      if (walk.findings.length > told) made.findings.set(index, locate(walk, told, start));
      if (walk.expanded !== outer) made.expanded.set(index, walk.expanded);
      walk.expanded = outer;
      made.counts[index] = walk.count - count;
      if (walk.denseReads > denseReads) made.denseReads.set(index, walk.denseReads - denseReads);
      made.sizes[index] = walk.nodes.length - start;
      continue;
    }
    made.sizes[index] = kept.before.sizes[index]!;
    made.counts[index] = kept.before.counts[index]!;
    carry(made.denseReads, kept.before.denseReads, index);
    carry(made.findings, kept.before.findings, index);
    carry(made.expanded, kept.before.expanded, index);
  }
  walk.expanded.add(scope.block);
  for (const blocks of made.expanded.values()) for (const block of blocks) walk.expanded.add(block);
  return { here, instance: instanceOf(walk, here, uses, results), nodes: walk.nodes, uses, results, ...made };
}

function carry<T>(to: Map<number, T>, from: ReadonlyMap<number, T>, index: number): void {
  const value = from.size === 0 ? undefined : from.get(index);
  if (value !== undefined) to.set(index, value);
}

/** Whether an expansion is so far from the limits of a network that no use of it, nor of one like it, comes near them. */
export function isFarFromFull(walk: Walk): boolean {
  return walk.count < walk.most / 2 && walk.denseReads < mostDenseReads / 2;
}

/** What an earlier expansion has that still holds. */
class Kept {
  /** Uses whose readers get something else than before. */
  private readonly changed: Uint8Array;
  /** Inputs that are others than before. */
  private readonly inputs: ReadonlySet<string>;
  /** Whether an expression may now have another value. */
  private readonly evaluates: boolean;
  private readonly comparable: boolean;

  constructor(readonly before: RootExpansion, here: Here) {
    this.changed = new Uint8Array(here.scope.nodes.length);
    this.inputs = new Set([...here.inputs].filter(([name, value]) => before.here.inputs.get(name) !== value).map(([name]) => name));
    const names = Object.keys(here.params);
    this.evaluates = this.inputs.size > 0 || names.length !== Object.keys(before.here.params).length || names.some((name) => here.params[name] !== before.here.params[name]);
    this.comparable = here.scope.index === before.here.scope.index && !here.scope.cyclic && !before.here.scope.cyclic;
  }

  /** Whether the same node reads the same and stands at the same place in the program. */
  has(index: number, written: WrittenNode, start: number): boolean {
    const { before } = this;
    if (!this.comparable || before.here.scope.nodes[index] !== written || before.starts[index] !== start) return false;
    if (this.evaluates && (written.evaluates || written.node.repeat !== undefined)) return false;
    for (const source of written.sources) if (this.isChanged(source)) return false;
    // What is told of the limits hangs on the whole network.
    return before.findings.size === 0 || before.findings.get(index)?.some(({ code }) => limits.has(code)) !== true;
  }

  private isChanged(source: WrittenSource): boolean {
    return source.kind === 'node' ? this.changed[source.index] === 1 : source.kind === 'input' && this.inputs.has(source.name);
  }

  /** Adds what a use gave before. */
  takeOver(walk: Walk, index: number): void {
    const { before } = this;
    const end = before.starts[index]! + before.sizes[index]!;
    for (let k = before.starts[index]!; k < end; k++) walk.nodes.push(before.nodes[k]!);
    walk.count += before.counts[index]!;
    if (before.denseReads.size > 0) walk.denseReads += before.denseReads.get(index) ?? 0;
    if (before.findings.size > 0) for (const finding of before.findings.get(index) ?? []) walk.findings.push(finding);
  }

  /** The result of a use that was expanded again: the earlier one where readers get the same, so that what follows from it need not be expanded again. */
  compared(index: number, result: Result): Result {
    const old = this.comparable ? this.before.results[index] : undefined;
    if (old !== undefined && sameResult(old, result)) return old;
    this.changed[index] = 1;
    return result;
  }
}

const limits: ReadonlySet<string> = new Set(['too-many-nodes', 'too-many-reads']);

function sameResult(a: Result, b: Result): boolean {
  if (a.repeated !== b.repeated || (a.each === undefined) !== (b.each === undefined) || !sameEnding(a.whole, b.whole)) return false;
  return a.each === undefined || (a.each.length === b.each!.length && a.each.every((ending, k) => sameEnding(ending, b.each![k]!)));
}

function sameEnding(a: Ending, b: Ending): boolean {
  if (a.absent !== b.absent || a.outputs.length !== b.outputs.length || (a.ports === undefined) !== (b.ports === undefined)) return false;
  if (a.ports !== b.ports && (a.ports!.length !== b.ports!.length || a.ports!.some((port, k) => port !== b.ports![k]))) return false;
  return a.outputs.every((value, k) => sameValue(value, b.outputs[k]!));
}

/** Whether two values are the same tensor from the same place. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  const [from, other] = [a.origin, b.origin];
  if (from.kind === 'node' ? other.kind !== 'node' || from.node !== other.node || from.port !== other.port : from.kind === 'input' ? other.kind !== 'input' || from.input !== other.input : true) return false;
  return sameTensor(a.tensor, b.tensor);
}

/** Gives the findings from `told` on the index of their node, which stands among those from `start` on, and marks the nodes that are wrong. */
export function locate(walk: Walk, told: number, start: number): readonly LocatedFinding[] {
  const { nodes, findings } = walk;
  const index = new Map<string, number>();
  for (let k = start; k < nodes.length; k++) index.set(nodes[k]!.path, k);
  const wrong = new Set<string>();
  for (let k = told; k < findings.length; k++) {
    const finding = findings[k]!;
    const at = index.get(finding.node);
    if (at !== undefined) findings[k] = { ...finding, index: at };
    if ((finding.severity ?? 'error') === 'error') wrong.add(finding.node);
  }
  for (let k = start; k < nodes.length; k++) {
    const node = nodes[k]!;
    if (wrong.has(node.path) || (node.base !== undefined && wrong.has(node.base))) node.state = 'error';
  }
  return findings.slice(told);
}
