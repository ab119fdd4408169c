import { expandUse, instanceOf, type Here, type Result } from './expand.js';
import { sameTensor, type ExpandedNode } from './node.js';
import { settleRepetitions } from './sharing.js';
import { mostDenseReads, type Ending, type Walk } from './walk.js';
import type { Block } from '../document/model.js';
import type { Instance, LocatedFinding, Use, Value } from './program.js';
import { realigned, realignedMap, realignedNumbers, type Window } from './window.js';
import type { WrittenNode } from './scope.js';

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
  const kept = before && Kept.of(before, here);
  const made: Making = kept?.copied() ?? { results: new Array<Result | undefined>(size).fill(undefined), uses: new Array<Use | undefined>(size).fill(undefined), starts: new Int32Array(size), sizes: new Int32Array(size), counts: new Int32Array(size), denseReads: new Map(), findings: new Map(), expanded: new Map() };
  for (let at = 0; at < size; at++) {
    const run = kept === undefined ? at : kept.takeOver(walk, at, made);
    if (run > at) {
      at = run - 1;
      continue;
    }
    const index = scope.order[at]!;
    expand(walk, here, index, made);
    kept?.compare(index, made);
  }
  walk.expanded.add(scope.block);
  for (const blocks of made.expanded.values()) for (const block of blocks) walk.expanded.add(block);
  return { here, instance: instanceOf(walk, here, made.uses, made.results), nodes: walk.nodes, ...made };
}

interface Making {
  readonly uses: (Use | undefined)[];
  readonly results: (Result | undefined)[];
  readonly starts: Int32Array;
  readonly sizes: Int32Array;
  readonly counts: Int32Array;
  readonly denseReads: Map<number, number>;
  readonly findings: Map<number, readonly LocatedFinding[]>;
  readonly expanded: Map<number, ReadonlySet<Block>>;
}

function expand(walk: Walk, here: Here, index: number, made: Making): void {
  const start = walk.nodes.length;
  const [count, denseReads, told, outer] = [walk.count, walk.denseReads, walk.findings.length, walk.expanded];
  if (here.scope.nodes[index]!.target?.kind === 'block') walk.expanded = new Set();
  expandUse(walk, here, index, made.uses, made.results);
  settleRepetitions(walk, start);
  made.starts[index] = start;
  made.sizes[index] = walk.nodes.length - start;
  made.counts[index] = walk.count - count;
  note(made.denseReads, index, walk.denseReads > denseReads ? walk.denseReads - denseReads : undefined);
  note(made.findings, index, walk.findings.length > told ? locate(walk, told, start) : undefined);
  note(made.expanded, index, walk.expanded !== outer ? walk.expanded : undefined);
  walk.expanded = outer;
}

function note<T>(map: Map<number, T>, index: number, value: T | undefined): void {
  if (value !== undefined) map.set(index, value);
  else if (map.size > 0) map.delete(index);
}

/** Whether an expansion is so far from the limits of a network that no use of it, nor of one like it, comes near them. */
export function isFarFromFull(walk: Walk): boolean {
  return walk.count < walk.most / 2 && walk.denseReads < mostDenseReads / 2;
}

/**
 * What an earlier expansion has that still holds. Uses are walked in the order of the file; each stands a number of nodes later than before, its shift, which
 * changes only where uses came, went or have another number of nodes. A use is taken over where it is written as before, and all that it reads gives the
 * same and has the same shift: its inputs are then the nodes that they were, so many numbers later. Only plain nodes are moved; blocks and
 * repetitions, of which few stand in a document's own scope, are expanded again where they are not where they were.
 */
class Kept {
  /** By position now: uses whose readers get something else than before. */
  private readonly changed: Uint8Array;
  private isChanged = false;
  /** By position now: the shift of each use that the walk has passed. */
  private readonly shifts: Int32Array;
  /** Inputs that are others than before. */
  private readonly inputs: ReadonlySet<string>;
  /** Whether an expression may now have another value. */
  private readonly evaluates: boolean;
  /** Uses that are expanded again whatever they read. */
  private readonly again: Uint8Array;
  private readonly nodes: readonly WrittenNode[];
  /** What the uses gave before, by position now. */
  private readonly old: Making;

  /** Undefined where the scope was read anew, or the uses are not in the order of the file. */
  static of(before: RootExpansion, here: Here): Kept | undefined {
    const { window, straight } = here.scope;
    return window && straight && before.here.scope.straight ? new Kept(before, here, window) : undefined;
  }

  private constructor(private readonly before: RootExpansion, here: Here, window: Window) {
    const { nodes } = here.scope;
    this.nodes = nodes;
    this.changed = new Uint8Array(nodes.length);
    this.shifts = new Int32Array(nodes.length);
    this.inputs = new Set([...here.inputs].filter(([name, value]) => before.here.inputs.get(name) !== value).map(([name]) => name));
    const names = Object.keys(here.params);
    this.evaluates = this.inputs.size > 0 || names.length !== Object.keys(before.here.params).length || names.some((name) => here.params[name] !== before.here.params[name]);
    this.old = {
      uses: realigned(before.uses, window), results: realigned(before.results, window),
      starts: realignedNumbers(before.starts, window), sizes: realignedNumbers(before.sizes, window), counts: realignedNumbers(before.counts, window),
      denseReads: realignedMap(before.denseReads, window), findings: realignedMap(before.findings, window), expanded: realignedMap(before.expanded, window),
    };
    this.again = new Uint8Array(nodes.length);
    const by = window.end - window.oldEnd;
    const written = before.here.scope.nodes;
    for (let k = 0; k < nodes.length; k++) if (written[k < window.end ? k : k - by] !== nodes[k]) this.again[k] = 1;
    // What is told of the limits hangs on the whole network.
    for (const [k, findings] of this.old.findings) if (findings.some(({ code }) => limits.has(code))) this.again[k] = 1;
  }

  /** What the new expansion starts with. */
  copied(): Making {
    const { uses, results, starts, sizes, counts, denseReads, findings, expanded } = this.old;
    return { uses: uses.slice(), results: results.slice(), starts: starts.slice(), sizes: sizes.slice(), counts: counts.slice(), denseReads: new Map(denseReads), findings: new Map(findings), expanded: new Map(expanded) };
  }

  /** Adds to the walk what the uses from position `at` on gave before, as far as nothing of them changed but their shift; says up to which use that is. */
  takeOver(walk: Walk, at: number, made: Making): number {
    const { old, before, shifts } = this;
    const by = walk.nodes.length - old.starts[at]!;
    let end = at;
    let count = 0;
    while (end < this.nodes.length && this.holds(end, by)) {
      shifts[end] = by;
      count += old.counts[end++]!;
    }
    if (end === at) return at;
    const [first, last] = [old.starts[at]!, old.starts[end - 1]! + old.sizes[end - 1]!];
    if (walk.nodes.length === 0 && by === 0) walk.nodes = before.nodes.slice(first, last);
    else for (let k = first; k < last; k++) walk.nodes.push(before.nodes[k]!.movedBy(by));
    walk.count += count;
    for (const [k, reads] of old.denseReads) if (k >= at && k < end) walk.denseReads += reads;
    for (let k = at; k < end && old.findings.size > 0; k++) {
      const findings = old.findings.get(k);
      if (findings === undefined) continue;
      const moved = by === 0 ? findings : findings.map((finding) => (finding.index === undefined ? finding : { ...finding, index: finding.index + by }));
      made.findings.set(k, moved);
      walk.findings.push(...moved);
    }
    for (let k = at; k < end && by !== 0; k++) {
      made.starts[k]! += by;
      made.results[k] = walk.nodes[made.starts[k]!];
    }
    return end;
  }

  private holds(position: number, by: number): boolean {
    if (this.again[position] === 1) return false;
    if (by === 0 && !this.evaluates && !this.isChanged) return true;
    if (by !== 0 && this.old.uses[position] !== undefined) return false;
    const written = this.nodes[position]!;
    if (this.evaluates && (written.evaluates || written.node.repeat !== undefined)) return false;
    const moved = position - written.at;
    for (const source of written.sources) {
      if (source.kind === 'node' ? this.changed[source.index + moved] === 1 || this.shifts[source.index + moved] !== by : source.kind === 'input' && this.inputs.has(source.name)) return false;
    }
    return true;
  }

  /** Notes what became of a use that was expanded again, so that what follows from it need not be where its readers get the same. */
  compare(position: number, { starts, results }: Making): void {
    const by = starts[position]! - this.old.starts[position]!;
    this.shifts[position] = by;
    const before = this.old.results[position];
    if (by !== 0) this.isChanged = true;
    if (before !== undefined && sameResult(before, results[position]!, by)) return;
    this.changed[position] = 1;
    this.isChanged = true;
  }
}

const limits: ReadonlySet<string> = new Set(['too-many-nodes', 'too-many-reads']);

/** Whether readers get the same, from nodes that stand so many numbers later. */
function sameResult(a: Result, b: Result, by: number): boolean {
  if (a.repeated !== b.repeated || (a.each === undefined) !== (b.each === undefined) || !sameEnding(a.whole, b.whole, by)) return false;
  return a.each === undefined || (a.each.length === b.each!.length && a.each.every((ending, k) => sameEnding(ending, b.each![k]!, by)));
}

function sameEnding(a: Ending, b: Ending, by: number): boolean {
  if (a.absent !== b.absent || a.outputs.length !== b.outputs.length || (a.ports === undefined) !== (b.ports === undefined)) return false;
  if (a.ports !== b.ports && (a.ports!.length !== b.ports!.length || a.ports!.some((port, k) => port !== b.ports![k]))) return false;
  return a.outputs.every((value, k) => sameValue(value, b.outputs[k]!, by));
}

/** Whether two values are the same tensor from the same place; the node of the second stands so many numbers later. */
export function sameValue(a: Value, b: Value, by = 0): boolean {
  if (a === b) return by === 0 || a.origin.kind !== 'node';
  const [from, other] = [a.origin, b.origin];
  if (from.kind === 'node' ? other.kind !== 'node' || from.node + by !== other.node || from.port !== other.port : from.kind === 'input' ? other.kind !== 'input' || from.input !== other.input : true) return false;
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
