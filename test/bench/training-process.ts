import { learningRate } from '../../lib/recipes/index.js';
import { openBackend } from '../../lib/task/backends/open.js';
import { initialWeights } from '../../lib/task/initialise.js';
import { answerTurns, runRacer } from './answer-turns.js';
import { prepare } from './prepared.js';

/** `training.cjs BACKEND NETWORK`: steps of ours on the network's first batch. */
runRacer(async ([name = '', network = '']) => {
  const backend = await openBackend(name);
  if (typeof backend === 'string') throw new Error(backend);
  const { planned, data } = prepare(network);
  const { program, recipe, sizes } = planned;
  const trainer = await backend.trainer(program, initialWeights(program, recipe.seed, sizes), { loss: recipe.loss, optimizer: recipe.optimizer, seed: recipe.seed });
  const batch = data.batch(0);
  let step = 0;
  await answerTurns(async () => {
    const start = performance.now();
    await trainer.step(batch, { step, rate: learningRate(recipe, step++), gradients: false });
    return performance.now() - start;
  });
});
