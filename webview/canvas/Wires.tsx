import { memo, useMemo, type CSSProperties, type ReactNode } from 'react';
import { keyOf, type Placed, type PlacedWire } from '../../lib/layout/index.js';
import { boxOfPoints, cross, headed, meet, offsetWay, roundedPath } from './geometry.js';
import { tokenOf } from './Glyph.js';
import { useMarks, wireKey } from './marks.js';
import { useVisibleBox } from './viewport.js';
import type { WireRef } from './contract.js';

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
  return (
    <svg className="nw-wires" width="1" height="1" aria-hidden="true">
      {visible.map((each) => <WireView key={each.wire.link.id} drawn={each} />)}
    </svg>
  );
});

function drawAll(wires: readonly PlacedWire[]): readonly Drawn[] {
  const skips = wires.filter((wire) => wire.link.skip !== undefined || wire.link.lane !== undefined);
  const flow = wires.filter((wire) => !skips.includes(wire));
  const length = (wire: PlacedWire): number => { const box = boxOfPoints(wire.points); return box.width + box.height; };
  const ordered = [...skips].sort((a, b) => length(b) - length(a));
  const draw = (wire: PlacedWire, halo: boolean): Drawn => {
    const { link } = wire;
    const { line, head } = link.skip?.last === true ? headed(wire.points, link.width) : { line: wire.points, head: '' };
    const away = link.width / 2 + 5;
    return { wire, data: roundedPath(line), head, halo, rails: [offsetWay(wire.points, away), offsetWay(wire.points, -away)].map((way) => roundedPath(way)), key: wireKey(refOf(wire)) };
  };
  // A halo only where wires do cross: at a fork it would cut the flow.
  const crossing = (wire: PlacedWire, i: number): boolean => ordered.slice(0, i).some((other) => other.scene === wire.scene && cross(other.points, wire.points));
  return [...ordered.map((wire, i) => draw(wire, ordered.length < 80 && crossing(wire, i))), ...flow.map((wire) => draw(wire, false))];
}

/** The wire as edits name it. The end of a wire that leaves its scope is named by the border, whose name no path can have. */
export function refOf({ link, scene }: PlacedWire): WireRef {
  return link.to.item.includes('<') ? { scope: scene, output: link.to.input } : { to: link.to.item, input: link.to.input };
}

function WireView({ drawn }: { readonly drawn: Drawn }): ReactNode {
  const { wire, data, head, halo, rails, key } = drawn;
  const { link } = wire;
  const { skip } = link;
  const selected = useMarks((marks) => marks.selection.has(key));
  const hovered = useMarks((marks) => marks.hover === key || (marks.hover !== undefined && (marks.hover === link.from.item || marks.hover === link.to.item)));
  const faded = useMarks((marks) => skip !== undefined && marks.hover !== undefined && marks.hover !== key && marks.hover !== link.from.item && marks.hover !== link.to.item && marks.hover.startsWith('wire:'));
  const open = useMarks((marks) => marks.drop?.link === link.id || (marks.drawing?.over === key && marks.drawing.targets.get(keyOf(key))?.fits === true));
  const color = skip === undefined ? `var(--nw-res-${link.unknown ? 'vec' : link.level})` : `var(--nw-${tokenOf(skip.merge)})`;
  const width = link.unknown && skip === undefined ? 3 : skip?.merge === 'gate' ? Math.min(link.width, 5) : link.width;
  const classes = [
    'nw-wire', skip !== undefined ? `is-skip is-${tokenOf(skip.merge)}` : 'is-flow', skip?.off && 'is-off', link.unknown && skip === undefined && 'is-unknown',
    selected && 'is-selected', hovered && 'is-hovered', faded && 'is-faded', open && 'is-open', link.ghost && 'is-ghost',
  ].filter(Boolean).join(' ');
  return (
    <g className={classes} style={{ '--c': color, '--w': `${width}px` } as CSSProperties} data-wire={link.id}>
      <path className="nw-hit" d={data} />
      {halo && <path className="nw-halo" d={data} />}
      {selected && rails.map((rail, i) => <path key={i} className="nw-rail" d={rail} />)}
      <path className="nw-line" d={data} />
      {skip?.merge === 'concat' && link.width > 2 && <path className="nw-inner" d={data} />}
      {head !== '' && <path className="nw-arrow" d={head} />}
    </g>
  );
}
