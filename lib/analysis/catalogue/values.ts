import { bn, conv, design, input, relu, type Group } from './entry.js';

const block = (out: string | number, more: Readonly<Record<string, string | number>> = {}) => design({ b: { op: 'B', in: ['x'], ...more } }, { blocks: { B: { params: { width: 8, names: [1, 2] }, inputs: ['y'], nodes: { c: conv('y', out) }, outputs: ['c'] } } });

export const values: Group = {
  title: 'Parameters',
  doc: 'What is written for a layer, looked at by itself.',
  entries: [
    { code: 'unknown-param', when: 'An operator or block has no parameter of that name. Words of other libraries are understood.', example: design({ c: { op: 'Conv2d', in: ['x'], filters: 16, kernel_size: 3 } }) },
    { code: 'missing-param', when: 'A parameter has no default and is not written.', example: design({ c: { op: 'Conv2d', in: ['x'], out_channels: 16 } }) },
    { code: 'invalid-param', when: 'A parameter has a value that PyTorch refuses.', example: design({ c: conv('x', 0) }) },
    { code: 'default-expression', when: 'The default of a parameter is an expression, which gives it no type.', example: block('=width').replace('"width": 8', '"width": "=8"'), mend: 'Write a plain value.' },
    { code: 'invalid-size', when: 'The expression for a size of an input makes no whole number of at least 1.', example: design({ r: relu('x') }, { params: { size: 31 }, inputs: { x: { shape: ['N', 3, '=size / 2', 32] } } }) },
    { code: 'same-with-stride', when: '`"same"` padding is asked for together with a stride, which PyTorch refuses.', example: design({ c: conv('x', 8, { padding: 'same', stride: 2 }) }) },
    { code: 'padding-too-large', when: 'Padding is more than half of a pool’s window, or as large as what is reflected.', example: design({ p: { op: 'MaxPool2d', in: ['x'], kernel_size: 3, padding: 2 } }) },
    { code: 'output-padding-too-large', when: '`output_padding` is not smaller than stride or dilation.', example: design({ u: { op: 'ConvTranspose2d', in: ['x'], out_channels: 3, kernel_size: 2, stride: 2, output_padding: 2 } }) },
    { code: 'wrong-padding', when: 'A list of paddings has a length that goes with no number of axes.', example: design({ p: { op: 'Pad', in: ['x'], pad: [1, 2, 3] } }), mend: 'Write two numbers for each axis, from the last on.' },
    { code: 'wrong-mode', when: 'A mode does not go with another parameter, or with the rank of what arrives.', example: design({ u: { op: 'Upsample', in: ['x'], scale_factor: 2, mode: 'nearest', align_corners: true } }), mend: 'Choose another mode, or leave the other parameter out.' },
    { code: 'wrong-order', when: 'A lower bound is not below the upper one.', example: design({ h: { op: 'Hardtanh', in: ['x'], min_val: 2, max_val: 1 } }), mend: 'Exchange the two.' },
    { code: 'wrong-step', when: 'A slice has a step below 1, which PyTorch does not take.', example: design({ s: { op: 'Slice', in: ['x'], ranges: [[null, null, -1]] } }), mend: 'Write a step of at least 1; Flip turns an axis round.' },
    { code: 'wrong-value', when: 'A value is allowed by its kind and refused when it is used.', example: design({ n: { op: 'BatchNorm2d', in: ['x'], eps: 0 } }), mend: 'Write a value as the message says.' },
    { code: 'wrong-size', when: 'A list of sizes has one that cannot be.', example: design({ e: { op: 'Expand', in: ['x'], shape: [-1, 1, 3, 32, 32] } }), mend: 'Write the size of the new axis.' },
    { code: 'missing-size', when: 'A resize says neither a size nor a factor.', example: design({ u: { op: 'Upsample', in: ['x'] } }) },
    { code: 'two-sizes', when: 'A resize says both a size and a factor.', example: design({ u: { op: 'Upsample', in: ['x'], size: 64, scale_factor: 2 } }) },
    { code: 'two-open-sizes', when: 'A shape leaves more than one size open.', example: design({ r: { op: 'Reshape', in: ['x'], shape: [-1, -1, 32] } }) },
    { code: 'missing-bound', when: 'Clamp has neither a lower nor an upper bound.', example: design({ c: { op: 'Clamp', in: ['x'] } }) },
    { code: 'mask-and-causal', when: 'An attention gets a mask and is told to make its own.', example: design({ a: { op: 'SDPA', in: ['x', 'x', 'x', 'm'], is_causal: true } }, { inputs: { x: { shape: ['N', 8, 16, 64] }, m: { shape: [16, 16] } } }) },
    { code: 'wrong-equation', when: 'The equation of an Einsum cannot be read, or does not go with what arrives.', example: design({ e: { op: 'Einsum', in: ['x', 'x'], equation: 'id,jd->ij' } }, input('N', 10, 64)) },
  ],
};

export const expressions: Group = {
  title: 'Expressions',
  doc: 'Values that are computed: `"=channels * 2"`.',
  entries: [
    { code: 'expression-syntax', mend: 'Complete it: `=width * 2`.', when: 'The text behind `=` is no expression.', example: block('=width *') },
    { code: 'expression-size', when: 'An expression is longer or nested deeper than any that people write.', example: block(`=${'('.repeat(200)}width${')'.repeat(200)}`), mend: 'Write it shorter.' },
    { code: 'expression-type', mend: 'Give both sides numbers.', when: 'An operator of an expression does not go with its values.', example: block('=width + true') },
    { code: 'expression-index', mend: 'Ask for an element that the list has.', when: 'A list has no element of that number.', example: block('=names[5]') },
    { code: 'division-by-zero', mend: 'Divide by something else.', when: 'An expression divides by 0.', example: block('=width / 0') },
    { code: 'unknown-name', when: 'No parameter of the scope has the name.', example: block('=widht * 2') },
    { code: 'unknown-function', when: 'Expressions have no function of that name.', example: block('=sqrt(width)'), mend: 'Use floor, ceil, round, abs, min, max or dim.' },
    { code: 'dim-source', when: '`dim()` asks for something that is neither an input of the block nor a source of the node.', example: block('=dim(z, 1)') },
    { code: 'undecided', when: 'A condition or a number of repetitions hangs on a size that is left open.', example: design({ r: { op: 'ReLU', in: ['x'], when: '=dim(x, 0) > 4' } }), mend: 'Give the size a number, or ask for something that is known.' },
  ],
};

export const arriving: Group = {
  title: 'Shapes that do not fit',
  doc: 'What a layer says of the tensors that arrive. The explanation names the layers that made the sizes what they are.',
  entries: [
    { code: 'shape-mismatch', when: 'Tensors that must agree do not: at an Add or Concat, among the factors of a product, among query, key and value.', example: design({ c1: conv('x', 16), c2: conv('c1', 32, { stride: 2 }), s: { op: 'Add', in: ['c2', 'c1'] } }) },
    { code: 'rank-mismatch', when: 'Tensors that must have equally many axes have not.', example: design({ p: { op: 'AdaptiveAvgPool2d', in: ['x'], output_size: 1 }, f: { op: 'Flatten', in: ['p'] }, k: { op: 'Concat', in: ['x', 'f'], dim: 1 } }) },
    { code: 'channel-mismatch', when: 'Another number of channels arrives than is written, or than a layer without learned weights was told (a warning then).', example: design({ a: conv('x', 32), b: conv('a', 8, { in_channels: 16 }) }) },
    { code: 'feature-mismatch', when: 'Another number of features arrives than a layer is made for.', example: design({ c: conv('x', 16), p: { op: 'MaxPool2d', in: ['c'], kernel_size: 2 }, fc: { op: 'Linear', in: ['p'], in_features: 4096, out_features: 10 } }) },
    { code: 'wrong-rank', when: 'A tensor with another number of axes arrives than the operator takes.', example: design({ c: conv('x', 16), n: { op: 'BatchNorm1d', in: ['c'] } }) },
    { code: 'wrong-dtype', when: 'Numbers of another type arrive than the operator takes.', example: design({ e: { op: 'Embedding', in: ['x'], num_embeddings: 100, embedding_dim: 16 } }, input('N', 12)), mend: 'Give the input another dtype.' },
    { code: 'window-too-large', when: 'A window is larger than the padded map that arrives.', example: design({ p: { op: 'MaxPool2d', in: ['x'], kernel_size: 8 }, q: { op: 'MaxPool2d', in: ['p'], kernel_size: 8 } }) },
    { code: 'empty-input', when: 'A layer needs elements, or channels, or steps, and there are none.', example: design({ p: { op: 'Parameter', shape: [1, 0, 4, 4] }, n: bn('p') }), mend: 'Give what arrives at least one element.' },
    { code: 'empty-output', when: 'Nothing would be left.', example: design({ u: { op: 'ConvTranspose2d', in: ['x'], out_channels: 3, kernel_size: 1, padding: 16 } }) },
    { code: 'not-divisible', when: 'Channels, features or places cannot be parted equally: groups, heads, pixel shuffles.', example: design({ c: conv('x', 64), n: { op: 'GroupNorm', in: ['c'], num_groups: 6 } }) },
    { code: 'element-count', when: 'A new shape has another number of elements.', example: design({ r: { op: 'Reshape', in: ['x'], shape: [2, 100] } }, input(2, 3, 4)) },
    { code: 'split-sum', when: 'The sizes of a Split do not make the axis.', example: design({ c: conv('x', 64), s: { op: 'Split', in: ['c'], sizes: [20, 30], dim: 1 } }) },
    { code: 'crop-too-large', when: 'A Crop keeps more than there is.', example: design({ c: { op: 'Crop', in: ['x'], size: 48 } }) },
    { code: 'axis-out-of-range', when: 'An axis is named that the tensor does not have.', example: design({ f: { op: 'Flatten', in: ['x'] }, s: { op: 'Softmax', in: ['f'], dim: 2 } }) },
    { code: 'wrong-axes', when: 'Axes are named twice, in a wrong order, or too few.', example: design({ p: { op: 'Permute', in: ['x'], dims: [0, 2, 1] } }) },
    { code: 'index-out-of-range', when: 'An index or a count goes beyond an axis.', example: design({ t: { op: 'TopK', in: ['x'], k: 5 } }, input('N', 3)) },
    { code: 'too-few-values', when: 'Statistics of one value a channel mean nothing, so PyTorch refuses to train.', example: design({ n: { op: 'BatchNorm1d', in: ['x'] } }, input(1, 8)) },
    { code: 'symbolic-weight', when: 'A learned tensor would have a size that is left open.', example: design({ c: conv('x', 16), f: { op: 'Flatten', in: ['c'] }, fc: { op: 'Linear', in: ['f'], out_features: 10 } }, input('N', 3, 'H', 'W')) },
  ],
};
