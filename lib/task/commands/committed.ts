import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { UnusableInput } from './input.js';

/** The text that `file` had at a git revision. */
export function designAt(file: string, ref: string): string {
  const folder = path.dirname(path.resolve(file));
  const name = path.basename(file);
  if (ref.startsWith('-')) throw new UnusableInput(`--against ${ref}: not a revision`);
  const git = spawnSync('git', ['show', `${ref}:./${name}`], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (git.error) throw new UnusableInput(`--against needs git: ${git.error.message}`);
  if (git.status !== 0) throw new UnusableInput(`${file} at ${ref}: ${git.stderr.trim().replace(/^fatal: /, '')}`);
  return git.stdout;
}
