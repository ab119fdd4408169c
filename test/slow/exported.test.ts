import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportPyTorch } from '../../lib/interop/pytorch/index.js';
import { evaluateDim } from '../../lib/shapes/index.js';
import type { Backend } from '../../lib/task/backends/backend.js';
import { openTfjs } from '../../lib/task/backends/tfjs/backend.js';
import { openDataset } from '../../lib/task/data/dataset.js';
import { initialWeights } from '../../lib/task/initialise.js';
import { random } from '../../lib/task/random.js';
import type { Weights } from '../../lib/task/safetensors.js';
import { plan, type Plan } from '../../lib/task/training/plan.js';
import { cases } from '../interop/cases.js';
import { root } from '../support/paths.js';
import { type Oracle, type Plain, relativeError, startOracle } from './oracle.js';

const designs = ['media/templates', 'test/fixtures/examples']
  .flatMap((folder) => readdirSync(path.join(root, folder)).map((file) => path.join(folder, file)))
  // The blank template has no layer and so no code.
  .filter((file) => !file.endsWith('blank.nnet.json'));

/** The article's heads have no classifier and the examples no recipe for it: they run with the weights that a run would begin with. */
const untrained = /resnet34-head|dense-block/;

let backend: Backend;
let oracle: Oracle;
beforeAll(async () => {
  backend = await openTfjs('tfjs');
  oracle = startOracle();
});
afterAll(() => oracle.close());

function prepare(text: string, purpose: 'train' | 'trace'): Plan {
  const planned = plan(text, purpose, { set: {}, change: { batch_size: 4 } });
  if (!('program' in planned)) throw new Error(planned.map(({ message }) => message).join('; '));
  return planned;
}

/** The weights after three steps of the design's own recipe, running statistics among them. */
async function trainedWeights({ program, recipe, sizes, inputs }: Plan): Promise<Weights> {
  const begin = initialWeights(program, recipe.seed, sizes);
  const trainer = await backend.trainer(program, begin, { loss: recipe.loss, optimizer: recipe.optimizer, seed: recipe.seed });
  const output = (program.outputs[0]?.value.tensor.shape ?? []).slice(1).map((dim) => evaluateDim(dim, sizes) ?? 1);
  const data = openDataset(recipe, { input: (inputs[0] ?? []).slice(1), dtype: program.inputs[0]?.tensor.dtype === 'int64' ? 'int32' : 'float32', output, loss: recipe.loss });
  for (let step = 0; step < 3; step++) await trainer.step(data.batch(step), { step, rate: 0.01, gradients: false });
  const weights = await trainer.weights();
  trainer.dispose();
  return weights;
}

const plainState = (weights: Weights): Record<string, Plain> =>
  Object.fromEntries([...weights].map(([key, { shape, data, dtype }]) => [key, { shape, data: Array.from(data), dtype: dtype === 'I64' ? 'int64' : 'float32' }]));

/** Our outputs and the exported code's, on the same weights and inputs. */
async function expectSame({ program, inputs, set }: Plan, weights: Weights, name: string): Promise<void> {
  const drawn = random(7, 'input', name);
  const given = inputs.map((shape, i): Plain & { data: number[] } => {
    const integers = program.inputs[i]?.tensor.dtype === 'int64';
    const data = Array.from({ length: shape.reduce((all, size) => all * size, 1) }, () => (integers ? drawn.below(2) : Math.fround(drawn.normal())));
    // Offsets of bags begin at 0 and do not fall.
    if (integers) data.fill(0, 0, 1).sort((a, b) => a - b);
    return { shape, data, dtype: integers ? 'int64' : 'float32' };
  });
  const ours = await backend.trace(program, weights, given.map(({ shape, data, dtype }) => ({ shape, data: dtype === 'int64' ? Int32Array.from(data) : Float32Array.from(data) })), () => undefined);
  const { outputs } = await oracle.ask<{ readonly outputs: readonly Plain[] }>({
    do: 'run', code: exportPyTorch(program, { fileName: path.basename(name) }), state: plainState(weights), inputs: given, training: false, upstream: null, params: set,
  });
  expect(ours.length).toBe(outputs.length);
  expect(ours.length).toBeGreaterThan(0);
  for (const [i, output] of outputs.entries()) {
    expect(ours[i]?.shape).toEqual(output.shape);
    expect(relativeError(ours[i]?.data ?? [], output.data as readonly number[])).toBeLessThan(1e-4);
  }
}

describe('the exported code puts out what the run put out, with the weights of the run', () => {
  for (const file of designs) {
    test(file, { timeout: 300_000 }, async () => {
      const isUntrained = untrained.test(file);
      const planned = prepare(readFileSync(path.join(root, file), 'utf8'), isUntrained ? 'trace' : 'train');
      await expectSame(planned, isUntrained ? initialWeights(planned.program, planned.recipe.seed, planned.sizes) : await trainedWeights(planned), file);
    });
  }
});

/** Constructs whose numbers are not compared. */
const apart = new Map([
  ['operators of the design', 'its modules are Python and run on PyTorch alone'],
  ['order and places', 'which of two almost equal numbers comes first hangs on their rounding; Sort and Scatter are compared operator by operator'],
]);

describe('the exported code of every construct puts out what the design puts out, with the same weights', () => {
  for (const { name, design } of cases) {
    const reason = apart.get(name);
    if (reason !== undefined) {
      console.log(`"${name}" is left out: ${reason}.`);
      continue;
    }
    test(name, { timeout: 300_000 }, async () => {
      const planned = prepare(JSON.stringify({ nnet: 1, ...design }), 'trace');
      await expectSame(planned, initialWeights(planned.program, planned.recipe.seed, planned.sizes), 'construct.nnet.json');
    });
  }
});
