import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from '../../lib/document/index.js';
import type { JsonValue } from '../../lib/document/json.js';
import { spacedSlices } from '../../lib/interop/pytorch/code.js';
import { classNameOf, exportPyTorch } from '../../lib/interop/pytorch/index.js';
import { variable } from '../../lib/interop/pytorch/python.js';
import { buildProgram, type Program } from '../../lib/program/index.js';
import { evaluateDim, product, type Shape } from '../../lib/shapes/index.js';
import { convert, type Net } from '../program/fx.js';
import { root, torchPython } from '../support/paths.js';
import { cases } from './cases.js';
import { refusals, switches } from './switches.js';

/** One network to be run: its code, the constructor's arguments, and the program that says what must come out. */
interface Run { readonly name: string; readonly code: string; readonly className: string; readonly settings: Readonly<Record<string, JsonValue>>; readonly program: Program }
interface Result { readonly error?: string; readonly outputs?: unknown; readonly parameters?: number; readonly state?: Readonly<Record<string, readonly number[]>> }

/** The batch that stands for N. */
const sizes = new Map([['N', 2], ['B', 2], ['L', 6], ['T', 6], ['H', 32], ['W', 32]]);
const numbers = (shape: Shape | null): readonly (number | null)[] | null => shape && shape.map((dim) => evaluateDim(dim, sizes));

function runsOf(name: string, text: string, settings: readonly Readonly<Record<string, JsonValue>>[] = [], exported: Readonly<Record<string, JsonValue>> = {}): readonly Run[] {
  const parsed = parse(text);
  expect(parsed.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const program = buildProgram(parsed.document, { set: exported });
  expect(program.findings.filter(({ severity = 'error' }) => severity === 'error').map(({ message }) => message)).toEqual([]);
  const fileName = `${name}.nnet.json`;
  const code = exportPyTorch(program, { fileName });
  return [{}, ...settings].map((set, k) => {
    const built = k === 0 ? program : buildProgram(parsed.document, { set: { ...exported, ...set } });
    expect(built.findings.filter(({ severity = 'error' }) => severity === 'error').map(({ message }) => message)).toEqual([]);
    return { name: k === 0 ? name : `${name} with ${JSON.stringify(set)}`, code, className: classNameOf(fileName), settings: set, program: built };
  });
}

function files(folder: string, settings: Readonly<Record<string, readonly Readonly<Record<string, JsonValue>>[]>> = {}): readonly Run[] {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder)).filter((file) => file.endsWith('.nnet.json')).flatMap((file) => {
    const name = file.replace('.nnet.json', '');
    const text = readFileSync(path.join(root, folder, file), 'utf8');
    return parse(text).document.root.outputs.length === 0 ? [] : runsOf(name, text, settings[name]);
  });
}

/** One of each family of traced networks; others differ in depth only. */
const families = ['alexnet', 'article_dense_block', 'fcn_resnet50', 'googlenet', 'lraspp_mobilenet_v3_large', 'mobilenet_v2', 'resnext50_32x4d', 'seed_article_resnet34_head', 'smp_fpn_resnet18', 'smp_unet_resnet34', 'squeezenet1_1', 'timm_mixer_s16', 'unet_valid_572', 'vgg16_bn', 'vit_b_16'];
const traced = families.map((name) => runsOf(name, convert(JSON.parse(readFileSync(path.join(root, 'test/fixtures/truth/nets', `${name}.json`), 'utf8')) as Net).text)[0]!);
const groups: Readonly<Record<string, readonly Run[]>> = {
  examples: files('test/fixtures/examples', { 'residual-20': [{ depth: 56 }, { skip: false }] }),
  templates: files('media/templates', {
    unet: [{ width: 8, size: 64, channels: 1, classes: 3 }], resnet34: [{ width: 8, size: 64, classes: 7 }], densenet121: [{ growth: 8, size: 64 }],
    highway: [{ depth: 3, units: 20 }], transformer: [{ depth: 2, width: 32, heads: 8, length: 5 }], 'residual-20': [{ depth: 32 }], 'plain-20': [{ depth: 32 }],
  }),
  'designs of every construct': cases.flatMap(({ name, design, settings }) => runsOf(name, JSON.stringify({ nnet: 1, ...design }), settings)),
  'switches and odd names': switches.flatMap(({ name, design, settings, exported }) => runsOf(name, JSON.stringify({ nnet: 1, ...design }), settings, exported)),
  'templates exported with other values': [
    ...runsOf('residual-20', readFileSync(path.join(root, 'media/templates/residual-20.nnet.json'), 'utf8'), [{ skip: true }, { depth: 20, skip: true }], { depth: 56, skip: false }),
    ...runsOf('transformer', readFileSync(path.join(root, 'media/templates/transformer.nnet.json'), 'utf8'), [{ depth: 3 }], { depth: 2, width: 32 }),
  ],
  'traced networks': traced,
};
const refused = refusals.flatMap(({ name, design, settings, exported }) => runsOf(name, JSON.stringify({ nnet: 1, ...design }), settings, exported).slice(1));
const all = [...Object.values(groups).flat(), ...refused];
const results = new Map<Run, Result>();

beforeAll(async () => {
  const given = all.map(({ name, code, className, settings, program }) => ({
    name, code, class: className,
    arguments: Object.fromEntries(Object.entries(settings).map(([key, value]) => [variable(key), value])),
    inputs: program.inputs.map(({ tensor }) => [numbers(tensor.shape), tensor.dtype]),
  }));
  const child = spawn(torchPython(), [path.join(root, 'test/interop/run.py')]);
  child.stdin.end(JSON.stringify(given));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (stdout === '') throw new Error(stderr);
  (JSON.parse(stdout) as Result[]).forEach((result, k) => results.set(all[k]!, result));
}, 300_000);

describe.each(Object.entries(groups).filter(([, runs]) => runs.length > 0))('the PyTorch code of %s', (_group, runs) => {
  it.each(runs.map((run) => [run.name, run] as const))('%s gives the shapes, parameters and state_dict of the design', (_name, run) => {
    const { error, outputs, parameters, state } = results.get(run)!;
    if (error !== undefined) throw new Error(`${error}\n${run.code}`);
    const { program } = run;
    const shapes = program.outputs.map(({ value }) => numbers(value.tensor.shape));
    const named = program.document.root.outputs.some(({ name }) => name !== undefined);
    expect(outputs).toEqual(named ? Object.fromEntries(program.outputs.map(({ name }, k) => [name, shapes[k]])) : shapes.length === 1 ? shapes[0] : shapes);
    const weights = [...program.weights.values()];
    expect(parameters).toBe(weights.filter(({ learned }) => learned).reduce((sum, { shape }) => sum + Number(product(shape)), 0));
    // The tensors of a declared operator are known by their count only.
    const opaque = weights.filter((weight) => weight.opaque).map(({ key }) => `${key}.`);
    const known = Object.entries(state!).filter(([key]) => !opaque.some((start) => key.startsWith(start)));
    expect(Object.fromEntries(known)).toEqual(Object.fromEntries(weights.filter((weight) => !weight.opaque).map(({ key, shape }) => [key, numbers(shape)])));
  });
});

describe('the PyTorch code of a design that knows nothing of an argument', () => {
  it.each(refused.map((run) => [run.name, run] as const))('%s is refused', (_name, run) => {
    expect(results.get(run)!.error, run.code).toMatch(/^ValueError: .*export again/u);
  });
});

describe('the PyTorch code', () => {
  it('fits in lines of 88 characters and has no tabs or trailing blanks', () => {
    for (const { code } of [...groups['examples']!, ...groups['designs of every construct']!]) {
      expect(code.split('\n').filter((line) => line.length > 88 || /\s$|\t/u.test(line))).toEqual([]);
    }
  });

  it('says in forward where a shape becomes another, as the design has it', () => {
    const nodes = { c: { op: 'Conv2d', in: ['x'], out_channels: '=width', kernel_size: 3, stride: 2, padding: 1 }, r: { op: 'ReLU', in: ['c'], repeat: 2 }, f: { op: 'Flatten', in: ['r'] } };
    const { document } = parse(JSON.stringify({ nnet: 1, params: { width: 8 }, inputs: { x: { shape: ['N', 3, 16, 16] } }, nodes, outputs: ['f'] }));
    const forward = exportPyTorch(buildProgram(document, { set: { width: 6 } })).split('def forward')[1]!;
    expect(forward).toBe('(self, x):\n        x = self.c(x)  # N × 6 × 8 × 8\n        x = self.r(x)\n        x = self.f(x)  # N × 384\n        return x\n');
  });

  it('sets spaces in slices as Black does', () => {
    expect(['x[:, 1:, ::2]', 'x[:, ::self.stride]', 'x[self.from_:self.to_, 3:]', 'x[:, self.k:]', 'torch.cat([a, b], dim=1)'].map(spacedSlices)).toEqual(['x[:, 1:, ::2]', 'x[:, :: self.stride]', 'x[self.from_ : self.to_, 3:]', 'x[:, self.k :]', 'torch.cat([a, b], dim=1)']);
  });

  it('asks for the fewest conditions by which sizes are told apart', () => {
    const linear = (source: string, more: object): object => ({ op: 'Linear', in: [source], out_features: 4, ...more });
    const nodes = { a: linear('x', { out_features: '=d * 2', when: "=act == 'gelu'" }), r: { op: 'ReLU', in: ['a'], when: '=skip' }, b: linear('r', { out_features: 5, repeat: '=(depth - 2) / 6' }), f: linear('b', { out_features: 3 }) };
    const { document } = parse(JSON.stringify({ nnet: 1, params: { d: 2, act: 'gelu', skip: true, depth: 14 }, inputs: { x: { shape: ['N', 4] } }, nodes, outputs: ['f'] }));
    expect(exportPyTorch(buildProgram(document))).toContain('nn.Linear(5 if depth > 2 else 2 * d if act == "gelu" else 4, 3)');
  });

  it('asks whoever makes the network for a size that only the data tells', () => {
    const { document } = parse(JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 3, 'H', 'W'] } }, nodes: { f: { op: 'Flatten', in: ['x'] }, l: { op: 'Linear', in: ['f'], out_features: 10 } }, outputs: ['l'] }));
    const code = exportPyTorch(buildProgram(document));
    expect(code).toContain('def __init__(self, l_in_features):');
    expect(code).toContain('nn.Linear(l_in_features, 10)');
  });

  it('refuses inputs of sizes that ask for a layer which no network had', () => {
    const nodes = { l: { op: 'Linear', in: ['x'], out_features: 4, when: '=dim(x, 1) > 9' }, r: { op: 'ReLU', in: ['l'] } };
    const { document } = parse(JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 8] } }, nodes, outputs: ['r'] }));
    const code = exportPyTorch(buildProgram(document));
    expect(code).toContain('if x.shape[1] > 9:\n            raise ValueError("exported without l; export again for inputs of this size")');
    const run = 'import sys, torch; scope = {}; exec(sys.stdin.read(), scope); net = scope["Network"](); print(list(net(torch.ones(2, 8)).shape)); net(torch.ones(2, 10))';
    const { stdout, stderr } = spawnSync(torchPython(), ['-c', run], { input: code, encoding: 'utf8' });
    expect(stdout.trim()).toBe('[2, 8]');
    expect(stderr).toContain('ValueError: exported without l');
  });

  it('names the class after the file', () => {
    expect(['resnet34-head.nnet.json', '/a/b/u_net 2.nnet.json', '34.nnet.json', 'Unet.nnet.json', '.nnet.json', 'class.nnet.json'].map(classNameOf)).toEqual(['Resnet34Head', 'UNet2', 'Net34', 'Unet', 'Net', 'Class']);
  });
});
