import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../lib/analysis/index.js';
import { classNameOf, exportPyTorch } from '../../lib/interop/pytorch/index.js';
import { knownSavings } from '../../lib/operators/saving.js';
import { evaluateDim } from '../../lib/shapes/index.js';
import { layersOf } from '../../lib/task/backends/torch/layers.js';
import { root, torchPython } from '../support/paths.js';
import { add, bn, conv, design, relu, template } from './design.js';

const float = 4;

describe('activation memory', () => {
  it('of a chain is that of two neighbours in inference, and of all that is kept in training', () => {
    // 3 × 8 × 8 in; 4, 8 and 2 channels of 8 × 8.
    const { memory } = design({ inputs: { x: { shape: ['N', 3, 8, 8] } }, nodes: { a: { ...conv('x', 4) }, b: { ...conv('a', 8) }, c: { ...conv('b', 2) } }, outputs: ['c'] });
    const [x, a, b, c] = [3, 4, 8, 2].map((channels) => channels * 64 * float) as [number, number, number, number];
    expect([...memory.nodes.values()].map(({ live }) => live)).toEqual([x + a, x + a + b, x + b + c]);
    expect([memory.inference, memory.peakAt]).toEqual([x + a + b, 'b']);
    // Each convolution keeps what it reads; the last result is nobody's.
    expect(memory.saved).toBe(x + a + b);
    expect([...memory.nodes.values()].map(({ saved }) => saved)).toEqual([a, b, 0]);
    expect(memory.training).toBe(x + a + b + c);
  });

  it('of a residual block holds the skip while the branch runs; norms keep their statistics, a ReLU its result', () => {
    const { memory } = design({
      inputs: { x: { shape: ['N', 4, 8, 8] } },
      nodes: { a: conv('x', 4), n: bn('a'), r: relu('n'), b: conv('r', 4), m: bn('b'), sum: add('m', 'x'), out: relu('sum') }, outputs: ['out'],
    });
    const map = 4 * 64 * float;
    expect([...memory.nodes.values()].map(({ live }) => Number(live) / map)).toEqual([2, 3, 3, 3, 3, 3, 3]);
    expect([memory.inference, memory.peakAt]).toEqual([3 * map, 'n']);
    const statistics = 2 * 4 * float;
    // x, a (by the norm), r (by the ReLU and the convolution), b, out; m and sum are not kept.
    expect(memory.saved).toBe(5 * map + 2 * statistics);
  });

  it('counts views, in-place layers and dropout outside of training for nothing', () => {
    const { memory } = design({ inputs: { x: { shape: ['N', 4, 8, 8] } }, nodes: { f: { op: 'Flatten', in: ['x'] }, d: { op: 'Dropout', in: ['f'] }, r: { op: 'ReLU', in: ['d'], inplace: true }, u: { op: 'Unsqueeze', in: ['r'], dim: 1 } }, outputs: ['u'] });
    expect(memory.inference).toBe(256 * float);
  });

  it('holds the features of a dense block until its end', () => {
    const { memory } = design({ inputs: { x: { shape: ['N', 4, 8, 8] } }, nodes: { d: { op: 'Conv2d', in: ['x'], out_channels: 2, kernel_size: 3, padding: 1, repeat: { times: 3, wiring: 'dense' } } }, outputs: ['d'] });
    const [x, g] = [4 * 64 * float, 2 * 64 * float];
    // The three features, all of them concatenated, and the input.
    expect(memory.inference).toBe(x + 3 * g + x + 3 * g);
    expect(memory.peakAt).toBe('d.$concat');
  });

  it('is unknown where sizes are symbols, but for what is kept', () => {
    const { memory } = design({ inputs: { x: { shape: ['N', 4, 'H', 8] } }, nodes: { a: conv('x', 4) }, outputs: ['a'] });
    expect([memory.inference, memory.training, memory.peakAt]).toEqual([null, null, undefined]);
    expect(memory.saved).toMatchObject({ text: '128*H' });
    expect(analyze('{').memory.inference).toBe(0);
  });

  it('is, layer by layer, what PyTorch holds, and byte for byte what autograd keeps', () => {
    const set = { resnet34: { width: 8, size: 64 }, unet: { width: 8, size: 64 }, densenet121: { growth: 8, size: 64 } };
    // Self-attention is one tensor read three times, of which one product makes all.
    const sequences = design({ inputs: { x: { shape: ['N', 7, 12] } }, nodes: { l: { op: 'GRU', in: ['x'], hidden_size: 12, batch_first: true, num_layers: 2 }, a: { op: 'MultiheadAttention', in: ['l', 'l', 'l'], num_heads: 3, batch_first: true }, k: add('a', 'l'), e: { op: 'TransformerEncoderLayer', in: ['k'], nhead: 2, dim_feedforward: 20, batch_first: true }, d: { op: 'TransformerDecoderLayer', in: ['e', 'l'], nhead: 4, dim_feedforward: 20, batch_first: true, dropout: 0 }, g: { op: 'GRU', in: ['d'], hidden_size: 5, bidirectional: true, batch_first: true } }, outputs: ['g'] }).parsed.text;
    const cases = (['residual-20', 'plain-20', 'resnet34', 'unet', 'densenet121', 'mlp', 'highway', 'transformer', 'sequences'] as const).map((name) => {
      const analysis = analyze(name === 'sequences' ? sequences : template(name), { set: name in set ? set[name as keyof typeof set] : {} });
      const { program } = analysis;
      expect(program.nodes.filter(({ operator }) => !knownSavings.has(operator.type)).map(({ operator }) => operator.type), name).toEqual([]);
      const sizes = new Map([['N', 1]]);
      const fileName = `${name}.nnet.json`;
      return { name, analysis, code: exportPyTorch(program, { fileName }), class: classNameOf(fileName), ...layersOf(program, sizes), inputs: program.inputs.map(({ tensor }) => [tensor.shape!.map((size) => evaluateDim(size, sizes)), tensor.dtype]) };
    });
    const { stdout, stderr } = spawnSync(torchPython(), [path.join(root, 'test/analysis/memory.py')], { input: JSON.stringify(cases.map(({ analysis: _, ...given }) => given)), encoding: 'utf8', maxBuffer: 1 << 26 });
    if (stdout === '') throw new Error(stderr);
    const measured = JSON.parse(stdout) as readonly { readonly live: readonly number[]; readonly saved: number }[];
    cases.forEach(({ name, analysis: { memory, program } }, i) => {
      const ours = program.nodes.map(({ path: at }) => `${at} ${String(memory.nodes.get(at)!.live)}`);
      expect(ours, name).toEqual(program.nodes.map(({ path: at }, k) => `${at} ${measured[i]!.live[k]}`));
      expect(memory.saved, name).toBe(measured[i]!.saved);
    });
  }, 240_000);
});
