import { evaluateDim, type Dim, type Tensor } from '../../shapes/index.js';

/** Numbers for the named sizes of a network. What they make of an expression is computed once: layers share most of their sizes. */
export class Sizes {
  private readonly known = new Map<Dim, number | null>();

  constructor(readonly numbers: ReadonlyMap<string, number>) {}

  static same(names: readonly string[], size: number): Sizes {
    return new Sizes(new Map(names.map((name) => [name, size])));
  }

  get(name: string): number | undefined {
    return this.numbers.get(name);
  }

  /** These sizes with another one for some names. */
  with(names: readonly string[], size: number): Sizes {
    const numbers = new Map(this.numbers);
    for (const name of names) numbers.set(name, size);
    return new Sizes(numbers);
  }

  number(dim: Dim): number | null {
    if (dim === null || typeof dim === 'number') return dim;
    let number = this.known.get(dim);
    if (number === undefined) this.known.set(dim, (number = evaluateDim(dim, this.numbers)));
    return number;
  }

  tensor(tensor: Tensor): Tensor {
    const { shape } = tensor;
    return shape === null || shape.every((dim) => typeof dim === 'number') ? tensor : { shape: shape.map((dim) => this.number(dim)), dtype: tensor.dtype };
  }
}
