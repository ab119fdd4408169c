import { keyOf, type Box, type Item, type Placed, type PlacedUnit, type Unit } from '../../lib/layout/index.js';

/** Every item of a unit in reading order. */
export function itemsOfUnit(unit: Unit): readonly Item[] {
  switch (unit.kind) {
    case 'card': return [...unit.head, unit.item, ...unit.foot];
    case 'merge': return unit.tail === undefined ? [unit.item] : [unit.item, unit.tail];
    default: return [unit.item];
  }
}

/** The item whose output leaves a unit. */
export function lastItem(unit: Unit): Item {
  const items = itemsOfUnit(unit);
  return items[items.length - 1]!;
}

const indexes = new WeakMap<Placed, ReadonlyMap<string, PlacedUnit>>();

/** The placed unit of each item's path. */
export function unitsByItem(placed: Placed): ReadonlyMap<string, PlacedUnit> {
  const known = indexes.get(placed);
  if (known !== undefined) return known;
  const index = new Map<string, PlacedUnit>();
  for (const each of placed.units) for (const item of itemsOfUnit(each.unit)) index.set(item.path, each);
  indexes.set(placed, index);
  return index;
}

/** Where a path is seen: at its own unit, or at the closed block around it. */
/** Another repetition than the one that is shown counts as the same place. */
export function placeOfPath(placed: Placed, path: string): { readonly unit: Unit; readonly box: Box; readonly placed: PlacedUnit } | undefined {
  const index = unitsByItem(placed);
  for (let at = path; at !== ''; at = at.includes('.') ? at.slice(0, at.lastIndexOf('.')) : '') {
    const found = index.get(at) ?? placed.units.find(({ unit }) => keyOf(unit.item.path) === keyOf(at));
    if (found !== undefined) return { unit: found.unit, box: found, placed: found };
  }
  return undefined;
}

export function itemAt(placed: Placed, path: string): Item | undefined {
  const found = unitsByItem(placed).get(path);
  return found === undefined ? undefined : itemsOfUnit(found.unit).find((item) => item.path === path);
}
