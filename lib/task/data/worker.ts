import { parentPort, workerData } from 'node:worker_threads';
import type { Batch, DataRecipe, Dataset, Wanted } from './dataset.js';
import { openDataset } from './dataset.js';
import { imageFolder } from './image-folder.js';
import { loadJpegDecoder } from './jpeg.js';
import { type DataCode, DataProblem } from './problem.js';

/** What the thread is started with. */
export interface Task {
  readonly recipe: DataRecipe;
  readonly wanted: Wanted;
  readonly fixed: boolean;
  readonly home: string;
  /** Steps of the run. */
  readonly steps: number;
}

/** Which batch is wanted: of a step, of the tests, or the first so many samples. */
export type Wish = { readonly step: number } | { readonly test: number } | { readonly rehearsal: number };

export interface Request {
  readonly id: number;
  readonly wish: Wish;
}

export interface Opened {
  readonly train: number;
  readonly test: number;
  readonly testBatches: number;
  readonly notes: readonly string[];
}

/** A DataProblem as it travels. */
export interface Failure {
  readonly code: DataCode;
  readonly message: string;
  readonly setting: readonly string[];
}

/** `trouble` was not asked for: a file that the run will read is damaged. */
export type Answer = { readonly trouble: Failure } | { readonly opened: Opened } | { readonly id: number; readonly batch: Batch } | { readonly id?: number; readonly failure: Failure };

/** Opens the data set, then makes one batch after the other in the order in which they are asked for. */
async function serve(port: NonNullable<typeof parentPort>, { recipe, wanted, fixed, home, steps }: Task): Promise<void> {
  let data: Dataset;
  try {
    if (recipe.dataset === 'images') await loadJpegDecoder();
    data = openDataset(recipe, wanted, fixed, { home, images: imageFolder });
  } catch (error) {
    port.postMessage({ failure: failureOf(error) } satisfies Answer);
    return;
  }
  const { train, test, testBatches, notes } = data;
  port.postMessage({ opened: { train, test, testBatches, notes } } satisfies Answer);
  let checking = false;
  port.on('message', ({ id, wish }: Request) => {
    if ('step' in wish && !checking) {
      checking = true;
      checkBeside(data.checks(wish.step, steps), (failure) => port.postMessage({ trouble: failure } satisfies Answer));
    }
    try {
      const batch = 'step' in wish ? data.batch(wish.step) : 'test' in wish ? data.testBatch(wish.test) : data.rehearsal(wish.rehearsal);
      port.postMessage({ id, batch } satisfies Answer, buffersOf(batch));
    } catch (error) {
      port.postMessage({ id, failure: failureOf(error) } satisfies Answer);
    }
  });
}

/** Of the time of a core, what looking through files beside a run may take. */
const share = 0.1;

/** Goes through checks one at a time, so that a batch that is asked for waits for one of them at most, and ends with the first that fails. */
function checkBeside(checks: Generator<void>, failed: (failure: Failure) => void): void {
  const start = performance.now();
  try {
    if (checks.next().done) return;
  } catch (error) {
    return failed(failureOf(error));
  }
  setTimeout(() => checkBeside(checks, failed), (performance.now() - start) * (1 / share - 1));
}

/** The memory of a batch moves to the other thread instead of being copied. */
function buffersOf({ inputs, target, labels }: Batch): ArrayBuffer[] {
  return [...new Set([...inputs, target, ...(labels ? [labels] : [])].map(({ data }) => data.buffer as ArrayBuffer))];
}

function failureOf(error: unknown): Failure {
  if (error instanceof DataProblem) return { code: error.code, message: error.message, setting: error.setting };
  return { code: 'data-worker', message: error instanceof Error ? error.message : String(error), setting: [] };
}

if (parentPort) void serve(parentPort, workerData as Task);
