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

/** Lays out what is more than a chain with ELK's layered algorithm, falling; a flow to the right is turned afterwards. */
export async function layoutBranches(nodes: readonly BranchNode[], links: readonly { readonly id: string; readonly from: string; readonly to: string }[], elk: Elk): Promise<BranchesPlaced> {
  const into = new Set(links.map((link) => link.to));
  const outOf = new Set(links.map((link) => link.from));
  const graph: ElkGraph = {
    id: 'scope',
    layoutOptions: {
      'elk.algorithm': 'layered', 'elk.direction': 'DOWN', 'elk.edgeRouting': 'ORTHOGONAL',
      'elk.layered.spacing.nodeNodeBetweenLayers': '18', 'elk.spacing.nodeNode': '44', 'elk.spacing.edgeNode': '24', 'elk.spacing.edgeEdge': '18',
      'elk.layered.spacing.edgeNodeBetweenLayers': '18', 'elk.layered.spacing.edgeEdgeBetweenLayers': '14',
      'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF', 'elk.layered.nodePlacement.favorStraightEdges': 'true',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES', 'elk.layered.crossingMinimization.forceNodeModelOrder': 'false', 'elk.randomSeed': '1',
    },
    children: nodes.map((node) => ({
      id: node.id, width: node.before + node.after, height: node.length + node.gap,
      layoutOptions: { 'elk.portConstraints': 'FIXED_POS', ...(node.rank !== undefined && { 'elk.layered.layering.layerConstraint': node.rank === 'first' ? 'FIRST' : 'LAST' }) },
      ports: [
        // A port for each arriving wire, though they meet in one place: wires of one port share their way, and these come from different layers.
        ...(into.has(node.id) ? [...node.arrivals].map(([link, offset]) => port(node, `${portId(node.id, 'NORTH', offset)}|${link}`, offset, 'NORTH', 0)) : []),
        ...(outOf.has(node.id) ? portsOf(node, node.departures, 'SOUTH', node.length + node.gap) : []),
      ],
    })),
    edges: links.map((link) => {
      const from = nodes.find((node) => node.id === link.from)!;
      const to = nodes.find((node) => node.id === link.to)!;
      return { id: link.id, sources: [portId(from.id, 'SOUTH', from.departures.get(link.id) ?? 0)], targets: [`${portId(to.id, 'NORTH', to.arrivals.get(link.id) ?? 0)}|${link.id}`] };
    }),
  };
  const placed = await elk.layout(graph);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const at = new Map((placed.children ?? []).map((child) => [child.id, { u: child.y ?? 0, v: (child.x ?? 0) + byId.get(child.id)!.before }]));
  const routes = new Map((placed.edges ?? []).map((edge) => {
    const link = links.find((each) => each.id === edge.id)!;
    const from = byId.get(link.from)!;
    const section = edge.sections?.[0];
    const points = section === undefined ? [] : [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(({ x, y }) => ({ u: y, v: x }));
    const first = points[0];
    // ELK's wire starts below the label's room; the drawn one at the layer itself.
    return [edge.id, first === undefined ? [] : [{ u: first.u - from.gap, v: first.v }, ...points.slice(points.length > 2 ? 1 : points.length - 1)]] as const;
  }));
  return { at, routes };
}

function portId(node: string, side: string, offset: number): string {
  return `${node}|${side}|${offset}`;
}

function portsOf(node: BranchNode, offsets: ReadonlyMap<string, number>, side: 'NORTH' | 'SOUTH', y: number): ElkGraph[] {
  return [...new Set(offsets.values())].map((offset) => port(node, portId(node.id, side, offset), offset, side, y));
}

function port(node: BranchNode, id: string, offset: number, side: 'NORTH' | 'SOUTH', y: number): ElkGraph {
  return { id, width: 0, height: 0, x: node.before + offset, y, layoutOptions: { 'elk.port.side': side } };
}
