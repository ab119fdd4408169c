import type { Batches } from '../../../lib/task/data/dataset.js';
import { createRunFolder, type RunFolder } from '../../../lib/task/runs/folder.js';
import { resumable } from '../../../lib/task/runs/resume.js';
import type { Weight } from '../../../lib/task/safetensors.js';
import type { Plan } from '../../../lib/task/training/plan.js';
import { train } from '../../../lib/task/training/run.js';

/** `writer.cjs HOME STEPS [RUN]`: makes a run of this many steps, or goes on with one. All of it is a run's own, but the network: whose values say how many steps it has made. */
async function main([home = '.', steps = '10', before]: readonly string[]): Promise<void> {
  const found = before === undefined ? undefined : resumable(home, before);
  if (typeof found === 'string') throw new Error(found);
  const checkpoint = found?.checkpoint;
  let [weight, slot] = [checkpoint?.weights.get('w')?.data[0] ?? 0, checkpoint?.trainer.tensors.get('m')?.data[0] ?? 0];
  const tensor = (value: number): Weight => ({ shape: [50_000], dtype: 'F32', data: new Float32Array(50_000).fill(value) });
  const recipe = { steps: Number(steps), batch_size: 1, optimizer: { name: 'sgd', lr: 1 }, schedule: { name: 'constant', warmup: 0 } };
  const folder: RunFolder = createRunFolder(home, { command: 'train', file: 'net.nnet.json', design: '{}', recipe: 'quick', settings: recipe, set: {}, backend: 'none', device: 'none', reason: '', versions: {}, ...(found && { resumed: { run: found.run.id, step: checkpoint?.passed.step ?? 0 } }) });
  const batch = { inputs: [], target: { shape: [1], data: new Float32Array(1) } };
  const data: Batches = { train: 1, test: 0, batch: () => batch, rehearsal: () => batch, tests: () => [] };
  const finished = await train({
    plan: { recipe } as unknown as Plan,
    data,
    trainer: {
      async step(_batch, { step }) {
        if (weight !== step) throw new Error(`step ${step} of a network that has made ${weight}`);
        [weight, slot] = [step + 1, 2 * (step + 1)];
        return { loss: 1 / (step + 1) };
      },
      rehearse: async () => 1,
      evaluate: async () => ({ loss: 1 }),
      firstNotFinite: async () => undefined,
      weights: async () => new Map([['w', tensor(weight)]]),
      state: async () => ({ tensors: new Map([['m', tensor(slot)]]), numbers: {} }),
      restore: async () => undefined,
      dispose: () => undefined,
    },
    record: folder.append,
    stopAsked: () => false,
    testSeconds: 0,
    checkpointEvery: 1,
    checkpoint: async (passed) => folder.saveCheckpoint({ weights: new Map([['w', tensor(weight)]]), trainer: { tensors: new Map([['m', tensor(slot)]]), numbers: {} }, passed }),
    ...(checkpoint && { from: checkpoint.passed }),
  });
  folder.saveWeights(new Map([['w', tensor(weight)]]));
  folder.append(finished);
}

void main(process.argv.slice(2));
