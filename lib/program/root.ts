import { expandUse, instanceOf, type Here, type Result } from './expand.js';
import { useOf } from './uses.js';
import { sameTensor, type ExpandedNode } from './node.js';
import { settleRepetitions } from './sharing.js';
import { mostDenseReads, type Ending, type Walk } from './walk.js';
import type { Block } from '../document/model.js';
import type { Instance, LocatedFinding, Use, Value } from './program.js';
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
  const made: Making = kept?.shared() ?? { results: new Array<Result | undefined>(size).fill(undefined), uses: new Array<Use | undefined>(size).fill(undefined), starts: new Int32Array(size), sizes: new Int32Array(size), counts: new Int32Array(size), denseReads: new Map(), findings: new Map(), expanded: new Map() };
  for (let at = 0; at < size; at++) {
    const run = kept === undefined ? at : kept.takeOver(walk, at);
    if (run > at) {
      at = run - 1;
      continue;
    }
    expand(walk, here, scope.order[at]!, made, kept);
  }
  walk.expanded.add(scope.block);
  for (const blocks of made.expanded.values()) for (const block of blocks) walk.expanded.add(block);
  return { here, instance: instanceOf(walk, here, made.uses, made.results), nodes: walk.nodes, ...made };
}

interface Making {
  uses: readonly (Use | undefined)[];
  results: readonly (Result | undefined)[];
  starts: Int32Array;
  sizes: Int32Array;
  counts: Int32Array;
  denseReads: ReadonlyMap<number, number>;
  findings: ReadonlyMap<number, readonly LocatedFinding[]>;
  expanded: ReadonlyMap<number, ReadonlySet<Block>>;
}

function expand(walk: Walk, here: Here, index: number, made: Making, kept: Kept | undefined): void {
  const written = here.scope.nodes[index]!;
  const start = walk.nodes.length;
  const [count, denseReads, told, outer] = [walk.count, walk.denseReads, walk.findings.length, walk.expanded];
  if (written.target?.kind === 'block') walk.expanded = new Set();
  const { use, result } = expandUse(walk, here, written, made.results);
  // Readers may be given the earlier result, but the use is what stands there now.
  const before = kept?.before;
  made.uses = withEntry(made.uses, before?.uses, index, kept === undefined ? use : (use ?? useOf(result)));
  made.results = withEntry(made.results, before?.results, index, kept === undefined ? result : kept.compared(index, result));
  settleRepetitions(walk, start);
  made.starts = withNumber(made.starts, before?.starts, index, start);
  made.sizes = withNumber(made.sizes, before?.sizes, index, walk.nodes.length - start);
  made.counts = withNumber(made.counts, before?.counts, index, walk.count - count);
  made.denseReads = noted(made.denseReads, before?.denseReads, index, walk.denseReads > denseReads ? walk.denseReads - denseReads : undefined);
  made.findings = noted(made.findings, before?.findings, index, walk.findings.length > told ? locate(walk, told, start) : undefined);
  made.expanded = noted(made.expanded, before?.expanded, index, walk.expanded !== outer ? walk.expanded : undefined);
  walk.expanded = outer;
}

/** The list with an entry set; what is still shared with the expansion before is copied first. */
function withEntry<T>(made: readonly T[], before: readonly T[] | undefined, index: number, value: T): readonly T[] {
  if (made[index] === value) return made;
  const own = (made === before ? made.slice() : made) as T[];
  own[index] = value;
  return own;
}

function withNumber(made: Int32Array, before: Int32Array | undefined, index: number, value: number): Int32Array {
  if (made[index] === value) return made;
  const own = made === before ? made.slice() : made;
  own[index] = value;
  return own;
}

function noted<T>(made: ReadonlyMap<number, T>, before: ReadonlyMap<number, T> | undefined, index: number, value: T | undefined): ReadonlyMap<number, T> {
  if (value === undefined && !made.has(index)) return made;
  const own = made === before ? new Map(made) : (made as Map<number, T>);
  if (value === undefined) own.delete(index);
  else own.set(index, value);
  return own;
}

/** Whether an expansion is so far from the limits of a network that no use of it, nor of one like it, comes near them. */
export function isFarFromFull(walk: Walk): boolean {
  return walk.count < walk.most / 2 && walk.denseReads < mostDenseReads / 2;
}

/** What an earlier expansion has that still holds. */
class Kept {
  /** Uses whose readers get something else than before, and behind which use none reads them. */
  private readonly changed: Uint8Array;
  private horizon = -1;
  /** Inputs that are others than before. */
  private readonly inputs: ReadonlySet<string>;
  /** Whether an expression may now have another value. */
  private readonly evaluates: boolean;
  /** Uses that are expanded again whatever they read. */
  private readonly again: ReadonlySet<number>;
  private readonly nodes: readonly WrittenNode[];
  private readonly lastReaders: Int32Array;

  /** Undefined where names mean other things than before, or the uses are not in the order of the file. */
  static of(before: RootExpansion, here: Here): Kept | undefined {
    const [scope, old] = [here.scope, before.here.scope];
    return scope.index === old.index && scope.straight && old.straight ? new Kept(before, here) : undefined;
  }

  private constructor(readonly before: RootExpansion, here: Here) {
    const { nodes, lastReaders } = here.scope;
    this.nodes = nodes;
    this.lastReaders = lastReaders;
    this.changed = new Uint8Array(nodes.length);
    this.inputs = new Set([...here.inputs].filter(([name, value]) => before.here.inputs.get(name) !== value).map(([name]) => name));
    const names = Object.keys(here.params);
    this.evaluates = this.inputs.size > 0 || names.length !== Object.keys(before.here.params).length || names.some((name) => here.params[name] !== before.here.params[name]);
    const again = new Set<number>();
    for (let k = 0; k < nodes.length; k++) if (before.here.scope.nodes[k] !== nodes[k]) again.add(k);
    // What is told of the limits hangs on the whole network.
    for (const [k, findings] of before.findings) if (findings.some(({ code }) => limits.has(code))) again.add(k);
    this.again = again;
  }

  /** What the new expansion starts with: shared until something in it is set. */
  shared(): Making {
    const { results, uses, starts, sizes, counts, denseReads, findings, expanded } = this.before;
    return { results, uses, starts, sizes, counts, denseReads, findings, expanded };
  }

  /** Adds to the walk what the uses from `at` on gave before, as far as nothing of them changed; says up to which use that is. */
  takeOver(walk: Walk, at: number): number {
    const { before } = this;
    const { starts, sizes, counts } = before;
    if (starts[at] !== walk.nodes.length) return at;
    let end = at;
    let count = 0;
    while (end < this.nodes.length && this.holds(end)) count += counts[end++]!;
    if (end === at) return at;
    const [first, last] = [starts[at]!, starts[end - 1]! + sizes[end - 1]!];
    if (walk.nodes.length === 0) walk.nodes = before.nodes.slice(first, last);
    else for (let k = first; k < last; k++) walk.nodes.push(before.nodes[k]!);
    walk.count += count;
    for (const [k, reads] of before.denseReads) if (k >= at && k < end) walk.denseReads += reads;
    for (let k = at; k < end && before.findings.size > 0; k++) for (const finding of before.findings.get(k) ?? []) walk.findings.push(finding);
    return end;
  }

  private holds(index: number): boolean {
    if (this.again.has(index)) return false;
    if (!this.evaluates && index > this.horizon) return true;
    const { evaluates, node, sources } = this.nodes[index]!;
    if (this.evaluates && (evaluates || node.repeat !== undefined)) return false;
    for (const source of sources) if (source.kind === 'node' ? this.changed[source.index] === 1 : source.kind === 'input' && this.inputs.has(source.name)) return false;
    return true;
  }

  /** The result of a use that was expanded again: the earlier one where readers get the same, so that what follows from it need not be expanded again. */
  compared(index: number, result: Result): Result {
    const old = this.before.results[index];
    if (old !== undefined && sameResult(old, result)) return old;
    this.changed[index] = 1;
    this.horizon = Math.max(this.horizon, this.lastReaders[index]!);
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
