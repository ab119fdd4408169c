import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { torchPython } from '../support/paths.js';

/** A tensor as it travels to PyTorch and back. */
export interface Plain {
  readonly shape: readonly number[];
  readonly data: readonly number[] | readonly boolean[];
  readonly dtype?: 'float32' | 'int64' | 'bool';
}

/** One Python process with PyTorch, asked one thing at a time. */
export interface Oracle {
  ask<T>(request: Readonly<Record<string, unknown>>): Promise<T>;
  close(): void;
}

export function startOracle(): Oracle {
  const child: ChildProcess = spawn(torchPython(), [path.join(__dirname, 'oracle.py')], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, OMP_NUM_THREADS: '1' } });
  const waiting: { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void }[] = [];
  if (!child.stdout || !child.stdin) throw new Error('no pipes to Python');
  const { stdin } = child;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as { readonly result?: unknown; readonly error?: string };
    const next = waiting.shift();
    if (answer.error === undefined) next?.resolve(answer.result);
    else next?.reject(new Error(`PyTorch: ${answer.error}`));
  });
  child.on('close', (code) => waiting.splice(0).forEach(({ reject }) => reject(new Error(`Python ended with code ${code}`))));
  return {
    ask: <T>(request: Readonly<Record<string, unknown>>) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ resolve: resolve as (answer: unknown) => void, reject });
        stdin.write(`${JSON.stringify(request)}\n`);
      }),
    close: () => stdin.end(),
  };
}

/** The largest difference of two lists, as a share of the largest magnitude expected (at least 1e-3, so that zeros may be nearly zero). */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let [difference, scale] = [0, 1e-3];
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [Number(actual[i]), Number(expected[i])];
    if (a === e) continue;
    if (Number.isNaN(a) !== Number.isNaN(e)) return Infinity;
    if (Number.isFinite(e)) scale = Math.max(scale, Math.abs(e));
    if (!Number.isNaN(a)) difference = Math.max(difference, Math.abs(a - e));
  }
  return difference / scale;
}
