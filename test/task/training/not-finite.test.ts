import { describe, expect, test } from 'vitest';
import { parse } from '../../../lib/document/parse.js';
import { buildProgram } from '../../../lib/program/index.js';
import { openTfjs } from '../../../lib/task/backends/tfjs/backend.js';
import { failing } from './failing.js';

describe.each(['wasm', 'tfjs-node'] as const)('on %s', (kind) => {
  test.each(failing)('$title', async ({ nodes, input, weights, expected, output }) => {
    const program = buildProgram(parse(JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 3] } }, nodes, outputs: [output] })).document);
    const backend = await openTfjs(kind);
    const trainer = await backend.trainer(program, weights(program), { loss: 'mse', optimizer: { name: 'sgd', lr: 0.1, momentum: 0, weight_decay: 0, nesterov: false }, seed: 0 });
    const batch = { inputs: [{ shape: [2, 3], data: new Float32Array(6).fill(input) }], target: { shape: [2, 4], data: new Float32Array(8) } };
    const before = await trainer.weights();
    const { loss, overflow } = await trainer.step(batch, { step: 0, rate: 0.1, gradients: false });
    expect([Number.isFinite(loss), overflow]).toEqual(expected.pass === 'backward' ? [true, true] : [false, undefined]);
    expect(await trainer.firstNotFinite(batch, 0)).toEqual(expected);
    expect(await trainer.weights()).toEqual(before);
    trainer.dispose();
  });
});
