/** Things by name in the order of a file. Two of these with the same names share the index by which a name is found. */
export class Named<V> implements ReadonlyMap<string, V> {
  readonly #index: ReadonlyMap<string, number>;
  readonly #list: readonly V[];

  /** `index` gives each name its position in `list`, in order. */
  constructor(index: ReadonlyMap<string, number>, list: readonly V[]) {
    this.#index = index;
    this.#list = list;
  }

  get size(): number {
    return this.#list.length;
  }
  get(name: string): V | undefined {
    const at = this.#index.get(name);
    return at === undefined ? undefined : this.#list[at];
  }
  has(name: string): boolean {
    return this.#index.has(name);
  }
  keys(): MapIterator<string> {
    return this.#index.keys();
  }
  values(): MapIterator<V> {
    return this.#list.values();
  }
  *entries(): Generator<[string, V], undefined> {
    let at = 0;
    for (const name of this.#index.keys()) yield [name, this.#list[at++]!];
  }
  [Symbol.iterator](): Generator<[string, V], undefined> {
    return this.entries();
  }
  forEach(visit: (value: V, name: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [name, value] of this) visit(value, name, this);
  }

  /** The position of each name; the same object where the names are the same. */
  get index(): ReadonlyMap<string, number> {
    return this.#index;
  }
  get list(): readonly V[] {
    return this.#list;
  }
}
