import { memo, useMemo, type CSSProperties, type ReactNode } from 'react';
import { keyOf, type Placed, type PlacedWire, type Point } from '../../lib/layout/index.js';
import { boxOfPoints, contains, cross, headed, meet, offsetWay, roundedPath } from './geometry.js';
import { tokenOf } from './Glyph.js';
import { refOf, useMarks, wireKey } from './marks.js';
import { colorOf, Taps, useRaised } from './Taps.js';
import { useVisibleBox } from './viewport.js';

/** A wire with all that its drawing needs, worked out once a layout. */
interface Drawn {
  readonly wire: PlacedWire;
  readonly data: string;
  readonly head: string;
  readonly rails: readonly string[];
  readonly halo: boolean;
  readonly key: string;
}

/** All wires on one drawing between the blocks and the nodes: skips first, the flow above them. */
export const Wires = memo(function Wires({ placed }: { readonly placed: Placed }): ReactNode {
  const drawn = useMemo(() => drawAll(placed.wires), [placed]);
  const view = useVisibleBox();
  const visible = drawn.filter(({ wire }) => wire.points.length > 1 && meet(boxOfPoints(wire.points), view));
  const taps = useMemo(() => placed.wires.filter((wire) => wire.tap !== undefined), [placed]);
  const shownTaps = taps.filter(({ tap }) => contains(view, tap!));
  const raised = useRaised(placed.wires);
  return (
    <svg className="nw-wires" width="1" height="1" aria-hidden="true">
      {visible.map((each) => <WireView key={each.wire.link.id} drawn={each} />)}
      {raised.size > 0 && visible.filter(({ wire }) => raised.has(wire.link.id)).map((each) => <WireView key={each.wire.link.id} drawn={each} raised />)}
      <Taps wires={shownTaps} />
    </svg>
  );
});

/** Wires of a bundle have little room: they are thinner than others, and as wide as they may be where they are drawn above the rest. */
const STRAND_WIDTH = 3;
const MOST_STRAND = 5;
const LEAST_RAISED = 4;
const MOST_RAISED = 7;

/** A wire of a bundle leaves its strand at a right angle, under its tap. */
function pathOf(line: readonly Point[], { tap }: PlacedWire): string {
  const at = tap === undefined ? -1 : line.findIndex((point) => point.x === tap.x && point.y === tap.y);
  return at < 1 ? roundedPath(line) : `${roundedPath(line.slice(0, at + 1))}${roundedPath(line.slice(at))}`;
}

function drawAll(wires: readonly PlacedWire[]): readonly Drawn[] {
  const skips = wires.filter((wire) => wire.link.skip !== undefined || wire.link.lane !== undefined);
  const flow = wires.filter((wire) => !skips.includes(wire));
  const length = (wire: PlacedWire): number => { const box = boxOfPoints(wire.points); return box.width + box.height; };
  const ordered = [...skips].sort((a, b) => length(b) - length(a));
  const draw = (wire: PlacedWire, halo: boolean): Drawn => {
    const { link } = wire;
    const { line, head } = link.skip?.last === true ? headed(wire.points, wire.tap === undefined ? link.width : STRAND_WIDTH) : { line: wire.points, head: '' };
    const away = wire.tap === undefined ? link.width / 2 + 5 : MOST_RAISED / 2 + 2;
    return { wire, data: pathOf(line, wire), head, halo, rails: [offsetWay(wire.points, away), offsetWay(wire.points, -away)].map((way) => roundedPath(way)), key: wireKey(refOf(wire)) };
  };
  // A halo only where wires do cross: at a fork it would cut the flow.
  const crossing = (wire: PlacedWire, i: number): boolean => ordered.slice(0, i).some((other) => other.scene === wire.scene && cross(other.points, wire.points));
  return [...ordered.map((wire, i) => draw(wire, wire.tap === undefined && ordered.length < 80 && crossing(wire, i))), ...flow.map((wire) => draw(wire, false))];
}

function WireView({ drawn, raised = false }: { readonly drawn: Drawn; readonly raised?: boolean }): ReactNode {
  const { wire, data, head, halo, rails, key } = drawn;
  const { link } = wire;
  const { skip } = link;
  const selected = useMarks((marks) => marks.selection.has(key));
  const hovered = useMarks((marks) => marks.hover === key || (marks.hover !== undefined && (marks.hover === link.from.item || marks.hover === link.to.item)));
  const faded = useMarks((marks) => skip !== undefined && marks.hover !== undefined && marks.hover !== key && marks.hover !== link.from.item && marks.hover !== link.to.item && marks.hover.startsWith('wire:'));
  const open = useMarks((marks) => marks.drop?.link === link.id || (marks.drawing?.over === key && marks.drawing.targets.get(keyOf(key))?.fits === true));
  const width = link.unknown && skip === undefined ? 3 : skip?.merge === 'gate' ? Math.min(link.width, 5) : wire.tap === undefined ? link.width : raised ? Math.max(LEAST_RAISED, Math.min(MOST_RAISED, link.width)) : Math.max(1.5, Math.min(MOST_STRAND, link.width * 0.6));
  const classes = [
    'nw-wire', skip !== undefined ? `is-skip is-${tokenOf(skip.merge)}` : 'is-flow', skip?.off && 'is-off', link.unknown && skip === undefined && 'is-unknown',
    selected && 'is-selected', hovered && 'is-hovered', faded && 'is-faded', open && 'is-open', link.ghost && 'is-ghost', wire.tap !== undefined && (raised ? 'is-raised' : 'is-bundled'),
  ].filter(Boolean).join(' ');
  return (
    <g className={classes} style={{ '--c': colorOf(wire), '--w': `${width}px` } as CSSProperties} data-wire={link.id}>
      {!raised && <path className="nw-hit" d={data} />}
      {raised && <path className="nw-halo" d={data} />}
      {halo && <path className="nw-halo" d={data} />}
      {selected && raised === (wire.tap !== undefined) && rails.map((rail, i) => <path key={i} className="nw-rail" d={rail} />)}
      <path className="nw-line" d={data} />
      {skip?.merge === 'concat' && wire.tap === undefined && link.width > 2 && <path className="nw-inner" d={data} />}
      {head !== '' && <path className="nw-arrow" d={head} />}
    </g>
  );
}
