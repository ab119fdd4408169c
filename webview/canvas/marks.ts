import { createContext, useContext, useSyncExternalStore } from 'react';
import type { PlacedWire } from '../../lib/layout/index.js';
import type { WireRef } from './contract.js';

/**
 * What is marked on the canvas at this moment: selection, hover, keyboard, the skip being drawn, the wire under a dragged layer. It stands
 * outside of React's state, so that a hover draws two nodes anew and not all of them.
 */
export interface Marks {
  readonly selection: ReadonlySet<string>;
  /** The item that the keyboard is on. */
  readonly focus: string | undefined;
  readonly hover: string | undefined;
  /** Root of the shared weights under the pointer. */
  readonly weights: string | undefined;
  readonly drawing: Drawing | undefined;
  /** The wire, by link id, or the item that a dragged layer is over. */
  readonly drop: { readonly link?: string; readonly path?: string } | undefined;
}

/** A skip under way. */
export interface Drawing {
  /** A path, or the key of the wire that it starts on. */
  readonly from: string;
  /** Where it may end, by key (lib/layout/view.ts); a text says why it may not. */
  readonly targets: ReadonlyMap<string, { readonly fits: boolean; readonly reason?: string }>;
  /** The layer, or the key of the wire, under the pointer. */
  readonly over: string | undefined;
}

export const nothingMarked: Marks = { selection: new Set(), focus: undefined, hover: undefined, weights: undefined, drawing: undefined, drop: undefined };

export interface MarksStore {
  get(): Marks;
  set(change: Partial<Marks>): void;
  subscribe(listener: () => void): () => void;
}

export function createMarks(): MarksStore {
  let marks = nothingMarked;
  const listeners = new Set<() => void>();
  return {
    get: () => marks,
    set(change) {
      const keys = Object.keys(change) as (keyof Marks)[];
      if (keys.every((key) => marks[key] === change[key])) return;
      marks = { ...marks, ...change };
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const MarksContext = createContext<MarksStore>(createMarks());

/** Reads the marks; draws anew only when what `pick` gives (a primitive) changes. */
export function useMarks<T extends string | number | boolean | undefined>(pick: (marks: Marks) => T): T {
  const store = useContext(MarksContext);
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}

/** How a wire is named in a selection. Nodes are named by path; no path begins so. */
export function wireKey(wire: WireRef): string {
  return 'to' in wire ? `wire:${wire.to}#${wire.input}` : `wire:${wire.scope}<${wire.output}`;
}

/** A drawn wire as edits name it. The end of a wire that leaves its scope is named by the border, whose name no path can have. */
export function refOf({ link, scene }: Pick<PlacedWire, 'link' | 'scene'>): WireRef {
  return link.to.item.includes('<') ? { scope: scene, output: link.to.input } : { to: link.to.item, input: link.to.input };
}

/** The wire that a selected name stands for; undefined for a node's path. */
export function parseWireKey(key: string): WireRef | undefined {
  const into = /^wire:(.*)#(\d+)$/s.exec(key);
  if (into) return { to: into[1]!, input: Number(into[2]) };
  const out = /^wire:(.*)<(\d+)$/s.exec(key);
  return out ? { scope: out[1]!, output: Number(out[2]) } : undefined;
}
