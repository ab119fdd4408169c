import type { Program } from '../../../program/program.js';
import type { Batch } from '../../data/dataset.js';
import type { Measured, NotFinite, Trainer } from '../backend.js';
import { sizesOf } from '../tfjs/network.js';
import { floats, integers, pack, type Packed } from './frame.js';
import { layersOf } from './layers.js';
import { packed, weightsOf } from './model.js';
import type { Weight } from '../../safetensors.js';
import type { PythonProcess } from './process.js';
import { meanWork } from './work.js';

/** JSON has no word for what is no number: it comes as "NaN" or "Infinity". */
type Numeral = number | 'NaN' | 'Infinity' | '-Infinity';

interface Result {
  readonly loss: Numeral;
  readonly overflow?: true;
  readonly measured?: unknown;
  readonly accuracy: number | null;
  readonly gradients?: Readonly<Record<string, Numeral>>;
}

/** Trains a model that Python holds. */
export function createTrainer(python: PythonProcess, model: number, program: Program, dispose: () => void): Trainer {
  const works = new Map<string, number>();
  const askOn = ({ inputs, own }: Batch, request: Readonly<Record<string, unknown>> & { readonly do: string }, tensors: ReadonlyMap<string, Packed>) => {
    const key = inputs.map(({ shape }) => shape.join()).join(';');
    let work = works.get(key);
    if (work === undefined) works.set(key, (work = meanWork(program, sizesOf(program, inputs))));
    return python.ask({ ...request, model, work, ...(own && { own }) }, tensors);
  };
  const measured = async (request: Readonly<Record<string, unknown>> & { readonly do: string }, batch: Batch) => {
    const { loss, overflow, accuracy, gradients, measured: inside } = (await askOn(batch, request, tensorsOf(batch))).result as Result;
    return {
      loss: Number(loss),
      ...(overflow && { overflow }),
      ...(inside !== undefined && { measured: numbersOf(inside) as Measured }),
      ...(accuracy !== null && { accuracy }),
      ...(gradients && { gradients: Object.fromEntries(Object.entries(gradients).map(([path, norm]) => [path, Number(norm)])) }),
    };
  };
  return {
    step: (batch, { measure, ...options }) => measured({ do: 'step', ...options, ...(measure && { inside: layersOf(program, sizesOf(program, batch.inputs)) }) }, batch),
    rehearse: async (batch) => (await askOn(batch, { do: 'rehearse' }, tensorsOf(batch))).result as number,
    evaluate: (batch) => measured({ do: 'evaluate' }, batch),
    async firstNotFinite(batch, step) {
      const { result } = await askOn(batch, { do: 'first_not_finite', step, ...layersOf(program, sizesOf(program, batch.inputs)) }, tensorsOf(batch));
      return (result ?? undefined) as NotFinite | undefined;
    },
    weights: () => weightsOf(python, model),
    async state() {
      const { result, tensors } = await python.ask({ do: 'state', model });
      return { numbers: result as Readonly<Record<string, number>>, tensors: new Map([...tensors].map(([name, each]): [string, Weight] => [name, each.dtype === 'int64' ? { shape: each.shape, dtype: 'I64', data: integers(each) } : { shape: each.shape, dtype: 'F32', data: floats(each) }])) };
    },
    async restore({ tensors, numbers }) {
      await python.ask({ do: 'restore', model, numbers }, new Map([...tensors].map(([name, each]) => [name, packed(each)])));
    },
    dispose,
  };
}

/** Every "NaN" and "Infinity" as the number that it stands for. */
function numbersOf(value: unknown): unknown {
  if (typeof value === 'string') return Number(value);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, numbersOf(each)])) : value;
}

/** Python takes the batch that it holds, where it holds one. */
function tensorsOf({ inputs, target, labels, own }: Batch): ReadonlyMap<string, Packed> {
  if (own) return new Map();
  const tensors = new Map(inputs.map((each, i) => [`input${i}`, pack(each)]));
  tensors.set('target', pack(target));
  if (labels) tensors.set('labels', pack(labels));
  return tensors;
}
