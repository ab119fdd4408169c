import { useCallback, useRef, useSyncExternalStore } from 'react';

/** A value that is replaced as a whole and told to who listens. */
export interface Store<S> {
  get(): S;
  /** Replaces what `change` names; nothing is told when nothing differs. */
  set(change: Partial<S> | ((state: S) => Partial<S>)): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<S extends object>(initial: S): Store<S> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set(change) {
      const part = typeof change === 'function' ? change(state) : change;
      if (Object.keys(part).every((key) => Object.is(state[key as keyof S], part[key as keyof S]))) return;
      state = { ...state, ...part };
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What `select` reads from a store; the component renders again when that differs. */
export function useStore<S, T>(store: Store<S>, select: (state: S) => T): T {
  // The last selection is kept by state and selector, since a selector that makes a new object each time would render without end.
  const last = useRef<{ readonly state: S; readonly select: (state: S) => T; readonly value: T } | undefined>(undefined);
  const read = useCallback(() => {
    const state = store.get();
    if (last.current?.state !== state || last.current.select !== select) last.current = { state, select, value: select(state) };
    return last.current.value;
  }, [store, select]);
  return useSyncExternalStore(store.subscribe, read);
}
