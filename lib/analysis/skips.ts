import type { Skip } from './analysis.js';
import { isLayer, isPointwise, nodeAt, pathAt, type Graph } from './graph.js';
import type { ProgramNode } from '../program/program.js';

/**
 * Skips by the format's definition: a path from a fork to a merge without activation and with at most one weighted layer, of kernel 1,
 * beside a path with more weighted layers. Each input of a merge is walked back until a fork with such a path is met, so the nearest
 * fork counts, and an input is the end of one skip at most.
 */
export function findSkips(graph: Graph): readonly Skip[] {
  return (graph.derived.skips ??= search(graph));
}

function search(graph: Graph): readonly Skip[] {
  const longest = longestPaths(graph);
  const skips: Skip[] = [];
  for (let vertex = graph.inputs; vertex < graph.size; vertex += 1) {
    const merge = nodeAt(graph, vertex);
    if (merge?.operator.merge === undefined) continue;
    const reads = graph.reads[vertex]!;
    if (reads.length < 2) continue;
    for (let input = 0; input < reads.length; input += 1) {
      const skip = reads[input]! < 0 ? undefined : walkBack(graph, longest, vertex, input);
      if (skip !== undefined) skips.push(skip);
    }
  }
  return skips;
}

function walkBack(graph: Graph, longest: LongestPaths, merge: number, input: number): Skip | undefined {
  let through: string[] | undefined;
  let layersOnSkip = 0;
  for (let vertex = graph.reads[merge]![input]!; ;) {
    if (graph.readers[vertex]! > 1) {
      const layers = longest.between(vertex, merge);
      if (layers > layersOnSkip) {
        const { path, operator } = nodeAt(graph, merge)!;
        const kind = layersOnSkip > 0 ? 'projection' : through !== undefined ? 'plain' : 'identity';
        return { from: pathAt(graph, vertex), to: path, kind, merge: operator.merge!, layers, through: through?.reverse() ?? none, input };
      }
    }
    const node = nodeAt(graph, vertex);
    if (node === undefined) return undefined;
    if (isLayer(node)) {
      layersOnSkip += 1;
      if (layersOnSkip > 1 || !isPointwise(node)) return undefined;
    } else if (!mayStandOnSkip(node)) {
      return undefined;
    }
    const [source] = graph.reads[vertex]!;
    const only = graph.reads[vertex]!.length === 1 && source! >= 0 ? source : onlySource(graph.reads[vertex]!);
    if (only === undefined) return undefined;
    (through ??= []).push(node.path);
    vertex = only;
  }
}
const none: readonly string[] = [];

function onlySource(reads: readonly number[]): number | undefined {
  const sources = reads.filter((read) => read >= 0);
  return sources.length === 1 ? sources[0] : undefined;
}

/** Also a skip that is scaled: a merge or a sum with numbers alone passes the tensor on. */
function mayStandOnSkip({ operator, inputs }: ProgramNode): boolean {
  const others = inputs.filter(({ origin }) => origin.kind === 'constant').length;
  if (others > 0 && others === inputs.length - 1) return operator.merge === 'add' || operator.merge === 'gate' || operator.type === 'Sub' || operator.type === 'Div';
  if (operator.activation || operator.merge !== undefined) return false;
  return operator.plain === true || operator.family === 'Normalisation' || operator.family === 'Pooling';
}

interface LongestPaths {
  /** Most weighted layers strictly between two vertices, or -1 where no path joins them. */
  between(from: number, to: number): number;
}

/**
 * Longest paths by weighted layers. Every vertex points to the reader's best predecessor; where `from` is an ancestor of `to` in that
 * tree, the longest path to `to` runs through `from` and the answer is a difference of depths. That is the case for nearly every skip,
 * so a chain of any length costs linear time; for the rest, paths are followed back from `to`, once for all forks, within a budget for the whole network.
 */
function longestPaths(graph: Graph): LongestPaths {
  const { size, reads } = graph;
  const weight = new Uint8Array(size);
  const depth = new Int32Array(size);
  const parent = new Int32Array(size).fill(-1);
  for (let vertex = 0; vertex < size; vertex += 1) {
    const node = nodeAt(graph, vertex);
    weight[vertex] = node !== undefined && isLayer(node) ? 1 : 0;
    for (const read of reads[vertex]!) {
      if (read >= 0 && read < vertex && (parent[vertex]! < 0 || depth[read]! > depth[parent[vertex]!]!)) parent[vertex] = read;
    }
    depth[vertex] = (parent[vertex]! < 0 ? 0 : depth[parent[vertex]!]!) + weight[vertex]!;
  }
  const { entry, exit } = intervals(parent);
  // Most layers from each vertex to `end`, without that and itself, known down to `low`.
  const best = new Int32Array(size).fill(-1);
  let end = -1;
  let low = 0;
  let budget = 20_000_000;
  const follow = (to: number, from: number): void => {
    if (end !== to) {
      if (end >= 0) best.fill(-1, 0, end + 1);
      end = low = to;
      for (const read of reads[to]!) if (read >= 0) best[read] = 0;
    }
    while (low > from + 1 && budget > 0) {
      low -= 1;
      budget -= 1 + reads[low]!.length;
      if (best[low]! < 0) continue;
      const most = best[low]! + weight[low]!;
      for (const read of reads[low]!) if (read >= 0 && best[read]! < most) best[read] = most;
    }
  };
  return {
    between(from, to) {
      if (entry[from]! <= entry[to]! && exit[to]! <= exit[from]!) return depth[to]! - weight[to]! - depth[from]!;
      follow(to, from);
      return budget > 0 ? best[from]! : -1;
    },
  };
}

/** Entry and exit times of a walk over the tree, so that "is an ancestor of" is two comparisons. Parents stand before their children. */
function intervals(parent: Int32Array): { readonly entry: Int32Array; readonly exit: Int32Array } {
  const size = parent.length;
  const count = new Int32Array(size).fill(1);
  for (let vertex = size - 1; vertex >= 0; vertex -= 1) if (parent[vertex]! >= 0) count[parent[vertex]!]! += count[vertex]!;
  const entry = new Int32Array(size);
  const exit = new Int32Array(size);
  const next = new Int32Array(size);
  let root = 0;
  for (let vertex = 0; vertex < size; vertex += 1) {
    const above = parent[vertex]!;
    entry[vertex] = above < 0 ? root : next[above]!;
    if (above < 0) root += count[vertex]!;
    else next[above]! += count[vertex]!;
    next[vertex] = entry[vertex]! + 1;
    exit[vertex] = entry[vertex]! + count[vertex]!;
  }
  return { entry, exit };
}
