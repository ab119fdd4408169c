import ELK from 'elkjs/lib/elk.bundled.js';
import { analyze } from '../../lib/analysis/index.js';
import { emptyView, layout, picture, type Elk, type Picture, type Placed } from '../../lib/layout/index.js';
import { processor } from './clock.js';
import { branchingNet, parallelChains, residualChain } from './designs.js';
import type { Report } from './table.js';

/** Places of everything on the canvas, from an analysis; against ELK alone on the same boxes and wires. */
export async function layoutSection(report: Report): Promise<void> {
  const nets: (readonly [string, string])[] = [
    ...[200, 700, 2000].map((size) => [`${size.toLocaleString('en')} nodes with skips`, residualChain(Math.round(size / 7))] as const),
    ...[200, 700, 2000].map((size) => [`${size.toLocaleString('en')} nodes with branches`, branchingNet(size)] as const),
    ['24 chains of 40 nodes', parallelChains(24, 40)],
  ];
  for (const [name, text] of nets) {
    const shown = picture(analyze(text), emptyView);
    // A new engine each time: nothing is answered from memory.
    const ours = await processor(() => layout(shown, engine()), { runs: 5, warmUp: 10, seconds: 3 });
    const graph = graphOf(await layout(shown, engine()));
    const theirs = await processor(() => engine().layout(structuredClone(graph)), { runs: 3, warmUp: 0, seconds: 3 });
    report({ what: `layout of ${name}`, ours, peer: `elkjs alone, ${graph.children!.length.toLocaleString('en')} boxes`, theirs });
  }
  const large = analyze(residualChain(286));
  report({ what: 'the picture of 2,002 nodes, before its layout', ours: await processor((): Picture => picture(large, emptyView)), peer: 'its analysis', theirs: await processor(() => analyze(large.parsed)) });
}

const engine = (): Elk => new ELK() as unknown as Elk;

function graphOf({ units, wires }: Placed): Parameters<Elk['layout']>[0] {
  const known = new Set(units.map(({ unit: { id } }) => id));
  return {
    id: 'all',
    layoutOptions: { 'elk.algorithm': 'layered', 'elk.direction': 'DOWN', 'elk.edgeRouting': 'ORTHOGONAL', 'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF' },
    children: units.map(({ unit: { id }, width, height }) => ({ id, width, height })),
    edges: wires.filter(({ link }) => known.has(link.from.id) && known.has(link.to.id)).map(({ link }) => ({ id: link.id, sources: [link.from.id], targets: [link.to.id] })),
  };
}
