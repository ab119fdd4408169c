import type { Program } from '../../../program/program.js';
import type { Batch } from '../../data/dataset.js';
import type { Trainer } from '../backend.js';
import { sizesOf } from '../tfjs/network.js';
import { pack, type Packed } from './frame.js';
import { layersOf } from './layers.js';
import { weightsOf } from './model.js';
import type { PythonProcess } from './process.js';

/** JSON has no word for what is no number: it comes as "NaN" or "Infinity". */
type Numeral = number | 'NaN' | 'Infinity' | '-Infinity';

interface Measured {
  readonly loss: Numeral;
  readonly accuracy: number | null;
  readonly gradients?: Readonly<Record<string, Numeral>>;
}

/** Trains a model that Python holds. */
export function createTrainer(python: PythonProcess, model: number, program: Program, dispose: () => void): Trainer {
  const measured = async (request: Readonly<Record<string, unknown>> & { readonly do: string }, batch: Batch) => {
    const { loss, accuracy, gradients } = (await python.ask({ ...request, model }, tensorsOf(batch))).result as Measured;
    return {
      loss: Number(loss),
      ...(accuracy !== null && { accuracy }),
      ...(gradients && { gradients: Object.fromEntries(Object.entries(gradients).map(([path, norm]) => [path, Number(norm)])) }),
    };
  };
  return {
    step: (batch, options) => measured({ do: 'step', ...options }, batch),
    rehearse: async (batch) => (await python.ask({ do: 'rehearse', model }, tensorsOf(batch))).result as number,
    evaluate: (batch) => measured({ do: 'evaluate' }, batch),
    async firstNotFinite(batch, step) {
      const { result } = await python.ask({ do: 'first_not_finite', model, step, ...layersOf(program, sizesOf(program, batch.inputs)) }, tensorsOf(batch));
      return typeof result === 'string' ? result : undefined;
    },
    weights: () => weightsOf(python, model),
    dispose,
  };
}

function tensorsOf({ inputs, target, labels }: Batch): ReadonlyMap<string, Packed> {
  const tensors = new Map(inputs.map((each, i) => [`input${i}`, pack(each)]));
  tensors.set('target', pack(target));
  if (labels) tensors.set('labels', pack(labels));
  return tensors;
}
