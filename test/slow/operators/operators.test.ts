import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from '../../../lib/document/parse.js';
import { exportPyTorch } from '../../../lib/interop/pytorch/index.js';
import { operators } from '../../../lib/operators/index.js';
import { buildProgram } from '../../../lib/program/index.js';
import type { Program } from '../../../lib/program/program.js';
import { loadTfjs, type LoadedTfjs } from '../../../lib/task/backends/tfjs/load.js';
import { loadWebGpu } from '../../../lib/task/backends/webgpu/open.js';
import { useSoftwareGpu } from '../../support/paths.js';
import { createNetwork } from '../../../lib/task/backends/tfjs/network.js';
import type { Tensor } from '../../../lib/task/backends/tfjs/tf.js';
import { random, shuffled } from '../../../lib/task/random.js';
import type { Weight } from '../../../lib/task/safetensors.js';
import { type Oracle, type Plain, relativeError, startOracle } from '../oracle.js';
import { type Case, cases, random as drawing } from './cases.js';

interface Truth {
  readonly outputs: readonly Plain[];
  readonly inputs: readonly (Plain | null)[];
  readonly weights: Readonly<Record<string, Plain | null>>;
  readonly buffers: Readonly<Record<string, Plain>>;
}

/** A design of one node, with the tensors that go into it. */
interface Prepared {
  readonly name: string;
  readonly program: Program;
  readonly code: string;
  readonly inputs: readonly Plain[];
  readonly state: Readonly<Record<string, Plain>>;
  readonly training: boolean;
}

const beforeOf = ({ ports: _, ...node }: NonNullable<Case['after']>): Readonly<Record<string, unknown>> => node;

function prepare(op: string, given: Case, training: boolean): Prepared {
  const name = `${op} ${JSON.stringify(given.p ?? {})} of ${given.in.map((shape) => shape.join('×')).join(', ')}${training ? '' : ', eval'}`;
  const generator = random(1, name);
  const names = given.in.map((_, i) => `x${i}`);
  // A left-out input is null, wherever it stands.
  const sources: (string | null)[] = [];
  let next = 0;
  while (next < names.length || given.out?.includes(sources.length)) sources.push(given.out?.includes(sources.length) ? null : (names[next++] as string));
  while (sources.at(-1) === null) sources.pop();
  const kinds = given.in.map((_, i) => given.kinds?.[i] ?? 'float');
  const inputs = given.in.map((shape, i): Plain => {
    const length = shape.reduce((all, size) => all * size, 1);
    const kind = kinds[i];
    if (typeof kind === 'object' && 'distinct' in kind) return { shape, dtype: 'int64', data: [...shuffled(kind.distinct, generator)].slice(0, length) };
    if (typeof kind === 'object') return { shape, dtype: 'int64', data: Array.from({ length }, () => generator.below(kind.below)) };
    if (kind === 'bool') return { shape, dtype: 'bool', data: Array.from({ length }, () => generator.uniform() < 0.5) };
    return { shape, dtype: 'float32', data: Array.from({ length }, () => Math.fround(kind === 'positive' ? 0.5 + 1.5 * generator.uniform() : kind === 'small' ? 2 * generator.uniform() - 1 : generator.normal())) };
  });
  const document = (outputs: readonly string[]): string =>
    JSON.stringify({
      nnet: 1,
      inputs: Object.fromEntries(names.map((each, i) => [each, { shape: given.in[i], ...(inputs[i]?.dtype !== 'float32' && { dtype: inputs[i]?.dtype }) }])),
      nodes: given.after ? { before: { in: sources, ...beforeOf(given.after) }, node: { op, in: given.after.ports.map((port) => `before${port}`), ...given.p } } : { node: { op, in: sources, ...given.p } },
      outputs,
    });
  const probe = buildProgram(parse(document(['node'])).document);
  const count = probe.node('node')?.outputs.length ?? 1;
  const program = buildProgram(parse(document(Array.from({ length: count }, (_, i) => (i ? `node.${i}` : 'node')))).document);
  expect(program.findings.filter(({ severity = 'error' }) => severity === 'error').map(({ message }) => message), name).toEqual([]);
  const state: Record<string, Plain> = {};
  for (const [key, spec] of program.weights) {
    const shape = spec.shape as readonly number[];
    const length = shape.reduce((all, size) => all * size, 1);
    if (spec.dtype === 'int64') state[key] = { shape, dtype: 'int64', data: Array.from({ length }, () => 3) };
    else state[key] = { shape, data: Array.from({ length }, () => Math.fround(key.endsWith('running_var') ? 0.5 + generator.uniform() : 0.5 * generator.normal())) };
  }
  return { name, program, code: exportPyTorch(program, { fileName: 'design.nnet.json' }), inputs, state, training };
}

const upstream = (outputs: readonly Plain[], name: string): readonly Plain[] => {
  const generator = random(2, name);
  return outputs.map(({ shape, data }) => ({ shape, data: data.map(() => Math.fround(generator.normal())) }));
};

const oracles = new Map<string, Truth>();
let oracle: Oracle;
const loaded = new Map<string, LoadedTfjs>();

beforeAll(() => {
  oracle = startOracle();
});
afterAll(() => oracle.close());

async function truthOf({ name, code, state, inputs, training }: Prepared): Promise<{ readonly truth: Truth; readonly up: readonly Plain[] }> {
  const known = oracles.get(name);
  if (known) return { truth: known, up: upstream(known.outputs, name) };
  const forward = await oracle.ask<Truth>({ do: 'run', code, state, inputs, training, upstream: null });
  const up = upstream(forward.outputs, name);
  const truth = await oracle.ask<Truth>({ do: 'run', code, state, inputs, training, upstream: up });
  oracles.set(name, truth);
  return { truth, up };
}

/** What the interpreter makes of the same tensors. */
async function computed({ tf, engine }: LoadedTfjs, { program, state, inputs, training }: Prepared, up: readonly Plain[]): Promise<Truth> {
  await tf.setBackend(engine);
  const weights = new Map(Object.entries(state).map(([key, { shape, data, dtype }]): [string, Weight] => [key, dtype === 'int64' ? { shape, dtype: 'I64', data: Float64Array.from(data as number[]) } : { shape, dtype: 'F32', data: Float32Array.from(data as number[]) }]));
  const network = createNetwork(tf, program, weights);
  const given = inputs.map(({ shape, data, dtype }) => {
    const tensor = tf.tensor(dtype === 'bool' ? Uint8Array.from(data as boolean[], Number) : dtype === 'int64' ? Int32Array.from(data as number[]) : Float32Array.from(data as number[]), [...shape], dtype === 'float32' ? 'float32' : dtype === 'bool' ? 'bool' : 'int32');
    return dtype === 'float32' ? tf.variable(tensor) : tensor;
  });
  const floats = given.filter((_, i) => inputs[i]?.dtype === 'float32') as ReturnType<typeof tf.variable>[];
  const learned = [...network.learned];
  let outputs: Tensor[] = [];
  const lossOf = (): Tensor => {
    outputs = network.forward(given, { training, step: 0, seed: 0 }).map((each) => tf.keep(tf.clone(each)));
    const terms = outputs.flatMap((each, i) => (each.dtype === 'float32' ? [tf.sum(tf.mul(each, tf.tensor(up[i]?.data as number[], [...(up[i]?.shape ?? [])])))] : []));
    return terms.length ? terms.reduce((a, b) => tf.add(a, b)) : tf.scalar(0);
  };
  const variables = [...floats, ...learned.map(([, variable]) => variable)];
  let gradients: Record<string, Tensor> = {};
  try {
    if (variables.length) gradients = tf.variableGrads(lossOf as never, variables).grads;
    else tf.tidy(lossOf);
  } catch (error) {
    // Comparisons and roundings have nothing to learn from.
    if (!String(error).includes('Cannot find a connection')) throw error;
  }
  const plain = async (tensor: Tensor | undefined): Promise<Plain | null> => (tensor ? { shape: tensor.shape, data: [...(await tensor.data())] } : null);
  const result: Truth = {
    outputs: (await Promise.all(outputs.map(plain))) as Plain[],
    inputs: await Promise.all(given.map((each) => plain(gradients[(each as { name?: string }).name ?? '']))),
    weights: Object.fromEntries(await Promise.all(learned.map(async ([key, variable]) => [key, await plain(gradients[variable.name])] as const))),
    buffers: Object.fromEntries(await Promise.all([...network.buffers].map(async ([key, variable]) => [key, (await plain(variable)) as Plain] as const))),
  };
  network.dispose();
  tf.dispose([...given, ...outputs, ...Object.values(gradients)] as never);
  return result;
}

/** What differs by more than 1e-4, in words. */
function differences(actual: Truth, expected: Truth): readonly string[] {
  const compare = (what: string, a: Plain | null | undefined, e: Plain | null | undefined): readonly string[] => {
    // PyTorch gives None, tfjs nothing, where no gradient arrives; zeros mean the same.
    if (!e || !a) return [a, e].every((each) => !each || each.data.every((value) => Number(value) === 0)) ? [] : [`${what}: ${a ? 'only here' : 'missing'}`];
    if (a.shape.join() !== e.shape.join()) return [`${what}: shape ${a.shape.join('×')} for ${e.shape.join('×')}`];
    const error = relativeError(a.data as number[], e.data as number[]);
    return error < 1e-4 ? [] : [`${what}: relative error ${error.toExponential(2)}`];
  };
  return [
    ...expected.outputs.flatMap((each, i) => compare(`output ${i}`, actual.outputs[i], each)),
    ...expected.inputs.flatMap((each, i) => compare(`gradient of input ${i}`, actual.inputs[i], each)),
    ...Object.entries(expected.weights).flatMap(([key, each]) => compare(`gradient of ${key}`, actual.weights[key], each)),
    ...Object.entries(expected.buffers).flatMap(([key, each]) => compare(`buffer ${key}`, actual.buffers[key], each)),
  ];
}

test('every operator is compared with PyTorch, or draws random numbers', () => {
  expect([...operators.keys()].filter((type) => !Object.hasOwn(cases, type) && !drawing.includes(type))).toEqual([]);
});

// The software driver of WebGPU computes as a GPU does, only slower.
describe.each(['tfjs-node', 'wasm', 'tfjs-webgpu'] as const)('%s gives the numbers of PyTorch, forward and backward', (kind) => {
  beforeAll(async () => {
    if (kind === 'tfjs-webgpu') useSoftwareGpu();
    loaded.set(kind, kind === 'tfjs-webgpu' ? await loadWebGpu() : await loadTfjs(kind));
  });
  test.each(Object.keys(cases).filter((type) => operators.has(type)))('%s', async (type) => {
    const wrong: string[] = [];
    for (const given of cases[type] ?? [])
      for (const training of given.modes ? [true, false] : [true]) {
        const prepared = prepare(type, given, training);
        const { truth, up } = await truthOf(prepared);
        try {
          wrong.push(...differences(await computed(loaded.get(kind) as LoadedTfjs, prepared, up), truth).map((each) => `${prepared.name}: ${each}`));
        } catch (error) {
          wrong.push(`${prepared.name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    expect(wrong.join('\n')).toBe('');
  });
});
