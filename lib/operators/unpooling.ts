import { add, atLeast, formatDim, formatShape, mul, sameDim, sub, type Dim, type Shape, type Tensor } from '../shapes/index.js';
import { at, imageLike, sizeAt, spatialAxes, type SpatialRank } from './axes.js';
import { defineOperator } from './define.js';
import type { Operator, Report } from './operator.js';
import { list, tuple } from './param.js';
import { compactText, timesText } from './summaries.js';

interface Unpool {
  readonly kernel_size: readonly Dim[];
  readonly stride: readonly Dim[] | undefined;
  readonly padding: readonly Dim[];
  readonly output_size: readonly Dim[] | null | undefined;
}

/** The size that pooling with these values halved, along one axis: the smallest of those that it may have been. */
function unpooledSize(size: Dim, p: Unpool, axis: number): Dim {
  const kernel = at(p.kernel_size, axis);
  return sub(add(mul(sub(size, 1), at(p.stride ?? p.kernel_size, axis)), kernel), mul(2, at(p.padding, axis)));
}

/** What `output_size` names, along the spatial axes; PyTorch takes the last of a whole shape. It may be less than a stride away from the smallest. */
function wantedSizes(n: SpatialRank, shape: Shape, sizes: readonly Dim[], p: Unpool, report: Report): readonly Dim[] {
  const given = p.output_size;
  if (given === undefined) return sizes;
  if (given === null) return sizes.map(() => null);
  if (given.length !== n && given.length !== n + 2) {
    report({ code: 'wrong-value', param: 'output_size', message: `output_size names ${given.length} sizes: it must be the ${n} of the map, or a whole shape of ${n + 2}.`, facts: { count: given.length, wanted: n } });
    return sizes.map(() => null);
  }
  return given.slice(-n).map((wanted, axis) => {
    const least = sizes[axis] as Dim;
    const step = at(p.stride ?? p.kernel_size, axis);
    if (typeof wanted === 'number' && typeof least === 'number' && typeof step === 'number' && Math.abs(wanted - least) >= step) {
      report({ code: 'wrong-value', param: 'output_size', message: `output_size ${wanted} along ${spatialAxes[n][axis] as string} must lie between ${least - step} and ${least + step}: pooling ${formatShape(shape.slice(-n))} with stride ${step} cannot have come from it.`, facts: { axis, wanted, least, step } });
    }
    return wanted;
  });
}

function maxUnpool(n: SpatialRank): Operator {
  const indices = { name: 'indices', dtype: 'any', doc: 'the indices of a max pool, of the shape of the input' } as const;
  return defineOperator({
    type: `MaxUnpool${n}d`,
    family: 'Pooling',
    doc: 'Puts each element back where a max pool found it, among zeros: the reverse of pooling.',
    reference: `torch.nn.MaxUnpool${n}d.html`,
    inputs: [{ name: 'input', ranks: [n + 2, n + 1], doc: imageLike(n) }, indices],
    params: {
      kernel_size: tuple(n, { min: 1, initial: 2, doc: 'Size of the window of the pool.' }),
      stride: tuple(n, { min: 1, default: null, doc: 'Step between its windows; null: the size of the window.' }),
      padding: tuple(n, { min: 0, default: 0, doc: 'Its padding.' }),
      output_size: list({ default: null, min: 0, doc: 'Size of the output, where pooling rounded down; null: the smallest that it can have been.' }),
    },
    infer([input, places], p, report): readonly Tensor[] {
      const { shape, dtype } = input;
      if (places.dtype !== 'int64') report({ code: 'wrong-dtype', input: 1, message: `MaxUnpool${n}d takes the indices of a max pool (int64), but ${places.dtype} arrives.`, facts: { dtype: places.dtype, wanted: 'int64' } });
      if (shape === null) return [{ shape, dtype }];
      if (places.shape !== null && (places.shape.length !== shape.length || places.shape.some((size, axis) => sameDim(size, sizeAt(shape, axis)) === false))) {
        report({ code: 'shape-mismatch', input: 1, message: `The indices are those of another pool: ${formatShape(places.shape)} beside an input of ${formatShape(shape)}.`, facts: { shapes: [shape, places.shape] } });
      }
      if (shape.slice(-n - 1).includes(0)) report({ code: 'empty-input', input: 0, message: `MaxUnpool${n}d takes maps with elements, but ${formatShape(shape)} arrives.`, facts: { shape } });
      const spatial = shape.slice(-n);
      const least = spatial.map((size, axis) => unpooledSize(size, p, axis));
      const sizes = wantedSizes(n, shape, least, p, report);
      sizes.forEach((size, axis) => {
        if (atLeast(size, 0) === false) report({ code: 'empty-output', input: 0, param: 'padding', message: `Along ${spatialAxes[n][axis] as string} nothing would be left: ${formatDim(size)}.`, facts: { axis, size } });
      });
      return [{ shape: [...shape.slice(0, -n), ...sizes], dtype }];
    },
    torch: (p, _inputs, write) => (p.output_size === undefined
      ? { module: `nn.MaxUnpool${n}d`, args: [...write.positional('kernel_size'), ...write.keywords('stride', 'padding')] }
      : {
          expression: `F.max_unpool${n}d({0}, {1}, {kernel_size}, stride={stride}, padding={padding}, output_size={output_size})`, precedence: 'atom',
          args: write.positional('kernel_size', 'stride', 'padding', 'output_size').map((arg) => ({ ...arg, name: arg.param ?? '' })),
        }),
    summary: (p) => [timesText(p.kernel_size), ...(p.stride === undefined ? [] : [`×${compactText(p.stride)}`])],
  });
}

export const unpoolings: readonly Operator[] = ([1, 2, 3] as const).map(maxUnpool);
