import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { packageFolder } from '../../lib/task/package-folder.js';
import { middle } from './clock.js';
import { designOf } from './designs.js';
import { torchPython } from './peer.js';
import type { Missing } from './table.js';

/** Median milliseconds, of three runs after one that warms up, from the built command `netwright train` to the record of its first step. */
export async function firstStep(backend: string, network: string): Promise<number | Missing> {
  const command = path.join(packageFolder(), 'dist/netwright.js');
  if (!existsSync(command)) return { missing: 'dist/netwright.js: run `npm run build`' };
  const folder = mkdtempSync(path.join(os.tmpdir(), 'netwright-first-'));
  const design = path.join(folder, 'design.nnet.json');
  writeFileSync(design, designOf(network));
  const python = torchPython();
  const times: number[] = [];
  try {
    for (let run = 0; run < 4; run++) {
      const begin = performance.now();
      const child = spawn(process.execPath, [command, 'train', design, '--backend', backend, '--events', ...(backend === 'torch' && typeof python === 'string' ? ['--python', python] : [])], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-1000)));
      let found = false;
      for await (const line of readline.createInterface({ input: child.stdout })) {
        if (!line.includes('"type":"progress"')) continue;
        found = true;
        break;
      }
      times.push(performance.now() - begin);
      child.kill('SIGKILL');
      await new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve(undefined)));
      if (!found) return { missing: errors.trim().split('\n').at(-1)?.slice(0, 100) || 'no step' };
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return middle(times.slice(1));
}
