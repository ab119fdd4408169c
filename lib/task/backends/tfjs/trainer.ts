import type { Program } from '../../../program/program.js';
import type { Batch } from '../../data/dataset.js';
import type { Weight, Weights } from '../../safetensors.js';
import type { HostTensor, Trainer, TrainerOptions } from '../backend.js';
import { lossFunctions, rightAnswers } from './loss.js';
import { createNetwork, stillNorms } from './network.js';
import { createOptimizer, type Gathered } from './optimizer.js';
import { createMeasures } from './measures.js';
import { firstNotFinite } from './not-finite.js';
import type { Taps } from './taps.js';
import type { Tensor, TF } from './tf.js';

export function createTrainer(tf: TF, program: Program, weights: Weights, { loss, loss_settings: settings = {}, optimizer, clip = null, frozen = [], seed }: TrainerOptions): Trainer {
  const network = createNetwork(tf, program, weights);
  const stays = new Set(frozen);
  const still = stillNorms(program, stays);
  const learning = new Map([...network.learned].filter(([key]) => !stays.has(key)));
  const updates = createOptimizer(tf, optimizer, learning, clip);
  const keyOf = new Map([...learning].map(([key, variable]) => [variable.name, key]));
  const variables = [...learning.values()];

  const upload = ({ shape, data }: HostTensor): Tensor => tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');
  const put = (batch: Batch) => ({ inputs: batch.inputs.map(upload), target: upload(batch.target), labels: batch.labels && upload(batch.labels) });

  /** Loss and gradients; `output` survives for the accuracy and must be disposed of. */
  function backward(batch: Batch, step: number, track: boolean, taps?: Taps) {
    const given = put(batch);
    let right: Tensor | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const [output] = network.forward(given.inputs, { training: true, step, seed, track, still, ...(taps && { taps }) });
      if (given.labels) right = tf.keep(rightAnswers(tf, output as Tensor, given.labels));
      return lossFunctions[loss](tf, { output: output as Tensor, target: given.target }, settings) as never;
    }, variables);
    tf.dispose([given.inputs, given.target, given.labels ?? []] as never);
    const gradients = new Map<string, Tensor>();
    for (const [name, gradient] of Object.entries(grads)) {
      const key = keyOf.get(name);
      if (key !== undefined) gradients.set(key, gradient);
    }
    return { value: value as Tensor, right, gradients };
  }

  /** Norms by node path: the root of the sum of squares over the node's own tensors. Summed here, since a call of an operation for each tensor costs more. */
  async function norms({ keys, gradient }: Gathered): Promise<Readonly<Record<string, number>>> {
    const values = await gradient.data();
    const byNode = new Map<string, number>();
    let at = 0;
    for (const key of keys) {
      const path = program.nodes[program.weights.get(key)?.owner ?? -1]?.path ?? key;
      let sum = byNode.get(path) ?? 0;
      for (const end = at + (learning.get(key)?.size ?? 0); at < end; at++) sum += (values[at] as number) ** 2;
      byNode.set(path, sum);
    }
    return Object.fromEntries([...byNode].map(([path, sum]) => [path, Math.sqrt(sum)]));
  }

  return {
    async step(batch, { step, rate, gradients: wanted, measure }) {
      const measures = measure ? createMeasures(tf, program) : undefined;
      const { value, right, gradients } = backward(batch, step, true, measures?.taps);
      const gathered = updates.gather(gradients);
      const lossValue = (await value.data())[0] as number;
      const answered = right && ((await right.data())[0] as number) / (batch.labels?.data.length ?? 1);
      const overflow = gathered !== undefined && Number.isFinite(lossValue) && !Number.isFinite((await gathered.sum.data())[0]);
      const normsByNode = wanted && gathered ? await norms(gathered) : undefined;
      const changed = measures?.parameters(gradients, network.learned);
      if (gathered && Number.isFinite(lossValue) && !overflow) updates.apply(gathered, rate);
      else if (gathered) tf.dispose([gathered.gradient, gathered.sum]);
      changed?.();
      const measured = await measures?.read();
      tf.dispose([value, right ?? [], ...gradients.values()] as never);
      return { loss: lossValue, ...(overflow && { overflow }), ...(answered !== undefined && { accuracy: answered }), ...(normsByNode && { gradients: normsByNode }), ...(measured && { measured }) };
    },
    async rehearse(batch) {
      const start = performance.now();
      const { value, right, gradients } = backward(batch, 0, false);
      await value.data();
      const elapsed = performance.now() - start;
      tf.dispose([value, right ?? [], ...gradients.values()] as never);
      return elapsed;
    },
    async evaluate(batch) {
      const [value, right] = tf.tidy(() => {
        const given = put(batch);
        const [output] = network.forward(given.inputs, { training: false, step: 0, seed });
        return [lossFunctions[loss](tf, { output: output as Tensor, target: given.target }, settings), given.labels ? rightAnswers(tf, output as Tensor, given.labels) : tf.scalar(-1)] as [Tensor, Tensor];
      });
      const [mean, answered] = [(await value.data())[0] as number, (await right.data())[0] as number];
      tf.dispose([value, right]);
      return { loss: mean, ...(answered >= 0 && { accuracy: answered / (batch.labels?.data.length ?? 1) }) };
    },
    firstNotFinite: (batch, step) => firstNotFinite(tf, program, (taps) => backward(batch, step, false, taps)),
    async weights() {
      const result = new Map<string, Weight>();
      for (const [key, spec] of program.weights) {
        const variable = network.learned.get(key) ?? network.buffers.get(key);
        if (!variable) continue;
        const data = await variable.data();
        result.set(key, spec.dtype === 'int64' ? { shape: variable.shape, dtype: 'I64', data: Float64Array.from(data) } : { shape: variable.shape, dtype: 'F32', data: Float32Array.from(data) });
      }
      return result;
    },
    state: () => updates.state(),
    async restore(state) {
      updates.restore(state);
    },
    dispose() {
      updates.dispose();
      network.dispose();
    },
  };
}
