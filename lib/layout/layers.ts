import type { Elk, ElkGraph } from './branches.js';

/**
 * A plain stand-in for ELK where no worker can be had: pieces in rows by their distance from the start, wires with one step across. The
 * picture is right, only less tidy.
 */
export const layeredRows: Elk = {
  layout(graph) {
    const children = graph.children ?? [];
    const edges = graph.edges ?? [];
    const ownerOf = (port: string): string => port.slice(0, port.indexOf('|'));
    const row = new Map(children.map((child) => [child.id, 0]));
    for (let round = 0, moved = true; moved && round < children.length; round++) {
      moved = false;
      for (const edge of edges) {
        const below = row.get(ownerOf(edge.sources[0]!))! + 1;
        if (row.get(ownerOf(edge.targets[0]!))! >= below) continue;
        row.set(ownerOf(edge.targets[0]!), below);
        moved = true;
      }
    }
    const last = Math.max(0, ...row.values());
    const placed = new Map<string, ElkGraph & { x: number; y: number }>();
    let y = 0;
    for (let r = 0; r <= last; r++) {
      const members = children.filter((child) => row.get(child.id) === r);
      const width = members.reduce((sum, child) => sum + (child.width ?? 0) + 44, -44);
      let x = -width / 2;
      for (const child of members) {
        placed.set(child.id, { ...child, x, y });
        x += (child.width ?? 0) + 44;
      }
      y += Math.max(0, ...members.map((child) => child.height ?? 0)) + 18;
    }
    const portAt = (port: string): { x: number; y: number } => {
      const owner = placed.get(ownerOf(port))!;
      const found = owner.ports?.find((each) => each.id === port);
      return { x: owner.x + (found?.x ?? 0), y: owner.y + (found?.y ?? 0) };
    };
    return Promise.resolve({
      ...graph, children: [...placed.values()],
      edges: edges.map((edge) => {
        const startPoint = portAt(edge.sources[0]!);
        const endPoint = portAt(edge.targets[0]!);
        const bend = endPoint.y - 9;
        return { ...edge, sections: [{ startPoint, endPoint, bendPoints: startPoint.x === endPoint.x ? [] : [{ x: startPoint.x, y: bend }, { x: endPoint.x, y: bend }] }] };
      }),
    });
  },
};
