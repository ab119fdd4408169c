import type { JsonValue } from '../../lib/document/json.js';

/** Designs that use what the templates do not: each is run in PyTorch, also with other arguments for its constructor. */
export interface Case {
  readonly name: string;
  readonly design: Readonly<Record<string, unknown>>;
  /** Further settings of the document's parameters. */
  readonly settings?: readonly Readonly<Record<string, JsonValue>>[];
}

const image = { image: { shape: ['N', 3, 16, 16] } };
const conv = (source: string, more: object = {}): object => ({ op: 'Conv2d', in: [source], out_channels: 8, kernel_size: 3, padding: 1, ...more });

export const cases: readonly Case[] = [
  {
    name: 'a width goes everywhere',
    design: {
      params: { width: 8, classes: 5, deep: false }, inputs: image,
      nodes: {
        stem: conv('image', { out_channels: '=width' }), bn: { op: 'BatchNorm2d', in: ['stem'] },
        wide: conv('bn', { out_channels: '=width * 2', stride: 2 }), more: conv('wide', { out_channels: '=width * 2', when: '=deep' }), norm: { op: 'GroupNorm', in: ['more'], num_groups: 4 },
        half: conv('norm', { out_channels: '=width / 2' }), flat: { op: 'Flatten', in: ['half'] }, fc: { op: 'Linear', in: ['flat'], out_features: '=classes' },
      },
      outputs: ['fc'],
    },
    settings: [{ width: 12 }, { deep: true, classes: 3 }],
  },
  {
    name: 'growing chain',
    design: {
      params: { width: 4, times: 3 }, inputs: image,
      blocks: { Down: { params: { channels: 8 }, inputs: ['x'], nodes: { c: conv('x', { out_channels: '=channels', stride: 2 }), n: { op: 'BatchNorm2d', in: ['c'] } }, outputs: ['n'] } },
      nodes: { stem: conv('image', { out_channels: '=width' }), down: { op: 'Down', in: ['stem'], channels: '=width * (i + 2)', repeat: '=times' }, pool: { op: 'AdaptiveAvgPool2d', in: ['down'], output_size: 1 }, flat: { op: 'Flatten', in: ['pool'] } },
      outputs: { features: 'flat', map: 'down' },
    },
    settings: [{ width: 6 }],
  },
  {
    name: 'dense growth by parameters',
    design: {
      params: { growth: 4, layers: 3 }, inputs: image,
      blocks: {
        Layer: { params: { growth: 4 }, inputs: ['x'], nodes: { n: { op: 'BatchNorm2d', in: ['x'] }, c: conv('n', { out_channels: '=growth' }) }, outputs: ['c'] },
        Block: { params: { layers: 2, growth: 4 }, inputs: ['x'], nodes: { dense: { op: 'Layer', in: ['x'], growth: '=growth', repeat: { times: '=layers', wiring: 'dense' } }, t: conv('dense', { out_channels: '=dim(x, 1) + 2' }) }, outputs: ['t'] },
      },
      nodes: { a: { op: 'Block', in: ['image'], layers: '=layers', growth: '=growth' }, b: { op: 'Block', in: ['a'], layers: 4, growth: 3 } },
      outputs: ['b'],
    },
    settings: [{ growth: 5, layers: 4 }],
  },
  {
    name: 'one repetition of two dense blocks',
    design: {
      inputs: { x: { shape: ['N', 4] } },
      nodes: { a: { op: 'Linear', in: ['x'], out_features: 6, repeat: { times: 2, wiring: 'dense' } }, features: { op: 'Linear', in: ['a'], out_features: 3, repeat: { times: 2, wiring: 'dense' } }, c: { op: 'ReLU', in: ['features[0]'] } },
      outputs: ['features', 'a[0]', 'c'],
    },
  },
  {
    name: 'one source carried on and as it is',
    design: {
      inputs: { x: { shape: ['N', 4] } },
      blocks: { Again: { inputs: ['x', 'y'], nodes: { l: { op: 'Linear', in: ['x'], out_features: 4 }, a: { op: 'Add', in: ['l', 'y'] } }, outputs: ['a'] } },
      nodes: { first: { op: 'Again', in: ['x', 'x'], repeat: 2 }, then: { op: 'Again', in: ['first', 'first'], repeat: { times: 3, shared: true } } },
      outputs: ['then'],
    },
  },
  {
    name: 'shared repetitions that lack layers',
    design: {
      inputs: { x: { shape: ['N', 8] } },
      blocks: { B: { params: { act: 'relu' }, inputs: ['x'], nodes: { l: { op: 'Linear', in: ['x'], out_features: 8 }, r: { op: 'PReLU', in: ['l'], when: "=act == 'relu'" }, g: { op: 'LayerNorm', in: ['r'], normalized_shape: 8, when: "=act != 'relu'" } }, outputs: ['g'] } },
      nodes: { b: { op: 'B', in: ['x'], act: "=i == 0 ? 'relu' : 'norm'", repeat: { times: 3, shared: true } } },
      outputs: ['b'],
    },
  },
  {
    name: 'no shared repetition',
    design: { params: { d: 0 }, inputs: { x: { shape: ['N', 8] } }, nodes: { b: { op: 'Linear', in: ['x'], out_features: 8, repeat: { times: '=d', shared: true } }, p: { op: 'ReLU', in: ['b'] } }, outputs: ['p'] },
    settings: [{ d: 3 }],
  },
  {
    name: 'a width that is no number of its own',
    design: {
      params: { d: 0 }, inputs: { x: { shape: ['N', 8] } },
      nodes: { a: { op: 'Linear', in: ['x'], out_features: '=d + 6', repeat: 3 }, r: { op: 'ReLU', in: ['a'], when: '=d > 2' }, f: { op: 'Linear', in: ['r'], out_features: 12 } },
      outputs: ['f'],
    },
    settings: [{ d: 2 }, { d: 4 }],
  },
  {
    name: 'dense behind dense of no repetition',
    design: {
      params: { d: 0 }, inputs: { x: { shape: ['N', 4] } },
      nodes: { a: { op: 'Linear', in: ['x'], out_features: 8, repeat: { times: '=d', wiring: 'dense' } }, b: { op: 'Linear', in: ['a'], out_features: 2, repeat: { times: 3, wiring: 'dense' } } },
      outputs: ['b'],
    },
  },
  {
    name: 'presence by repetition',
    design: { inputs: image, nodes: { c: conv('image', { repeat: 4, when: '=i % 2 == 1' }), own: { op: 'ReLU', in: ['c[1]'] }, s: { op: 'Add', in: ['c', 'own'] } }, outputs: ['s'] },
  },
  {
    name: 'one set of weights for all repetitions',
    design: { inputs: image, nodes: { shift: { op: 'Parameter', shape: [8, 1, 1], repeat: 2 }, moved: { op: 'Add', in: ['shift[0]', 'shift[1]', 'r'] }, late: conv('moved', { repeat: { times: 3, shared: true }, when: '=i > 0' }), stem: conv('image'), c: conv('stem', { repeat: { times: 3, shared: true } }), r: { op: 'ReLU', in: ['c'], repeat: 2 } }, outputs: ['late'] },
  },
  {
    name: 'shared weights',
    design: {
      inputs: { ...image, tokens: { shape: ['N', 7], dtype: 'int64' } },
      blocks: { Cell: { params: { k: 3 }, inputs: ['x'], nodes: { c: { op: 'Conv2d', in: ['x'], out_channels: 3, kernel_size: '=k', padding: '=k // 2' }, n: { op: 'BatchNorm2d', in: ['c'] } }, outputs: ['n'] } },
      nodes: {
        one: { op: 'Cell', in: ['image'], repeat: 2 }, two: { op: 'Cell', in: ['one'], weights: 'one[1]' }, again: { op: 'Conv2d', in: ['two'], weights: 'two.c' }, wide: { op: 'Conv2d', in: ['again'], weights: 'one[0].c', stride: 2 },
        embed: { op: 'Embedding', in: ['tokens'], num_embeddings: 20, embedding_dim: 6 }, head: { op: 'Linear', in: ['embed'], out_features: 20, weights: 'embed' },
      },
      outputs: ['wide', 'head'],
    },
  },
  {
    name: 'recurrence, attention and learned tensors',
    design: {
      params: { width: 8 }, inputs: { x: { shape: ['N', 6, 5] }, mask: { shape: [6, 6], dtype: 'bool' } },
      blocks: {
        Encoder: {
          params: { heads: 2 }, inputs: ['tokens', 'mask'],
          nodes: {
            n1: { op: 'LayerNorm', in: ['tokens'], normalized_shape: '=dim(tokens, -1)' }, attend: { op: 'MultiheadAttention', in: ['n1', 'n1', 'n1', null, 'mask'], num_heads: '=heads', batch_first: true }, s1: { op: 'Add', in: ['attend', 'tokens'] },
            up: { op: 'Linear', in: ['s1'], out_features: '=4 * dim(tokens, -1)' }, act: { op: 'GELU', in: ['up'] }, down: { op: 'Linear', in: ['act'], out_features: '=dim(tokens, -1)' }, s2: { op: 'Add', in: ['down', 's1'] },
          },
          outputs: ['s2'],
        },
      },
      nodes: {
        embed: { op: 'Linear', in: ['x'], out_features: '=width' }, pos: { op: 'Parameter', shape: [1, 6, '=width'] }, sum: { op: 'Add', in: ['embed', 'pos'] },
        encoder: { op: 'Encoder', in: ['sum', 'mask'], repeat: 2 }, free: { op: 'Encoder', in: ['encoder', null], heads: 4 },
        lstm: { op: 'LSTM', in: ['free'], hidden_size: 7, batch_first: true, bidirectional: true }, gru: { op: 'GRU', in: ['lstm'], hidden_size: '=width', batch_first: true, repeat: 2 }, last: { op: 'Select', in: ['gru'], dim: 1, index: -1 },
      },
      outputs: { last: 'last', state: 'lstm.h' },
    },
    settings: [{ width: 12 }],
  },
  {
    name: 'several outputs, constants and cuts',
    design: {
      inputs: image,
      blocks: { Fork: { inputs: ['a', 'b'], nodes: { p: { op: 'ReLU', in: ['a'] }, q: { op: 'Sigmoid', in: ['b'] } }, outputs: { left: 'p', right: 'q' } } },
      nodes: {
        stem: conv('image', { out_channels: 9 }), split: { op: 'Split', in: ['stem'], sizes: [3, 6], dim: 1 }, fork: { op: 'Fork', in: ['split.0', 'split.1'], repeat: 2 }, gate: { op: 'Sub', in: [1, 'fork.right'] },
        all: { op: 'Concat', in: ['fork', 'gate', 'stem'], dim: 1 }, cut: { op: 'Add', in: ['all', 'stem'], off: ['stem'] }, two: { op: 'Concat', in: ['cut', 'image', 'stem'], off: ['image'], dim: -3 }, chunk: { op: 'Chunk', in: ['two'], chunks: 3, dim: 1 },
      },
      outputs: ['chunk.2', 'two'],
    },
  },
  {
    name: 'names that Python or nn.Module has taken',
    design: {
      params: { lambda: 4 }, inputs: { in_: { shape: [1, 3, 8, 8] }, self: { shape: [1, 3, 8, 8] } },
      blocks: { class: { params: { type: 3, half: true }, inputs: ['x'], nodes: { half: conv('x', { out_channels: '=type', when: '=half' }), type: { op: 'ReLU', in: ['half'] }, pad: { op: 'Pad', in: ['type'], pad: ['=type', 0], when: '=half' } }, outputs: ['pad'] } },
      nodes: { train: conv('in_', { out_channels: '=lambda' }), lambda: { op: 'BatchNorm2d', in: ['train'] }, other: { op: 'class', in: ['self'], type: '=lambda' }, range: { op: 'ReLU', in: ['other'] } },
      outputs: ['lambda', 'range'],
    },
    settings: [{ lambda: 5 }],
  },
  {
    name: 'fractions and conditions',
    design: {
      params: { width: 8, ratio: 0.25, mode: 'wide', list: [4, 6] }, inputs: image,
      blocks: { Squeeze: { params: { ratio: 0.5, act: 'relu' }, inputs: ['x'], nodes: { c: conv('x', { out_channels: '=max(1, floor(dim(x, 1) * ratio))' }), r: { op: 'ReLU', in: ['c'], when: "=act == 'relu'" }, s: { op: 'SiLU', in: ['r'], when: "=act != 'relu' && !(ratio > 0.6)" }, e: conv('s', { out_channels: '=dim(x, 1)' }) }, outputs: ['e'] } },
      nodes: { a: conv('image', { out_channels: "=mode == 'wide' ? width * 2 : width" }), q: { op: 'Squeeze', in: ['a'], ratio: '=ratio' }, p: { op: 'Squeeze', in: ['q'], ratio: '=ratio * 2', act: 'silu' }, l: conv('p', { out_channels: '=list[1] / 2 + round(width / 3)', kernel_size: [1, '=list[0] - 1'], padding: [0, '=ceil((list[0] - 2) / 2)'] }) },
      outputs: ['l'],
    },
    settings: [{ width: 12 }, { mode: 'narrow' }, { list: [6, 10] }],
  },
  {
    name: 'operators of the design',
    design: {
      params: { width: 16, size: 4, heads: 2, deep: true }, inputs: image,
      operators: {
        WindowAttention: { inputs: { x: ['N', 'L', 'C'] }, params: { dim: '=C', heads: 8, scale: { type: 'number', default: null } }, outputs: [['N', 'L', 'C']], python: 'layers.WindowAttention', parameters: '=4 * C * C + 4 * C' },
        Patches: {
          inputs: { image: ['N', 3, 'H', 'W'], bias: { shape: [1, '=H // size * (W // size)', '=width'], optional: true } }, params: { width: null, size: null, norm: true },
          outputs: { vectors: ['N', '=(H // size) * (W // size)', '=width'], empty: { shape: ['N', '=(H // size) * (W // size)'], dtype: 'bool' } },
          python: 'layers.Patches', parameters: '=3 * width * size * size + width + (norm ? 2 * width : 0)',
        },
        range: { inputs: { x: ['...', 'C'] }, params: { mode: { choices: ['a', 'b'] } }, outputs: [['...', 'C']], python: 'layers.range' },
      },
      blocks: { Layer: { params: { heads: 4 }, inputs: ['x'], nodes: { attn: { op: 'WindowAttention', in: ['x'], heads: '=heads' }, sum: { op: 'Add', in: ['attn', 'x'] } }, outputs: ['sum'] } },
      nodes: {
        patches: { op: 'Patches', in: ['image'], width: '=width', size: '=size' }, layers: { op: 'Layer', in: ['patches'], heads: '=heads', repeat: 2 }, own: { op: 'range', in: ['layers'], mode: 'b' },
        same: { op: 'WindowAttention', in: ['own'], repeat: { times: 2, shared: true }, when: '=deep' }, tied: { op: 'WindowAttention', in: ['same'], weights: 'layers[1].attn', scale: 0.5 }, plain: { op: 'Patches', in: ['image', 'position'], width: '=width', size: '=size', norm: false }, position: { op: 'Parameter', shape: [1, '=(16 // size) * (16 // size)', '=width'] },
        mask: { op: 'Where', in: ['patches.empty', 0, 1] },
      },
      outputs: { out: 'tied', plain: 'plain', mask: 'mask' },
    },
    settings: [{ width: 8, heads: 4 }, { size: 8, deep: false }],
  },
  {
    name: 'indices of pools, and bags',
    design: {
      params: { indexed: true, mode: 'sum' }, inputs: { ...image, words: { shape: [12], dtype: 'int64' }, starts: { shape: [4], dtype: 'int64' }, rows: { shape: ['N', 5], dtype: 'int64' } },
      blocks: { Pool: { params: { k: 2 }, inputs: ['x'], nodes: { p: { op: 'MaxPool2d', in: ['x'], kernel_size: '=k', return_indices: true } }, outputs: { map: 'p', places: 'p.indices' } } },
      nodes: {
        c: conv('image'), one: { op: 'Pool', in: ['c'] }, two: { op: 'MaxPool2d', in: ['one'], kernel_size: 3, stride: 2, padding: 1, return_indices: '=indexed' }, back: { op: 'MaxUnpool2d', in: ['two', 'two.indices'], kernel_size: 3, stride: 2, padding: 1, output_size: ['=dim(two, 2) * 2', 8] },
        whole: { op: 'MaxUnpool2d', in: ['back', 'one.places'], kernel_size: 2 }, ad: { op: 'AdaptiveMaxPool2d', in: ['whole'], output_size: 4, return_indices: true }, bag: { op: 'EmbeddingBag', in: ['words', 'starts'], num_embeddings: 9, embedding_dim: 6, mode: '=mode' },
        plain: { op: 'EmbeddingBag', in: ['rows'], num_embeddings: 9, embedding_dim: 6, weights: 'bag', padding_idx: 0 }, far: { op: 'PairwiseDistance', in: ['bag', 'bag'] }, any: { op: 'Any', in: ['far'], dim: 0 }, all: { op: 'Prod', in: ['ad'], dim: -1, keepdim: true },
      },
      outputs: { all: 'all', places: 'ad.indices', plain: 'plain', any: 'any' },
    },
    settings: [{ mode: 'mean' }],
  },
  {
    name: 'order and places',
    design: {
      params: { down: true }, inputs: image,
      nodes: {
        c: conv('image'), s: { op: 'Sort', in: ['c'], dim: 1, descending: '=down' }, plain: { op: 'Sort', in: ['s'] }, back: { op: 'Scatter', in: ['c', 's.indices', 's'], dim: 1 },
        wide: { op: 'UpsamplingNearest2d', in: ['back'], scale_factor: 2 }, fine: { op: 'UpsamplingBilinear2d', in: ['wide'], size: ['=dim(wide, 2) + 3', 9] }, t: { op: 'Tan', in: ['fine'] },
      },
      outputs: { t: 't', places: 'plain.indices' },
    },
    settings: [{ down: false }],
  },
];
