import { isLayer, isPointwise, nodeAt, type Graph } from './graph.js';

/** How two inputs of one node came apart. */
export interface Parting {
  /** The vertex at which the two part; undefined where they have no common source. */
  readonly fork: number | undefined;
  readonly first: Branch;
  readonly second: Branch;
}

export interface Branch {
  /** Index of the input at which it arrives. */
  readonly input: number;
  /** Vertex that feeds that input. */
  readonly end: number;
  /** Vertices after the fork up to `end`, in data order; empty where the fork itself feeds the input. */
  readonly path: readonly number[];
  /** Weighted layers on the path. */
  readonly layers: number;
  /** Those of them that look at more than one position. */
  readonly wide: number;
}

/**
 * Which of the two inputs is the skip: the one with fewer layers, and of two with equally many the one whose layers look at one position
 * only, a projection. Undefined where neither is less than the other.
 */
export function skipOf({ fork, first, second }: Parting): 'first' | 'second' | undefined {
  if (fork === undefined) return undefined;
  const less = first.layers - second.layers || first.wide - second.wide;
  return less === 0 ? undefined : less < 0 ? 'first' : 'second';
}

/**
 * Walks both inputs of a node back to the nearest vertex from which both come. Vertices stand in data order, so the highest common
 * ancestor is met first on the way down. Of several ways back to the fork the one through first inputs is taken: there the main branch
 * stands.
 */
export function partingOf(graph: Graph, node: number, inputs: readonly [number, number]): Parting | undefined {
  const reads = graph.reads[node];
  const ends = inputs.map((input) => reads?.[input] ?? -1);
  const [first, second] = ends as [number, number];
  if (first < 0 || second < 0) return undefined;
  const fork = nearestCommonSource(graph, first, second);
  const branch = (input: number, end: number): Branch => {
    const path = fork === undefined ? wayUp(graph, end) : wayTo(graph, fork, end);
    const layers = path.flatMap((vertex) => { const on = nodeAt(graph, vertex); return on !== undefined && isLayer(on) ? [on] : []; });
    return { input, end, path, layers: layers.length, wide: layers.filter((layer) => !isPointwise(layer)).length };
  };
  return { fork, first: branch(inputs[0], first), second: branch(inputs[1], second) };
}

function nearestCommonSource(graph: Graph, first: number, second: number): number | undefined {
  const marks = new Uint8Array(Math.max(first, second) + 1);
  marks[first]! |= 1;
  marks[second]! |= 2;
  for (let vertex = marks.length - 1; vertex >= 0; vertex -= 1) {
    const mark = marks[vertex]!;
    if (mark === 3) return vertex;
    if (mark !== 0) for (const read of graph.reads[vertex]!) if (read >= 0 && read < vertex) marks[read]! |= mark;
  }
  return undefined;
}

function wayTo(graph: Graph, fork: number, end: number): readonly number[] {
  const reached = new Uint8Array(end + 1);
  reached[fork] = 1;
  for (let vertex = fork + 1; vertex <= end; vertex += 1) if (graph.reads[vertex]!.some((read) => read >= fork && reached[read] === 1)) reached[vertex] = 1;
  const path: number[] = [];
  for (let vertex = end; vertex !== fork;) {
    path.push(vertex);
    const next = graph.reads[vertex]!.find((read) => read >= fork && read < vertex && reached[read] === 1);
    if (next === undefined) break;
    vertex = next;
  }
  return path.reverse();
}

/** The way along first inputs up to where it begins. */
export function wayUp(graph: Graph, end: number): readonly number[] {
  const path: number[] = [];
  for (let vertex: number | undefined = end; vertex !== undefined;) {
    path.push(vertex);
    const from: number = vertex;
    vertex = graph.reads[from]!.find((read) => read >= 0 && read < from);
  }
  return path.reverse();
}
