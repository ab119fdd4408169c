import { existsSync } from 'node:fs';
import modules from 'node:module';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageFolder } from '../package-folder.js';
import type { Batch, Batches, DataRecipe, Wanted } from './dataset.js';
import { DataProblem } from './problem.js';
import type { Answer, Failure, Opened, Task, Wish } from './worker.js';

/** Data that a thread of its own reads ahead. */
export interface DataSource extends Batches {
  readonly notes: readonly string[];
  batch(step: number): Promise<Batch>;
  rehearsal(size: number): Promise<Batch>;
  tests(): AsyncIterable<Batch>;
  /** Ends the thread, at once. */
  close(): void;
}

export interface OpenDataOptions {
  /** The folder of the design, to which the recipe's paths are relative. */
  readonly home: string;
  /** The network's batch size is written. */
  readonly fixed?: boolean;
  /** Batches that are made ahead of the one that is taken; unless given, as many as are useful and fit in memory. */
  readonly ahead?: number;
  /** No batch at or behind this step is made ahead. */
  readonly steps?: number;
}

/** Bytes that batches made ahead may take. */
const room = 256 * 1024 * 1024;

/**
 * Opens a data set in a thread, looks through its files, and reads batches ahead of the training loop: where a core is free, no step waits for reading.
 * A batch hangs on its step alone, so the order is the same whatever the timing. Answers a DataProblem where the files are not what they should be.
 */
export async function openData(recipe: DataRecipe, wanted: Wanted, { home, fixed = false, ahead = depth(recipe, wanted), steps = Infinity }: OpenDataOptions): Promise<DataSource | DataProblem> {
  const thread = startThread({ recipe, wanted, fixed, home, steps });
  const opened = await thread.opened;
  if (opened instanceof DataProblem) {
    thread.close();
    return opened;
  }
  const { train, test, testBatches, notes } = opened;
  /** Batches asked for and not yet taken, by step; none is asked for twice. */
  const coming = new Map<number, Promise<Batch>>();
  const take = (step: number): Promise<Batch> => {
    for (const other of coming.keys()) if (other < step || other > step + ahead) coming.delete(other);
    for (let next = step; next <= step + ahead && (next === step || next < steps); next++) if (!coming.has(next)) coming.set(next, thread.ask({ step: next }));
    const batch = coming.get(step) as Promise<Batch>;
    coming.delete(step);
    return batch;
  };
  return {
    train,
    test,
    notes,
    batch: take,
    rehearsal: (size) => thread.ask({ rehearsal: size }),
    async *tests() {
      const asked: Promise<Batch>[] = [];
      for (let index = 0; index < testBatches; index++) {
        for (let next = index + asked.length; next <= Math.min(index + ahead, testBatches - 1); next++) asked.push(thread.ask({ test: next }));
        yield await (asked.shift() as Promise<Batch>);
      }
    },
    close: thread.close,
  };
}

/** Two to eight batches, as memory allows. */
function depth({ batch_size }: DataRecipe, { input, output }: Wanted): number {
  const values = [input, output].reduce((sum, shape) => sum + shape.reduce((all, size) => all * size, 1), 0);
  return Math.max(2, Math.min(8, Math.floor(room / (4 * batch_size * Math.max(1, values)))));
}

interface Thread {
  readonly opened: Promise<Opened | DataProblem>;
  ask(wish: Wish): Promise<Batch>;
  close(): void;
}

interface Waiting {
  readonly resolve: (batch: Batch) => void;
  readonly reject: (problem: DataProblem) => void;
}

function startThread(task: Task): Thread {
  const { code, evaluated } = threadCode();
  const worker = new Worker(code, { eval: evaluated, workerData: task, name: 'netwright data' });
  const waiting = new Map<number, Waiting>();
  let opening: ((opened: Opened | DataProblem) => void) | undefined;
  const opened = new Promise<Opened | DataProblem>((resolve) => (opening = resolve));
  let ended: DataProblem | undefined;
  let next = 0;
  // An open thread keeps the process only while something is expected of it.
  const settle = (): void => void (waiting.size === 0 && worker.unref());
  const end = (problem: DataProblem): void => {
    ended ??= problem;
    opening?.(ended);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
    settle();
  };
  worker.on('message', (answer: Answer) => {
    if ('opened' in answer) opening?.(answer.opened);
    else if ('trouble' in answer) end(problemFrom(answer.trouble));
    else if (answer.id === undefined) opening?.(problemFrom((answer as { readonly failure: Failure }).failure));
    else {
      const wait = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('batch' in answer) wait?.resolve(answer.batch);
      else wait?.reject(problemFrom(answer.failure));
    }
    settle();
  });
  worker.on('error', (error: NodeJS.ErrnoException) => end(new DataProblem('data-worker', error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'The data do not fit in the memory of the thread that reads them.' : `The thread that reads the data has failed: ${error.message}`)));
  worker.on('exit', () => end(new DataProblem('data-worker', 'The thread that reads the data has ended.')));
  return {
    opened,
    ask(wish) {
      const batch = new Promise<Batch>((resolve, reject) => {
        if (ended) return reject(ended);
        const id = next++;
        waiting.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage({ id, wish });
      });
      // A batch that was made ahead may fail before, or without ever, being taken; who takes it hears of it.
      batch.catch(() => undefined);
      return batch;
    },
    close() {
      end(new DataProblem('data-worker', 'The data set is closed.'));
      void worker.terminate();
    },
  };
}

const problemFrom = ({ code, message, setting }: Failure): DataProblem => new DataProblem(code, message, setting);

let compiled: string | undefined;

/** dist/netwright-data.js; in a checkout that runs unbundled, the same compiled in memory. */
function threadCode(): { readonly code: string; readonly evaluated: boolean } {
  const bundle = path.join(__dirname, 'netwright-data.js');
  if (existsSync(bundle)) return { code: bundle, evaluated: false };
  compiled ??= compile();
  return { code: compiled, evaluated: true };
}

function compile(): string {
  const load = modules.createRequire(path.join(packageFolder(), 'package.json'));
  const { buildSync } = load('esbuild') as { buildSync(options: object): { readonly outputFiles: readonly { readonly text: string }[] } };
  const source = path.join(packageFolder(), 'lib', 'task', 'data');
  // esbuild would look from the folder in which its process once began, which may be gone.
  const { outputFiles } = buildSync({ absWorkingDir: packageFolder(), entryPoints: [path.join(source, 'worker.ts')], bundle: true, write: false, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'silent', define: { __dirname: JSON.stringify(source) } });
  return outputFiles[0]?.text ?? '';
}
