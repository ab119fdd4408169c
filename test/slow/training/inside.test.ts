import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from '../../../lib/document/parse.js';
import { buildProgram } from '../../../lib/program/index.js';
import { recordsOf } from '../../../lib/protocol/runs.js';
import { openTorch, type TorchBackend } from '../../../lib/task/backends/torch/backend.js';
import { manifests } from '../../../lib/task/runs/folder.js';
import { resumable } from '../../../lib/task/runs/resume.js';
import { plan } from '../../../lib/task/training/plan.js';
import { startRun, type Start } from '../../../lib/task/training/start.js';
import { remembering } from '../../task/training/remembering.js';
import { torchPython } from '../../support/paths.js';
import { openPlanned } from '../../../lib/task/data/planned.js';
import { failing } from '../../task/training/failing.js';
import { difference, hooked, step } from '../../task/training/hooked.js';

let torch: TorchBackend;
const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-inside-'));
const before = process.cwd();
beforeAll(async () => {
  process.chdir(home);
  torch = await openTorch({ python: torchPython(), device: 'cpu', env: { ...process.env, OMP_NUM_THREADS: '1' } });
}, 300_000);
afterAll(() => {
  torch.close();
  process.chdir(before);
  rmSync(home, { recursive: true, force: true });
});

describe('a look inside on PyTorch', () => {
  test('sees what hooks see', async () => {
    const { measured } = await step(torch, true);
    for (const part of ['activations', 'wires', 'sums', 'parameters'] as const) expect([part, difference(measured?.[part], hooked[part])]).toEqual([part, expect.closeTo(0, 4)]);
  });

  test('changes nothing of what is learned', async () => {
    const [seen, unseen] = [await step(torch, true), await step(torch, false)];
    expect(seen.loss).toBe(unseen.loss);
    expect(seen.after).toEqual(unseen.after);
  });
});

test.each(failing)('on PyTorch, $title', async ({ nodes, input, weights, expected, output }) => {
  const program = buildProgram(parse(JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 3] } }, nodes, outputs: [output] })).document);
  const trainer = await torch.trainer(program, weights(program), { loss: 'mse', optimizer: { name: 'sgd', lr: 0.1, momentum: 0, weight_decay: 0, nesterov: false }, seed: 0 });
  const batch = { inputs: [{ shape: [2, 3], data: new Float32Array(6).fill(input) }], target: { shape: [2, 4], data: new Float32Array(8) } };
  const { loss, overflow } = await trainer.step(batch, { step: 0, rate: 0.1, gradients: false });
  expect([Number.isFinite(loss), overflow]).toEqual(expected.pass === 'backward' ? [true, true] : [false, undefined]);
  expect(await trainer.firstNotFinite(batch, 0)).toEqual(expected);
  trainer.dispose();
});

describe('on PyTorch a run that is stopped after ten steps and gone on with is to the last bit the run without the break', () => {
  /** One run; `more` says what it goes on with. */
  async function run(text: string, more: Partial<Start> = {}): Promise<readonly (readonly [number, number])[]> {
    const planned = plan(text, 'train', { set: {}, change: { ...more.resumed?.settings, measure_every: 1 } });
    if (!('program' in planned)) throw new Error(planned[0]?.message);
    const data = await openPlanned(planned, 'net.nnet.json');
    if (data instanceof Error) throw data;
    expect(await startRun({ file: 'net.nnet.json', text, planned, backend: { ...torch, close: () => undefined }, data, events: false, json: false, ...more })).toBe(0);
    return recordsOf(readFileSync(path.join(manifests(home).at(-1)?.folder ?? '', 'events.jsonl'), 'utf8')).flatMap((record) => (record.type === 'progress' ? [[record.step, record.loss] as const] : []));
  }
  const weights = (): string => readFileSync(path.join(manifests(home).at(-1)?.folder ?? '', 'weights.safetensors'), 'latin1').replace(/"netwright":"[^"]*"/, '');

  test.each([{ name: 'sgd', lr: 0.05, momentum: 0.9, nesterov: true }, { name: 'adam', lr: 0.01 }, { name: 'rmsprop', lr: 0.001, momentum: 0.9, centered: true }])('with $name', async (optimizer) => {
    const text = remembering(optimizer);
    const whole = new Map(await run(text));
    const expected = weights();
    const known = manifests(home).length;
    const timer = setInterval(() => {
      const { folder } = manifests(home)[known] ?? {};
      if (folder !== undefined && readFileSync(path.join(folder, 'events.jsonl'), { encoding: 'utf8', flag: 'a+' }).includes('"measures","step":10,')) writeFileSync(path.join(folder, 'stop'), '');
    }, 1);
    await run(text);
    clearInterval(timer);
    const found = resumable(home, 'last');
    if (typeof found === 'string') throw new Error(found);
    expect(found.checkpoint?.passed.step).toBeGreaterThanOrEqual(10);
    expect(found.checkpoint?.passed.step).toBeLessThan(20);
    const rest = await run(text, { resumed: found });
    expect(rest.at(-1)).toEqual([20, whole.get(20)]);
    for (const [at, loss] of rest) if (whole.has(at)) expect([at, loss]).toEqual([at, whole.get(at)]);
    expect(weights()).toBe(expected);
  });
});
