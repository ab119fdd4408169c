import type { JsonValue } from '../../lib/document/json.js';
import type { Case } from './cases.js';

/** A design whose code is written with some values and must be right for others. */
export interface Switch extends Case {
  readonly exported?: Readonly<Record<string, JsonValue>>;
}

const row = { x: { shape: ['N', 8] } };
const linear = (source: string, more: object = {}): object => ({ op: 'Linear', in: [source], out_features: 4, ...more });

export const switches: readonly Switch[] = [
  {
    name: 'pool chosen by a text',
    design: {
      params: { p: 'max' }, inputs: { x: { shape: ['N', 3, 8, 8] } },
      nodes: { m: { op: 'MaxPool2d', in: ['x'], kernel_size: 2, when: "=p == 'max'" }, v: { op: 'AvgPool2d', in: ['m'], kernel_size: 4, when: "=p != 'max'" } }, outputs: ['v'],
    },
    settings: [{ p: 'avg' }],
  },
  {
    name: 'layers from none',
    design: { params: { n: 0, deep: false }, inputs: row, nodes: { l: linear('x', { out_features: 8, repeat: '=n' }), d: { op: 'Sequence', in: ['l'], when: '=deep' } }, blocks: { Sequence: { inputs: ['x'], nodes: { a: linear('x') }, outputs: ['a'] } }, outputs: ['d'] },
    settings: [{ n: 2 }, { deep: true }, { n: 3, deep: true }],
  },
  {
    name: 'activation chosen in a block',
    design: {
      params: { act: 'relu' }, inputs: row,
      blocks: { Act: { params: { act: 'relu' }, inputs: ['x'], nodes: { l: linear('x'), r: { op: 'ReLU', in: ['l'], when: "=act == 'relu'" }, g: { op: 'PReLU', in: ['r'], when: "=act != 'relu'" } }, outputs: ['g'] } },
      nodes: { a: { op: 'Act', in: ['x'], act: '=act' } }, outputs: ['a'],
    },
    settings: [{ act: 'gelu' }],
  },
  {
    name: 'outputs of single repetitions',
    design: { inputs: { x: { shape: [7, 2, 6] } }, nodes: { lstm: { op: 'LSTM', in: ['x'], hidden_size: 6, repeat: 2 }, cells: { op: 'ReLU', in: ['lstm[0].c'] } }, outputs: { e: 'cells', f: 'lstm.h' } },
  },
  {
    name: 'one set of weights for repetitions of other parameters',
    design: {
      params: { n: 3 }, inputs: { x: { shape: ['N', 3, 16, 16] } }, blocks: { B: { params: { d: 1 }, inputs: ['x'], nodes: { c: { op: 'Conv2d', in: ['x'], out_channels: 3, kernel_size: 3, padding: '=d', dilation: '=d' }, n: { op: 'BatchNorm2d', in: ['c'] } }, outputs: ['n'] } },
      nodes: {
        c: { op: 'Conv2d', in: ['x'], out_channels: 3, kernel_size: 3, dilation: '=i + 1', repeat: { times: '=n', shared: true } }, b: { op: 'B', in: ['c'], d: '=i + 1', repeat: { times: 2, shared: true } },
        w: { op: 'Conv2d', in: ['b'], out_channels: 3, kernel_size: 1, padding: '=i', repeat: { times: 3, shared: true }, when: '=i > 0' },
      },
      outputs: ['w'],
    },
    settings: [{ n: 2 }],
  },
  {
    name: 'running statistics shared by layers of other parameters',
    design: { inputs: row, nodes: { a: { op: 'BatchNorm1d', in: ['x'] }, b: { op: 'BatchNorm1d', in: ['a'], weights: 'a', eps: 0.1 } }, outputs: ['b'] },
  },
  {
    name: 'a dense repetition with gaps',
    design: { inputs: row, nodes: { d: linear('x', { repeat: { times: 3, wiring: 'dense' }, when: '=i != 1' }) }, outputs: ['d', 'd[0]', 'd[1]', 'd[2]'] },
  },
  {
    name: 'a dense block of two outputs beside what is still read',
    design: {
      inputs: { x: { shape: ['N', 8] }, y: { shape: ['N', 6, 8] } },
      nodes: { b: linear('y', { out_features: 5 }), c: linear('b', { out_features: 7 }), d: { op: 'M', in: ['x'], repeat: { times: 3, wiring: 'dense' } }, e: { op: 'ReLU', in: ['d.second'] }, f: { op: 'ReLU', in: ['d[1].second'] } },
      outputs: ['c', 'd', 'e', 'f'], blocks: { M: { inputs: ['x'], nodes: { l: linear('x'), r: { op: 'ReLU', in: ['l'] } }, outputs: { first: 'l', second: 'r' } } },
    },
  },
  {
    name: 'names that nn.Module keeps to itself',
    design: {
      params: { __p: 4, _modules: 4 }, inputs: row,
      nodes: {
        _modules: linear('x', { out_features: '=__p' }), __init__: linear('_modules'), _parameters: linear('__init__'), _buffers: { op: 'BatchNorm1d', in: ['_parameters'] }, __class__: linear('_buffers'), __dict__: linear('__class__'), __mangled: linear('__dict__'),
        __call__: linear('__mangled', { repeat: 2 }), _forward_hooks: { op: '__B', in: ['__call__'], __q: '=_modules' }, train: { op: 'Parameter', shape: [4] }, _version: { op: 'Add', in: ['_forward_hooks', 'train'] },
      },
      blocks: { __B: { params: { __q: 3 }, inputs: ['x'], nodes: { __l: linear('x', { out_features: '=__q' }) }, outputs: ['__l'] } }, outputs: ['_version'],
    },
  },
  {
    name: 'classes named as what the code uses',
    design: {
      params: { class: 4, Blk: 5, n: 2 }, inputs: row,
      blocks: {
        class: { params: { lambda: 3 }, inputs: ['x'], nodes: { l: linear('x', { out_features: '=lambda' }) }, outputs: ['l'] },
        Blk: { inputs: ['x'], nodes: { a: { op: 'range', in: ['x'], width: 6 } }, outputs: ['a'] },
        range: { params: { width: 4 }, inputs: ['x'], nodes: { l: linear('x', { out_features: '=width' }) }, outputs: ['l'] },
        super: { inputs: ['x'], nodes: { l: linear('x') }, outputs: ['l'] }, max: { params: { k: 1 }, inputs: ['x'], nodes: { l: linear('x', { out_features: '=max(k, 4)' }) }, outputs: ['l'] },
      },
      nodes: { a: { op: 'class', in: ['x'], lambda: '=class' }, b: { op: 'Blk', in: ['a'] }, c: linear('b', { out_features: '=Blk' }), d: { op: 'super', in: ['c'] }, e: { op: 'max', in: ['d'], k: 3 }, f: linear('e', { repeat: '=n' }) }, outputs: ['f'],
    },
    settings: [{ class: 6, Blk: 7 }],
  },
  {
    name: 'a layer that only two switches together bring in',
    design: { params: { a: false, b: false }, inputs: row, nodes: { l: linear('x', { when: '=a && b' }) }, outputs: ['l'] },
    settings: [{ a: true, b: true }, { a: true }, { b: true }],
  },
  {
    name: 'layers that a text and a number bring in together, in a block',
    design: {
      params: { kind: 'plain', depth: 1 }, inputs: row,
      blocks: { Part: { params: { kind: 'plain', depth: 1 }, inputs: ['x'], nodes: { a: linear('x', { out_features: 8, when: "=kind == 'deep' && depth > 2" }), b: linear('a', { when: "=kind == 'wide' || depth == 0" }) }, outputs: ['b'] } },
      nodes: { p: { op: 'Part', in: ['x'], kind: '=kind', depth: '=depth' } }, outputs: ['p'],
    },
    settings: [{ kind: 'deep', depth: 3 }, { kind: 'wide' }, { depth: 0 }, { kind: 'deep', depth: 0 }],
  },
  {
    name: 'a width of a later layer that hangs on a text',
    design: { params: { p: 'a', width: 5 }, inputs: row, nodes: { l: linear('x', { out_features: '=width', when: "=p == 'a'" }), n: linear('l', { out_features: 6, when: "=p == 'b'" }), m: linear('n'), out: { op: 'LayerNorm', in: ['m'], normalized_shape: '=dim(m, 1)' } }, outputs: ['out'] },
    settings: [{ p: 'b' }, { p: 'c' }, { p: 'a', width: 7 }],
  },
  {
    name: 'widths that hang on switches and on the repetition',
    design: { params: { wide: true, deep: false, n: 3 }, inputs: row, nodes: { w: linear('x', { out_features: 9, when: '=wide' }), d: linear('w', { out_features: 5, when: '=deep' }), r: linear('d', { out_features: '=6 + i', repeat: '=n' }), e: linear('r') }, outputs: ['e'] },
    settings: [{ wide: false }, { deep: true }, { wide: false, deep: true }, { n: 2, wide: false }],
  },
  {
    name: 'a layer that two texts bring in where they are the same',
    design: { params: { p: 'a', q: 'b' }, inputs: row, nodes: { l: linear('x', { when: '=p == q' }) }, outputs: ['l'] },
    settings: [{ q: 'a' }, { p: 'b' }, { p: 'c', q: 'c' }],
  },
  {
    name: 'layers that two texts of a block bring in where they differ',
    design: {
      params: { p: 'a', q: 'a' }, inputs: row,
      blocks: { Part: { params: { left: 'a', right: 'a' }, inputs: ['x'], nodes: { l: linear('x', { out_features: 7, when: '=left != right' }), n: linear('l') }, outputs: ['n'] } },
      nodes: { one: { op: 'Part', in: ['x'], left: '=p', right: '=q' } }, outputs: ['one'],
    },
    settings: [{ q: 'b' }, { p: 'c' }, { p: 'b', q: 'b' }],
  },
  {
    name: 'a layer that a number brings in by a product',
    design: { params: { a: 3, b: 5 }, inputs: row, nodes: { l: linear('x', { when: '=a * b == 12' }) }, outputs: ['l'] },
    settings: [{ b: 4 }],
  },
  {
    name: 'a width by a number and a text that are changed together',
    design: { params: { d: 2, act: 'gelu' }, inputs: { x: { shape: ['N', 4] } }, nodes: { a: linear('x', { out_features: '=d * 2', when: "=act == 'gelu'" }), f: linear('a', { out_features: 3 }) }, outputs: ['f'] },
    settings: [{ d: 3, act: 'relu' }, { d: 3 }, { act: 'relu' }],
  },
  {
    name: 'a half that is whole by chance',
    design: {
      params: { w: 4, d: 3, skip: false }, inputs: { x: { shape: ['N', 4] } },
      nodes: { s: { op: 'Split', in: ['x'], sizes: [2, 2], dim: 1 }, l: linear('s', { out_features: '=w // 2', when: '=skip' }), f: linear('l', { out_features: '=d - 1' }) }, outputs: ['f'],
    },
    settings: [{ w: 6, skip: true }, { w: 8, d: 2, skip: true }],
  },
  {
    name: 'a norm that one switch brings in behind what three others decide',
    design: {
      params: { d: 0, act: 'gelu', skip: true, k: 6 }, inputs: row,
      nodes: {
        i: linear('x', { repeat: { times: '=d', wiring: 'dense' } }), o: linear('i', { out_features: '=k - 2', when: "=act != 'gelu'" }), x3: linear('o', { out_features: 8, when: "=act != 'relu'" }),
        b: linear('x3', { out_features: "=act != 'gelu' ? 8 : 4", when: "=act != 'relu'" }), n: { op: 'BatchNorm1d', in: ['b'], when: '=!skip' },
      },
      outputs: ['n'],
    },
    settings: [{ act: 'relu', skip: false }, { d: 4, k: 3, act: 'relu', skip: false }, { d: 6, k: 3, act: 'relu' }, { act: 'tanh', skip: false, k: 4 }],
  },
  {
    name: 'growth by a number of repetitions that was none',
    design: { params: { d: 0, act: 'gelu' }, inputs: row, nodes: { l: linear('x', { out_features: "=act != 'gelu' ? 8 : 12", repeat: { times: '=d', wiring: 'dense' } }), f: linear('l') }, outputs: ['f'] },
    settings: [{ d: 3 }, { d: 4, act: 'relu' }],
  },
  {
    name: 'a width that hangs on a text within a block',
    design: {
      params: { kind: 'plain', deep: false }, inputs: row,
      blocks: { Part: { params: { kind: 'plain' }, inputs: ['x'], nodes: { a: linear('x', { out_features: 6, when: "=kind == 'wide'" }), b: linear('a', { out_features: 7, when: "=kind == 'deep'" }) }, outputs: ['b'] } },
      nodes: { p: { op: 'Part', in: ['x'], kind: '=kind' }, q: { op: 'Part', in: ['p'], kind: "=deep ? 'deep' : 'plain'" }, f: linear('q') }, outputs: ['f'],
    },
    settings: [{ kind: 'wide' }, { kind: 'deep' }, { kind: 'wide', deep: true }, { kind: 'other' }],
  },
];

/** Settings of which the code knows nothing, so that it refuses them. */
export const refusals: readonly Switch[] = [
  {
    name: 'a layer that two numbers bring in by their product',
    design: { params: { a: 3, b: 5 }, inputs: row, nodes: { l: linear('x', { when: '=a * b == 77' }) }, outputs: ['l'] },
    settings: [{ a: 7, b: 11 }],
  },
];
