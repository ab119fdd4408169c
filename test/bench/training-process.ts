import { learningRate } from '../../lib/recipes/index.js';
import { openBackend } from '../../lib/task/backends/open.js';
import { initialWeights } from '../../lib/task/initialise.js';
import { middle } from './clock.js';
import { prepare } from './prepared.js';

/** `training.cjs BACKEND TEMPLATE SECONDS`: prints the median milliseconds of a step on the template's first batch. */
async function main([name = '', template = '', seconds = '5']: readonly string[]): Promise<void> {
  const backend = await openBackend(name);
  if (typeof backend === 'string') throw new Error(backend);
  const { planned, data } = prepare(template);
  const { program, recipe, sizes } = planned;
  const trainer = await backend.trainer(program, initialWeights(program, recipe.seed, sizes), { loss: recipe.loss, optimizer: recipe.optimizer, seed: recipe.seed });
  const batch = data.batch(0);
  const times: number[] = [];
  for (let step = 0, end = performance.now() + Number(seconds) * 1000; performance.now() < end || times.length < 8; step++) {
    const start = performance.now();
    await trainer.step(batch, { step, rate: learningRate(recipe, step), gradients: false });
    times.push(performance.now() - start);
  }
  console.log(middle(times.slice(5)));
  trainer.dispose();
}

void main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
