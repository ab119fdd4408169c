import { bn, conv, design, input, relu, type Group } from './entry.js';

export const doubts: Group = {
  title: 'Warnings and hints',
  doc: 'What PyTorch runs, and what is probably meant otherwise. `"allow": { "CODE": "why" }` in a node silences one of them with a reason; an error cannot be allowed.',
  entries: [
    { code: 'fixed-batch', when: 'The batch is left open, but a layer takes some batches only.', example: design({ cls: { op: 'Parameter', shape: [1, 1, 64] }, k: { op: 'Concat', in: ['cls', 'x'], dim: 1 } }, input('N', 49, 64)) },
    { code: 'broadcast', when: 'Two tensors stretch each other, or a single example is stretched over a batch: an Add that was meant for equal shapes.', example: design({ s: { op: 'Add', in: ['x', 'y'] } }, { inputs: { x: { shape: [5, 1] }, y: { shape: [1, 7] } } }), mend: 'Bring both to one shape, or allow it with a reason.' },
    { code: 'squeeze-nothing', when: 'A Squeeze names an axis that is not of size 1: PyTorch does nothing then.', example: design({ p: { op: 'AdaptiveAvgPool2d', in: ['x'], output_size: [1, 4] }, s: { op: 'Squeeze', in: ['p'], dim: 3 } }) },
    { code: 'keeps-nothing', when: 'A layer makes a tensor without elements of one that has some: a range whose start lies behind its end.', example: design({ s: { op: 'Slice', in: ['x'], ranges: [null, [2, 1]] }, r: relu('s') }) },
    { code: 'scatter-gradient', when: 'A Scatter puts a part of something that learns: PyTorch computes it, and fails in the first backward pass.', example: design({ x2: { op: 'Linear', in: ['x'], out_features: 8 }, s: { op: 'Scatter', in: ['x', 'places', 'x2'], dim: 1 } }, { inputs: { x: { shape: ['N', 8] }, places: { shape: ['N', 4], dtype: 'int64' } } }) },
    { code: 'linear-on-map', when: 'A Linear works along the width of a map, where a Flatten before it is usual.', example: design({ c: conv('x', 16), p: { op: 'AdaptiveAvgPool2d', in: ['c'], output_size: 1 }, fc: { op: 'Linear', in: ['p'], out_features: 10 } }) },
    { code: 'bias-before-norm', when: 'A bias is taken away again by the normalisation behind it.', example: design({ c: conv('x', 16), n: bn('c') }) },
    { code: 'dead-branch', when: 'A layer leads to no output.', example: design({ a: relu('x'), b: conv('x', 8), c: conv('x', 16) }, { outputs: ['a', 'c'] }) },
    { code: 'unused-input', when: 'Nothing reads an input.', example: design({ r: relu('x') }, { inputs: { x: { shape: ['N', 3, 32, 32] }, mask: { shape: ['N', 1, 32, 32] } } }), mend: 'Read it, or take it away.' },
    { code: 'small-receptive-field', when: 'A classifier pools positions of which none sees the whole image.', example: design({ c: conv('x', 16), p: { op: 'AdaptiveAvgPool2d', in: ['c'], output_size: 1 }, f: { op: 'Flatten', in: ['p'] }, fc: { op: 'Linear', in: ['f'], out_features: 10 } }), mend: 'Use strides, pools, dilation or more layers.' },
    { code: 'heavy-linear', when: 'One Linear holds nearly all parameters of a convolutional network.', example: design({ c: conv('x', 64), f: { op: 'Flatten', in: ['c'] }, fc: { op: 'Linear', in: ['f'], out_features: 100 } }), mend: 'Pool before it.' },
    { code: 'activation-before-add', when: 'A residual branch ends in a ReLU, so it can only add to the skip.', example: design({ c: conv('x', 3), r: relu('c'), s: { op: 'Add', in: ['r', 'x'] } }), mend: 'Put the ReLU behind the Add, or a normalisation at the end of the branch.' },
  ],
};
