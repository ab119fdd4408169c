import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { root } from '../../support/paths.js';

/** The `netwright` command in one file, for processes that tests may break. It must lie in the checkout, where it finds its package; esbuild looks from the folder in which it was loaded, which another test may have left. */
export function buildCommand(): string {
  const file = path.join(root, 'test/output/slow/netwright.cjs');
  mkdirSync(path.dirname(file), { recursive: true });
  buildSync({ absWorkingDir: root, entryPoints: [path.join(root, 'lib/task/main.ts')], outfile: file, bundle: true, platform: 'node', format: 'cjs', packages: 'external', logLevel: 'error' });
  return file;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts a program; answers its process and, once it has ended, what it said. */
export function started(program: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(program, [...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, OMP_NUM_THREADS: '1', ...env } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, out, err })) };
}
