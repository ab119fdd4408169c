import type { Program } from '../program/program.js';

/** What is known of the nodes of a program, by expanded path, in program order. A list is all that it holds: paths are looked up in the program, when somebody asks. */
export class ByPath<V> implements ReadonlyMap<string, V> {
  readonly #program: Program;
  readonly #list: readonly (V | undefined)[];

  /** `list` has one entry a node of the program; undefined for those of which nothing is known. */
  constructor(program: Program, list: readonly (V | undefined)[]) {
    this.#program = program;
    this.#list = list;
  }

  get size(): number {
    return this.#list.reduce<number>((count, value) => (value === undefined ? count : count + 1), 0);
  }
  get(path: string): V | undefined {
    const node = this.#program.node(path);
    return node === undefined ? undefined : this.#list[node.index];
  }
  has(path: string): boolean {
    return this.get(path) !== undefined;
  }
  *keys(): Generator<string, undefined> {
    for (const [path] of this) yield path;
  }
  *values(): Generator<V, undefined> {
    for (const [, value] of this) yield value;
  }
  *entries(): Generator<[string, V], undefined> {
    const { nodes } = this.#program;
    for (let k = 0; k < nodes.length; k++) {
      const value = this.#list[k];
      if (value !== undefined) yield [nodes[k]!.path, value];
    }
  }
  [Symbol.iterator](): Generator<[string, V], undefined> {
    return this.entries();
  }
  forEach(visit: (value: V, path: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [path, value] of this) visit(value, path, this);
  }
}
