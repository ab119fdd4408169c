import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { learningRate } from '../../lib/recipes/index.js';
import { openBackend } from '../../lib/task/backends/open.js';
import { initialWeights } from '../../lib/task/initialise.js';
import { forksOf, measuresRecord } from '../../lib/task/training/measures.js';
import { trainerOptions } from '../../lib/task/training/plan.js';
import { numbers } from '../../lib/recipes/index.js';
import { middle } from './clock.js';
import { prepare } from './prepared.js';

/**
 * `inside.cjs BACKEND TEMPLATE SECONDS`: prints the milliseconds of a step with looks inside and events as a run makes them, and of a step without either,
 * from the medians of steps with one, with the other and with none, which take turns.
 */
async function main([name = '', template = '', seconds = '10']: readonly string[]): Promise<void> {
  const backend = await openBackend(name);
  if (typeof backend === 'string') throw new Error(backend);
  const { planned, data } = prepare(template);
  const { program, recipe, sizes } = planned;
  const trainer = await backend.trainer(program, initialWeights(program, recipe.seed, sizes), trainerOptions(planned));
  const forks = forksOf(program);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'netwright-inside-'));
  const batch = await data.batch(0);
  const times = { plain: [] as number[], look: [] as number[], event: [] as number[] };
  let step = 0;
  const timed = async (kind: keyof typeof times): Promise<void> => {
    const start = performance.now();
    const { loss, gradients, measured } = await trainer.step(batch, { step: step++, rate: learningRate(recipe, 0), gradients: kind === 'event', measure: kind === 'look' });
    const record = measured ? measuresRecord(step, measured, forks) : { type: 'progress', step, loss, gradients };
    if (kind !== 'plain') appendFileSync(path.join(folder, 'events.jsonl'), `${JSON.stringify(record)}\n`);
    times[kind].push(performance.now() - start);
  };
  for (const end = performance.now() + Number(seconds) * 1000; performance.now() < end || times.look.length < 5; ) for (const kind of ['plain', 'look', 'plain', 'event'] as const) await timed(kind);
  // The first ones warm up.
  const [plain, look, event] = [times.plain.slice(4), times.look.slice(2), times.event.slice(2)].map(middle) as [number, number, number];
  // A look every so many steps, an event every tenth of a second at most.
  const ours = plain + Math.max(0, look - plain) / numbers.measure_every.default + Math.max(0, event - plain) * Math.min(1, plain / 100);
  console.log(`${ours} ${plain} ${look} ${event}`);
  trainer.dispose();
  rmSync(folder, { recursive: true });
}

void main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
