import type { Item, Placed, PlacedWire } from '../../lib/layout/index.js';
import {refOf, wireKey} from './marks.js';
import { itemsOfUnit, lastItem, unitsByItem } from './whereabouts.js';

export type Step = 'next' | 'previous' | 'in' | 'out';

/** Which way an arrow goes: along the flow, into the lane or out of it. */
export function stepOf(key: string, direction: 'down' | 'right'): Step | undefined {
  const down: Readonly<Record<string, Step>> = { ArrowDown: 'next', ArrowUp: 'previous', ArrowLeft: 'in', ArrowRight: 'out' };
  const right: Readonly<Record<string, Step>> = { ArrowRight: 'next', ArrowLeft: 'previous', ArrowUp: 'in', ArrowDown: 'out' };
  return (direction === 'down' ? down : right)[key];
}

/** Where the keyboard goes from an item or a skip; undefined where there is nothing that way. */
export function walk(placed: Placed, from: string, step: Step): string | undefined {
  if (from.startsWith('wire:')) return fromSkip(placed, from, step);
  const unit = unitsByItem(placed).get(from)?.unit;
  if (unit === undefined) return undefined;
  const items = itemsOfUnit(unit);
  const i = items.findIndex((item) => item.path === from);
  switch (step) {
    case 'next': {
      if (unit.kind === 'frame') return firstInside(placed, unit.body.path) ?? afterUnit(placed, unit.id);
      return items[i + 1]?.path ?? afterUnit(placed, unit.id);
    }
    case 'previous': return items[i - 1]?.path ?? beforeUnit(placed, unit.id);
    case 'in': return inwards(placed, unit.id, from);
    case 'out': return outOfLane(placed, unit.id);
  }
}

function flowOf(wire: PlacedWire): boolean {
  return wire.link.lane === undefined;
}

/** The first item that the unit's flow reaches, across the borders of blocks. */
function afterUnit(placed: Placed, id: string): string | undefined {
  const wires = placed.wires.filter((wire) => wire.link.from.id === id);
  const wire = wires.find(flowOf) ?? wires[0];
  return wire === undefined ? undefined : arriveAt(placed, wire);
}

function arriveAt(placed: Placed, wire: PlacedWire): string | undefined {
  const target = unitsByItem(placed).get(wire.link.to.item)?.unit;
  if (target !== undefined) return itemsOfUnit(target)[0]!.path;
  // It ends at the border of an open block: on with what reads the block.
  return wire.scene === '' ? undefined : afterUnit(placed, wire.scene);
}

function beforeUnit(placed: Placed, id: string): string | undefined {
  const wires = placed.wires.filter((wire) => wire.link.to.id === id);
  const wire = wires.find(flowOf) ?? wires[0];
  if (wire === undefined) return undefined;
  const source = placed.units.find(({ unit }) => unit.id === wire.link.from.id)?.unit;
  // It comes from the border: up to the block's own header.
  if (source === undefined) return unitsByItem(placed).get(wire.scene)?.unit.item.path;
  return source.kind === 'frame' ? lastInside(placed, source.body.path) ?? source.item.path : lastItem(source).path;
}

function firstInside(placed: Placed, scene: string): string | undefined {
  const wires = placed.wires.filter((wire) => wire.scene === scene && wire.link.from.id.startsWith(`${scene}>`));
  const wire = wires.find(flowOf) ?? wires[0];
  return wire === undefined ? undefined : arriveAt(placed, wire);
}

function lastInside(placed: Placed, scene: string): string | undefined {
  const wire = placed.wires.find((each) => each.scene === scene && each.link.to.id === `${scene}<0`);
  const unit = wire === undefined ? undefined : placed.units.find((each) => each.unit.id === wire.link.from.id)?.unit;
  return unit === undefined ? undefined : lastItem(unit).path;
}

/**
 * What Left goes through at a reader, one after the other: the skips that arrive there from the nearest lane outwards, each by the layer
 * that it carries or else by itself, then the wire of the flow.
 */
function arriving(placed: Placed, id: string): readonly string[] {
  const wires = placed.wires.filter(({ link }) => link.to.id === id);
  const out = (wire: PlacedWire): number => Math.max(...wire.points.map((point) => Math.abs(point.x - wire.points[wire.points.length - 1]!.x) + Math.abs(point.y - wire.points[wire.points.length - 1]!.y)), 0);
  const lanes = wires.filter((wire) => !flowOf(wire)).sort((a, b) => out(a) - out(b));
  return [...new Set([...lanes, ...wires.filter(flowOf)].map((wire) => laneStop(placed, wire)))];
}

function laneStop(placed: Placed, wire: PlacedWire): string {
  const carried = wire.link.lane === undefined || wire.link.skip?.chip !== undefined ? undefined : placed.units.find(({ unit }) => unit.id === wire.link.from.id)?.unit;
  return carried !== undefined && placed.wires.some(({ link }) => link.to.id === carried.id && link.lane === wire.link.lane) ? firstOf(carried) : wireKey(refOf(wire));
}

/** From a unit into its lanes; from what stands in one on to the next. */
function inwards(placed: Placed, id: string, from: string): string | undefined {
  const reader = placed.wires.find(({ link }) => link.from.id === id && link.lane !== undefined && laneStopOf(placed, link.to.id, from));
  if (reader !== undefined) return afterStop(placed, reader.link.to.id, from);
  const leaving = placed.wires.find(({ link }) => link.from.id === id && link.lane !== undefined);
  const stops = arriving(placed, id);
  return stops.length > 1 || leaving === undefined ? stops[0] : laneStop(placed, leaving);
}

function laneStopOf(placed: Placed, reader: string, stop: string): boolean {
  return arriving(placed, reader).includes(stop);
}

function afterStop(placed: Placed, reader: string, stop: string): string | undefined {
  const stops = arriving(placed, reader);
  return stops[stops.indexOf(stop) + 1];
}

function firstOf(unit: Parameters<typeof itemsOfUnit>[0]): string {
  return itemsOfUnit(unit)[0]!.path;
}

function outOfLane(placed: Placed, id: string): string | undefined {
  const wire = placed.wires.find(({ link }) => link.from.id === id && link.lane !== undefined);
  return wire === undefined ? undefined : arriveAt(placed, wire);
}

function fromSkip(placed: Placed, key: string, step: Step): string | undefined {
  const wire = placed.wires.find((each) => wireKey(refOf(each)) === key);
  if (wire === undefined) return undefined;
  if (step === 'previous') return beforeUnitOf(placed, wire);
  if (step === 'in') return afterStop(placed, wire.link.to.id, key);
  return arriveAt(placed, wire);
}

function beforeUnitOf(placed: Placed, wire: PlacedWire): string | undefined {
  const source = placed.units.find(({ unit }) => unit.id === wire.link.from.id)?.unit;
  return source === undefined ? unitsByItem(placed).get(wire.scene)?.unit.item.path : lastItem(source).path;
}

/** Where the keyboard begins: the first input, else the first thing drawn. */
export function firstItem(placed: Placed): Item | undefined {
  const first = placed.units.find(({ unit, depth }) => depth === 0 && unit.item.tint === 'io') ?? placed.units[0];
  return first === undefined ? undefined : itemsOfUnit(first.unit)[0];
}
