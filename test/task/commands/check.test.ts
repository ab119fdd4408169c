import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../../lib/task/commands/check.js';
import type { Report } from '../../../lib/task/commands/report.js';
import { broken, folderOf, running, sound } from './running.js';

const json = (out: string): Report[] => out.trim().split('\n').map((line) => JSON.parse(line) as Report);

describe('netwright check', () => {
  it('answers 0 for a clean design and prints one JSON object', async () => {
    const folder = folderOf({ 'a.nnet.json': sound });
    const { code, out } = await running(run, [path.join(folder, 'a.nnet.json'), '--json']);
    expect(code).toBe(0);
    const [report] = json(out);
    expect(report?.inputs).toEqual({ image: ['N', 3, 32, 32] });
    expect(report?.outputs).toEqual({ relu: ['N', 8, 32, 32] });
    expect(report?.nodes['conv']).toEqual({ op: 'Conv2d', shapes: [['N', 8, 32, 32]], params: 224, macs: 221184, memory: { outputs: 32_768, live: 12_288 + 32_768, saved: 0 } });
    expect(report?.memory).toEqual({ inference: 12_288 + 2 * 32_768, peak_at: 'relu', training: 12_288 + 2 * 32_768, saved: 12_288 + 32_768 });
    expect((await running(run, [path.join(folder, 'a.nnet.json')])).out).toContain('activations of one example: 77.8 kB at most in inference (at relu)');
    expect(report?.totals).toEqual({ params: 224, macs: 221184, macs_conv_linear: 221184, activation_bytes: 65_536 });
    expect(report?.problems).toEqual([]);
  });

  it('says for which named sizes a design fits, in JSON and in the table', async () => {
    const nodes = { half: { op: 'MaxPool2d', in: ['x'], kernel_size: 2 }, back: { op: 'Upsample', in: ['half'], scale_factor: 2 }, sum: { op: 'Add', in: ['back', 'x'] } };
    const file = path.join(folderOf({ 'a.nnet.json': JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 3, 'H', 'W'] } }, nodes, outputs: ['sum'] }) }), 'a.nnet.json');
    expect(json((await running(run, [file, '--json'])).out)[0]?.conditions).toEqual([{ symbols: ['H', 'W'], kind: 'divisible', value: 2, nodes: ['sum'], text: 'H and W must be divisible by 2' }]);
    expect((await running(run, [file])).out).toContain('condition: H and W must be divisible by 2');
  });

  it('lists what could not be expanded, in JSON and in the table', async () => {
    const nodes = { a: { op: 'Nothing', in: ['x'] }, b: { op: 'ReLU', in: ['x'], repeat: 1.5 }, c: { op: 'ReLU', in: ['a'] } };
    const file = path.join(folderOf({ 'a.nnet.json': JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 3] } }, nodes, outputs: ['b', 'c'] }) }), 'a.nnet.json');
    const [report] = json((await running(run, [file, '--json'])).out);
    expect(Object.entries(report?.nodes ?? {}).map(([name, { op, shapes, broken: isBroken }]) => [name, op, shapes, isBroken ?? false])).toEqual([['c', 'ReLU', [null], false], ['a', 'Nothing', [null], true], ['b', 'ReLU', [null], true]]);
    expect((await running(run, [file])).out).toMatch(/^a +Nothing +\?/mu);
  });

  it('sets a parameter of the document', async () => {
    const folder = folderOf({ 'a.nnet.json': sound });
    const { out } = await running(run, [path.join(folder, 'a.nnet.json'), '--json', '--set', 'width=16']);
    expect(json(out)[0]?.outputs).toEqual({ relu: ['N', 16, 32, 32] });
  });

  it('answers 1 for a mismatch, with both branches, the fixes and the place', async () => {
    const folder = folderOf({ 'a.nnet.json': broken });
    const { code, out } = await running(run, [path.join(folder, 'a.nnet.json'), '--json']);
    expect(code).toBe(1);
    const [problem] = json(out)[0]?.problems ?? [];
    expect(problem).toMatchObject({ code: 'shape-mismatch', severity: 'error', node: 'sum' });
    expect(problem?.message).toContain('64');
    expect(problem?.message).toContain('128');
    expect(problem?.explanation.join(' ')).toContain('conv1');
    expect(problem?.fixes.length).toBeGreaterThan(0);
    expect(broken.slice(problem?.range?.start, problem?.range?.end)).not.toBe('');
  });

  it('prints a table whose problem lines name file, line and column', async () => {
    const folder = folderOf({ 'a.nnet.json': broken });
    const { out } = await running(run, [path.join(folder, 'a.nnet.json')]);
    expect(out).toMatch(/conv1 +Conv2d +N × 128 × 13 × 13 +73,728/);
    expect(out).toMatch(/a\.nnet\.json:10:\d+: error: .* \[shape-mismatch\]/);
  });

  it('reads every design below a folder and answers the worst code', async () => {
    const folder = folderOf({ 'a.nnet.json': sound, 'b.nnet.json': broken, 'c.txt': 'no design' });
    const { code, out } = await running(run, [folder, '--json']);
    expect(code).toBe(1);
    expect(json(out).map((report) => path.basename(report.file))).toEqual(['a.nnet.json', 'b.nnet.json']);
  });

  it('answers 2 for what cannot be used', async () => {
    expect((await running(run, ['/no/such/file.nnet.json'])).code).toBe(2);
    expect((await running(run, [])).code).toBe(2);
    expect((await running(run, ['--wrong'])).code).toBe(2);
    const folder = folderOf({ 'a.nnet.json': '<<<<<<< ours\n{' });
    expect((await running(run, [path.join(folder, 'a.nnet.json')])).code).toBe(2);
  });

  it('refuses to set what the design does not have', async () => {
    const folder = folderOf({ 'a.nnet.json': sound });
    const { code, err } = await running(run, [path.join(folder, 'a.nnet.json'), '--set', 'depth=3']);
    expect(code).toBe(2);
    expect(err).toContain('has the parameters width');
  });

  it('compares what a layer computes, not only its shape, and takes a new file as all added', async () => {
    const folder = folderOf({ 'a.nnet.json': broken.replace('"in": ["bn2", "image"]', '"in": ["bn2", "relu1"]') });
    const file = path.join(folder, 'a.nnet.json');
    const git = (...args: string[]): void => void execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.invalid', ...args]);
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    const text = broken.replace('"in": ["bn2", "image"]', '"in": ["bn2", "bn1"]').replace('"BatchNorm2d", "in": ["conv2"]', '"BatchNorm2d", "in": ["conv2"], "eps": 0.001');
    writeFileSync(file, text);
    writeFileSync(path.join(folder, 'b.nnet.json'), sound);
    const { code, out } = await running(run, [folder, '--against', 'HEAD']);
    expect(code).toBe(0);
    expect(out).toContain('sum reads bn2, bn1 instead of bn2, relu1');
    expect(out).toContain('bn2 eps 0.00001 -> 0.001');
    expect(out).toMatch(/b\.nnet\.json against HEAD\n\nLayers added\n {2}conv Conv2d/);
  });

  it('compares a design with a commit, as text and as Markdown', async () => {
    const folder = folderOf({ 'a.nnet.json': sound });
    const file = path.join(folder, 'a.nnet.json');
    const git = (...args: string[]): void => void execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.invalid', ...args]);
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    writeFileSync(file, sound.replace('"=width"', '"=width * 2"').replace('"relu": {', '"bn": { "op": "BatchNorm2d", "in": ["conv"] },\n    "relu": {').replace('"in": ["conv"] }\n  },', '"in": ["bn"] }\n  },'));
    const { code, out } = await running(run, [file, '--against', 'HEAD']);
    expect(code).toBe(0);
    expect(out).toMatch(/Layers added\n {2}bn BatchNorm2d/);
    expect(out).toMatch(/conv out_channels 8 -> 16, N × 8 × 32 × 32 -> N × 16 × 32 × 32, \+224 parameters/);
    expect(out).toContain('parameters: 224 -> 480 (+256)');
    const markdown = await running(run, [file, '--against', 'HEAD', '--markdown']);
    expect(markdown.out).toContain('| parameters | 224 | 480 | +256 |');
    expect((await running(run, [file, '--against', 'no-such-ref'])).code).toBe(2);
  });
});
