import type { Link, Scene, Unit } from './model.js';

/** A scene's links by their ends, so that placing stays linear in its size. */
export interface SceneIndex {
  into(id: string): readonly Link[];
  outOf(id: string): readonly Link[];
  unit(id: string): Unit | undefined;
  isEntry(id: string): boolean;
  isExit(id: string): boolean;
}

const known = new WeakMap<Scene, SceneIndex>();

export function indexOf(scene: Scene): SceneIndex {
  const before = known.get(scene);
  if (before !== undefined) return before;
  const into = new Map<string, Link[]>();
  const outOf = new Map<string, Link[]>();
  for (const link of scene.links) {
    put(into, link.to.id, link);
    put(outOf, link.from.id, link);
  }
  const units = new Map(scene.units.map((unit) => [unit.id, unit]));
  const entries = new Set(scene.entries.map((entry) => entry.id));
  const exits = new Set(scene.exits.map((exit) => exit.id));
  const index: SceneIndex = {
    into: (id) => into.get(id) ?? [], outOf: (id) => outOf.get(id) ?? [], unit: (id) => units.get(id), isEntry: (id) => entries.has(id), isExit: (id) => exits.has(id),
  };
  known.set(scene, index);
  return index;
}

/** A shape that leaves an open block is printed outside of it. */
export function isPrintedOutside(link: Link, scene: Scene): boolean {
  const index = indexOf(scene);
  return scene.path !== '' && index.outOf(link.from.id).every((other) => other.from.output !== link.from.output || index.isExit(other.to.id));
}

function put(map: Map<string, Link[]>, key: string, link: Link): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [link]);
  else list.push(link);
}
