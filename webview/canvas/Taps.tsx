import { useMemo, type CSSProperties, type ReactNode } from 'react';
import { tokenOf } from './Glyph.js';
import { refOf, useMarks, wireKey } from './marks.js';
import type { PlacedWire } from '../../lib/layout/index.js';

/**
 * Where the wires of a bundle leave their strands. They run over one another, so each is taken at its tap; the one under the pointer, and
 * those of the layer under it, are drawn whole and above the others (`useRaised`).
 */
export function Taps({ wires }: { readonly wires: readonly PlacedWire[] }): ReactNode {
  return wires.map((wire) => (wire.tap === undefined ? null : <Tap key={wire.link.id} wire={wire} />));
}

/** Half of what a tap takes for the pointer: as much as the strands beside it leave. */
const HALF = 5;

function Tap({ wire: { link, scene, tap } }: { readonly wire: PlacedWire }): ReactNode {
  const key = wireKey(refOf({ link, scene }));
  const marked = useMarks((marks) => marks.selection.has(key) || marks.hover === key || marks.hover === link.from.item || marks.hover === link.to.item);
  return (
    <g className={`nw-tap ${link.skip?.off === true ? 'is-off' : ''} ${marked ? 'is-marked' : ''}`} style={{ '--c': colorOf({ link }) } as CSSProperties} data-wire={link.id}>
      <title>{`${nameOf(link.from.item)} → ${nameOf(link.to.item)}${link.skip?.off === true ? ', cut' : ''}`}</title>
      <rect className="nw-tap-hit" x={tap!.x - HALF} y={tap!.y - HALF} width={2 * HALF} height={2 * HALF} />
      <circle className="nw-tap-dot" cx={tap!.x} cy={tap!.y} r={marked ? 4 : 3.5} />
    </g>
  );
}

/** Those of a bundle's wires that are selected, or that the pointer asks about, by link. */
export function useRaised(wires: readonly PlacedWire[]): ReadonlySet<string> {
  const bundled = useMemo(() => wires.filter((wire) => wire.tap !== undefined).map(({ link, scene }) => ({ id: link.id, from: link.from.item, to: link.to.item, key: wireKey(refOf({ link, scene })) })), [wires]);
  const raised = useMarks(({ selection, hover }) => bundled.filter(({ key, from, to }) => selection.has(key) || hover === key || hover === from || hover === to).map(({ id }) => id).join('\n'));
  return useMemo(() => new Set(raised === '' ? [] : raised.split('\n')), [raised]);
}

/** A wire's colour: of the skip's kind, else of the resolution. */
export function colorOf({ link }: Pick<PlacedWire, 'link'>): string {
  return link.skip === undefined ? `var(--nw-res-${link.unknown ? 'vec' : link.level})` : `var(--nw-${tokenOf(link.skip.merge)})`;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
