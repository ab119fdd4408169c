import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../lib/protocol/records.js';
import { run as trace } from '../../lib/task/commands/trace.js';
import { run as train } from '../../lib/task/commands/train.js';
import { manifests } from '../../lib/task/runs/folder.js';
import { readSafeTensors } from '../../lib/task/safetensors.js';
import { root, torchPython } from '../support/paths.js';
import { running } from '../task/commands/running.js';

const home = mkdtempSync(path.join(os.tmpdir(), 'netwright-declared-'));
const before = process.cwd();
beforeAll(() => {
  process.chdir(home);
  cpSync(path.join(root, 'test/interop/layers.py'), path.join(home, 'layers.py'));
});
afterAll(() => {
  process.chdir(before);
  rmSync(home, { recursive: true, force: true });
});

/** A small network of ten classes with attention that stands in layers.py beside the design. */
function design(name: string, { python = 'layers.WindowAttention', parameters = '=4 * C * C + 4 * C' }: { readonly python?: string; readonly parameters?: string } = {}): string {
  const file = path.join(home, `${name}.nnet.json`);
  writeFileSync(file, JSON.stringify({
    nnet: 1, inputs: { x: { shape: ['N', 1, 8, 8] } },
    operators: { WindowAttention: { inputs: { x: ['N', 'L', 'C'] }, params: { dim: '=C', heads: 8 }, outputs: [['N', 'L', 'C']], python, parameters } },
    nodes: {
      tokens: { op: 'Reshape', in: ['x'], shape: ['=dim(x, 0)', 8, 8] }, attn: { op: 'WindowAttention', in: ['tokens'], heads: 2, repeat: 2 },
      again: { op: 'WindowAttention', in: ['attn'], weights: 'attn[0]' }, flat: { op: 'Flatten', in: ['again'] }, fc: { op: 'Linear', in: ['flat'], out_features: 10 },
    },
    outputs: ['fc'],
    training: { quick: { dataset: 'digits', loss: 'cross_entropy', optimizer: { name: 'adam', lr: 0.003 }, batch_size: 32, steps: 60 } },
  }));
  return file;
}
const records = (out: string): readonly RunRecord[] => out.trim().split('\n').map((line) => JSON.parse(line) as RunRecord);
const torch = ['--backend', 'torch', '--python', torchPython()];

describe('a design with an operator of its own', () => {
  it('is told before the start that tfjs cannot run it', async () => {
    const { code, err } = await running(train, [design('here'), '--backend', 'wasm', '--steps', '1']);
    expect(code).toBe(1);
    expect(err).toContain('WindowAttention is an operator of this design (layers.WindowAttention in Python), which runs with PyTorch only. The backend torch can: --backend torch.');
  });

  it('is traced with PyTorch by its module beside the design, and every shape is as declared', async () => {
    const { code, out } = await running(trace, [design('traced'), ...torch, '--json']);
    const layers = records(out).filter((record) => record.type === 'layer');
    expect(layers.map(({ node, ok }) => `${node} ${ok}`)).toEqual(['tokens true', 'attn[0] true', 'attn[1] true', 'again true', 'flat true', 'fc true']);
    expect(code).toBe(0);
  }, 300_000);

  it('is trained with PyTorch, the tensors of its modules too, and saves them', async () => {
    const { code, err, out } = await running(train, [design('trained'), ...torch, '--events']);
    expect([err, code]).toEqual(['', 0]);
    const progress = records(out).filter((record) => record.type === 'progress');
    expect(Object.keys(progress[0]?.gradients ?? {}).sort()).toEqual(['attn[0]', 'attn[1]', 'fc']);
    expect(progress.at(-1)!.loss).toBeLessThan(progress[0]!.loss);
    const saved = readSafeTensors(readFileSync(path.join(home, '.netwright/runs', manifests(home).at(-1)!.id, 'weights.safetensors')));
    expect([...saved.keys()].filter((key) => key.startsWith('attn.1.'))).toEqual(['attn.1.qkv.weight', 'attn.1.qkv.bias', 'attn.1.proj.weight', 'attn.1.proj.bias']);
  }, 300_000);

  it.each([
    ['another count than declared', { parameters: '=C' }, '`attn[0]`: layers.WindowAttention has 288 learned parameters, but the design declares 8'],
    ['no module of torch', { python: 'os.system' }, '`attn[0]`: os.system is no torch.nn.Module'],
    ['nothing that can be imported', { python: 'missing.Attention' }, '`attn[0]`: missing.Attention cannot be imported: ModuleNotFoundError'],
  ])('is refused where its class is %s', async (name, changed, message) => {
    const { code, out, err } = await running(trace, [design(name.replace(/ /gu, '-'), changed), ...torch, '--json']);
    expect(code).toBe(1);
    expect(out + err).toContain(message);
  }, 300_000);
});
