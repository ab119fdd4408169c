import type { Extent } from './size.js';

/** The part of ELK that is used; the host gives an instance (a worker's, or one on the page in tests). */
export interface Elk {
  layout(graph: ElkGraph): Promise<ElkGraph>;
}
export interface ElkGraph {
  readonly id: string;
  readonly layoutOptions?: Record<string, string>;
  readonly children?: ElkGraph[];
  readonly ports?: ElkGraph[];
  readonly edges?: ElkEdge[];
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
}
export interface ElkEdge {
  readonly id: string;
  readonly sources: string[];
  readonly targets: string[];
  readonly sections?: readonly { readonly startPoint: ElkPoint; readonly endPoint: ElkPoint; readonly bendPoints?: readonly ElkPoint[] }[];
}
interface ElkPoint {
  readonly x: number;
  readonly y: number;
}

export interface BranchNode extends Extent {
  readonly id: string;
  /** Room for the label below it. */
  readonly gap: number;
  /** Room above it, for shapes that clash there. */
  readonly room: number;
  /** Where wires arrive across the axis, by link; the axis itself where missing. */
  readonly arrivals: ReadonlyMap<string, number>;
  readonly departures: ReadonlyMap<string, number>;
  readonly rank?: 'first' | 'last';
}

/** Positions in flow coordinates: u along the flow, v across it. */
export interface BranchesPlaced {
  readonly at: ReadonlyMap<string, { readonly u: number; readonly v: number }>;
  /** Bends by link, ends included. */
  readonly routes: ReadonlyMap<string, readonly { readonly u: number; readonly v: number }[]>;
}

/**
 * Lays out what is more than a chain with ELK's layered algorithm, falling; a flow to the right is turned afterwards. The request names
 * nothing of the design, so that equal parts make equal requests and can be answered from memory. Branches stand in the order in which
 * they are read; `backwards` turns that around, so that the last one keeps the axis.
 */
export async function layoutBranches(nodes: readonly BranchNode[], links: readonly { readonly id: string; readonly from: string; readonly to: string }[], elk: Elk, backwards = false): Promise<BranchesPlaced> {
  const number = new Map(nodes.map((node, i) => [node.id, i]));
  const departing = (node: number, offset: number): string => `${node}|out|${offset}`;
  const arriving = (node: number, link: number): string => `${node}|in|${link}`;
  const arrivingPorts = (node: BranchNode, n: number): ElkGraph[] => links.flatMap((link, l) => (link.to === node.id ? [port(arriving(n, l), node.before + (node.arrivals.get(link.id) ?? 0), 0, 'NORTH')] : []));
  const placed = await remembered(elk, {
    id: 'scope',
    layoutOptions: options,
    children: nodes.map((node, n) => ({
      id: String(n), width: node.before + node.after, height: node.room + node.length + node.gap,
      layoutOptions: { 'elk.portConstraints': 'FIXED_POS', ...(node.rank !== undefined && { 'elk.layered.layering.layerConstraint': node.rank === 'first' ? 'FIRST' : 'LAST' }) },
      ports: [
        // A port for each arriving wire, though they meet in one place: wires of one port share their way, and these come from different layers.
        ...(backwards ? arrivingPorts(node, n) : arrivingPorts(node, n).reverse()),
        ...[...new Set(node.departures.values())].map((offset) => port(departing(n, offset), node.before + offset, node.room + node.length + node.gap, 'SOUTH')),
      ],
    })),
    edges: links.map((link, l) => ({ id: String(l), sources: [departing(number.get(link.from)!, nodes[number.get(link.from)!]!.departures.get(link.id) ?? 0)], targets: [arriving(number.get(link.to)!, l)] })),
  });
  const at = new Map((placed.children ?? []).map((child) => {
    const node = nodes[Number(child.id)]!;
    return [node.id, { u: (child.y ?? 0) + node.room, v: (child.x ?? 0) + node.before }];
  }));
  const routes = new Map((placed.edges ?? []).map((edge): readonly [string, readonly { readonly u: number; readonly v: number }[]] => {
    const link = links[Number(edge.id)]!;
    const section = edge.sections?.[0];
    const points = section === undefined ? [] : [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(({ x, y }) => ({ u: y, v: x }));
    const [first] = points;
    const last = points[points.length - 1];
    if (first === undefined || last === undefined) return [link.id, []];
    // ELK's wire keeps off the room for labels; the drawn one runs from layer to layer.
    const from = nodes[number.get(link.from)!]!;
    const to = nodes[number.get(link.to)!]!;
    return [link.id, [{ u: first.u - from.gap, v: first.v }, ...points.slice(1, -1), { u: last.u + to.room, v: last.v }]];
  }));
  return { at, routes };
}

const memory = new WeakMap<Elk, Map<string, Promise<ElkGraph>>>();
const REMEMBERED = 200;

/** Equal requests are answered once: modules that repeat, and everything that an edit did not touch. */
function remembered(elk: Elk, graph: ElkGraph): Promise<ElkGraph> {
  let known = memory.get(elk);
  if (known === undefined) memory.set(elk, (known = new Map()));
  const key = JSON.stringify(graph);
  const before = known.get(key);
  if (before !== undefined) return before;
  const placed = elk.layout(graph);
  known.set(key, placed);
  placed.catch(() => known.delete(key));
  if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
  return placed;
}

const options: Record<string, string> = {
  'elk.algorithm': 'layered', 'elk.direction': 'DOWN', 'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.spacing.nodeNodeBetweenLayers': '18', 'elk.spacing.nodeNode': '44', 'elk.spacing.edgeNode': '24', 'elk.spacing.edgeEdge': '18',
  'elk.layered.spacing.edgeNodeBetweenLayers': '18', 'elk.layered.spacing.edgeEdgeBetweenLayers': '14',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF', 'elk.layered.nodePlacement.favorStraightEdges': 'true',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES', 'elk.layered.crossingMinimization.forceNodeModelOrder': 'false', 'elk.randomSeed': '1',
};

function port(id: string, x: number, y: number, side: 'NORTH' | 'SOUTH'): ElkGraph {
  return { id, width: 0, height: 0, x, y, layoutOptions: { 'elk.port.side': side } };
}
