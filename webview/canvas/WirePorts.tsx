import { memo, useMemo, type ReactNode } from 'react';
import { anatomy, type Direction, type Placed, type PlacedWire, type Point } from '../../lib/layout/index.js';
import { portSpot } from './geometry.js';
import {refOf, useMarks, wireKey} from './marks.js';

/** The wire that a key names. */
export function wireOfKey(placed: Placed, key: string): PlacedWire | undefined {
  return key.startsWith('wire:') ? placed.wires.find((wire) => wireKey(refOf(wire)) === key) : undefined;
}

/** Whether skips are drawn from a wire: from those of the flow; a skip itself is taken at its chip. */
export function hasPort({ link }: PlacedWire): boolean {
  return link.lane === undefined && link.ghost !== true && link.skip?.off !== true;
}

/** Where the port of a wire stands: at the tap of one in a bundle; on one that enters an open block, below the block's header. */
export function portOn(placed: Placed, wire: PlacedWire, direction: Direction): Point {
  if (wire.tap !== undefined) return wire.tap;
  const enters = wire.scene !== '' && !placed.units.some(({ unit }) => unit.id === wire.link.from.id);
  return portSpot(wire.points, direction === 'down' && enters ? anatomy.head : 0);
}

/**
 * The circles on wires: on the one under the pointer, from which a skip is drawn, and on those that are selected or have the keyboard,
 * for which they are the element that stands for the wire.
 */
export const WirePorts = memo(function WirePorts({ placed, direction, frozen }: { readonly placed: Placed; readonly direction: Direction; readonly frozen: boolean }): ReactNode {
  const keys = useMarks((marks) => [...new Set([marks.hover, marks.focus, ...marks.selection])].filter((key) => key?.startsWith('wire:')).join('\n'));
  const chips = useMemo(() => new Set(placed.chips.map(({ skip }) => wireKey({ to: skip.to, input: skip.input }))), [placed]);
  return keys.split('\n').map((key) => {
    const wire = chips.has(key) ? undefined : wireOfKey(placed, key);
    return wire === undefined ? null : <WirePort key={key} name={key} wire={wire} at={portOn(placed, wire, direction)} draws={!frozen && hasPort(wire)} />;
  });
});

function WirePort({ name, wire, at, draws }: { readonly name: string; readonly wire: PlacedWire; readonly at: Point; readonly draws: boolean }): ReactNode {
  const focus = useMarks((marks) => marks.focus === name);
  const selected = useMarks((marks) => marks.selection.has(name));
  const { from, to, skip } = wire.link;
  const what = skip === undefined ? `wire from ${from.item} to ${to.item.includes('<') ? 'the output' : to.item}` : `skip from ${from.item} into ${skip.to}${skip.off ? ', cut' : ''}`;
  return (
    <div
      className={`nw-wire-port ${draws ? 'is-drawing-from' : ''} ${selected ? 'is-selected' : ''}`} style={{ left: at.x, top: at.y }} role="button" tabIndex={focus ? 0 : -1} aria-pressed={selected} aria-label={what}
      data-path={name} {...(draws && { 'data-port': name, title: 'Drag to draw a skip' })}
    />
  );
}
