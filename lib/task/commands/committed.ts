import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { UnusableInput } from './input.js';

/** The text that `file` had at a git revision; empty where the revision does not have it, as a design that is new. */
export function designAt(file: string, ref: string): string {
  if (ref.startsWith('-')) throw new UnusableInput(`--against ${ref}: not a revision`);
  const folder = path.dirname(path.resolve(file));
  const name = `${ref}:./${path.basename(file)}`;
  const commit = git(folder, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
  if (commit.status !== 0) throw new UnusableInput(`${file}: ${commit.stderr.trim().replace(/^fatal: /, '') || `there is no revision ${ref} here`}`);
  if (git(folder, 'cat-file', '-e', name).status !== 0) return '';
  const shown = git(folder, 'show', name);
  if (shown.status !== 0) throw new UnusableInput(`${file} at ${ref}: ${shown.stderr.trim().replace(/^fatal: /, '')}`);
  return shown.stdout;
}

function git(folder: string, ...args: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const ran = spawnSync('git', args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (ran.error) throw new UnusableInput(`--against needs git: ${ran.error.message}`);
  return ran;
}
