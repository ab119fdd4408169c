import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageFolder } from '../../lib/task/package-folder.js';

type Nodes = Record<string, Readonly<Record<string, unknown>>>;

const text = (nodes: Nodes, output: string, shape: readonly unknown[] = ['N', 64, 56, 56]): string =>
  `{\n  "nnet": 1,\n  "inputs": { "x": { "shape": ${JSON.stringify(shape)} } },\n  "nodes": {\n${Object.entries(nodes).map(([name, node]) => `    ${JSON.stringify(name)}: ${JSON.stringify(node)}`).join(',\n')}\n  },\n  "outputs": ["${output}"]\n}\n`;

const conv = (source: string, out_channels = 64) => ({ op: 'Conv2d', in: [source], out_channels, kernel_size: 3, padding: 1, bias: false });

/** A chain of residual blocks of seven layers each: 143 are 1,001 nodes, 1,429 are 10,003. */
export function residualChain(blocks: number): string {
  const nodes: Nodes = {};
  let last = 'x';
  for (let k = 0; k < blocks; k++) {
    Object.assign(nodes, {
      [`conv${k}a`]: conv(last), [`bn${k}a`]: { op: 'BatchNorm2d', in: [`conv${k}a`] }, [`relu${k}a`]: { op: 'ReLU', in: [`bn${k}a`] },
      [`conv${k}b`]: conv(`relu${k}a`), [`bn${k}b`]: { op: 'BatchNorm2d', in: [`conv${k}b`] }, [`add${k}`]: { op: 'Add', in: [`bn${k}b`, last] }, [`relu${k}`]: { op: 'ReLU', in: [`add${k}`] },
    });
    last = `relu${k}`;
  }
  return text(nodes, last);
}

/** Modules of two branches of five layers, all different: what a layout can neither treat as a chain nor answer from memory. */
export function branchingNet(size: number): string {
  const nodes: Nodes = {};
  let last = 'x';
  for (let k = 0; Object.keys(nodes).length < size; k++) {
    Object.assign(nodes, {
      [`a${k}`]: conv(last, 16 + k), [`b${k}`]: conv(last), [`c${k}`]: conv(`b${k}`, 16 + k), [`join${k}`]: { op: 'Concat', in: [`a${k}`, `c${k}`], dim: 1 }, [`mix${k}`]: { ...conv(`join${k}`), kernel_size: 1, padding: 0 },
    });
    last = `mix${k}`;
  }
  return text(nodes, last);
}

/** Chains side by side that end in one sum. */
export function parallelChains(chains: number, length: number): string {
  const nodes: Nodes = {};
  for (let c = 0; c < chains; c++) for (let k = 0; k < length; k++) nodes[`c${c}_${k}`] = conv(k === 0 ? 'x' : `c${c}_${k - 1}`);
  nodes['sum'] = { op: 'Add', in: Array.from({ length: chains }, (_, c) => `c${c}_${length - 1}`) };
  return text(nodes, 'sum');
}

/** Six layers that each read what all before them made, at 8 x 8 pixels, with a classifier: small enough to be trained on a processor. */
export const denseNet = JSON.stringify({
  nnet: 1,
  inputs: { image: { shape: ['N', 1, 8, 8] } },
  nodes: {
    stem: { ...conv('image', 16) },
    dense: { op: 'DenseLayer', in: ['stem'], repeat: { times: 6, wiring: 'dense' } },
    bn: { op: 'BatchNorm2d', in: ['dense'] }, relu: { op: 'ReLU', in: ['bn'] }, pool: { op: 'AdaptiveAvgPool2d', in: ['relu'], output_size: 1 }, flatten: { op: 'Flatten', in: ['pool'] },
    fc: { op: 'Linear', in: ['flatten'], out_features: 10 },
  },
  outputs: ['fc'],
  blocks: {
    DenseLayer: {
      inputs: ['x'],
      nodes: {
        bn1: { op: 'BatchNorm2d', in: ['x'] }, relu1: { op: 'ReLU', in: ['bn1'] }, conv1: { ...conv('relu1', 32), kernel_size: 1, padding: 0 },
        bn2: { op: 'BatchNorm2d', in: ['conv1'] }, relu2: { op: 'ReLU', in: ['bn2'] }, conv2: conv('relu2', 8),
      },
      outputs: ['conv2'],
    },
  },
  training: { quick: { dataset: 'digits', loss: 'cross_entropy', optimizer: { name: 'adam', lr: 0.001 }, batch_size: 32, steps: 100, seed: 0 } },
});

export const template = (name: string): string => readFileSync(path.join(packageFolder(), 'media/templates', `${name}.nnet.json`), 'utf8');

/** The design of a network of the bench: a template, or the dense net. */
export const designOf = (name: string): string => (name === 'dense net' ? denseNet : template(name));
