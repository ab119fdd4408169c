import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { packageFolder } from '../../lib/task/package-folder.js';
import { wall } from './clock.js';
import type { Report } from './table.js';

/** From the shell to the answer of the built command. */
export async function startSection(report: Report): Promise<void> {
  const command = path.join(packageFolder(), 'dist/netwright.js');
  const run = (...args: string[]) => wall(() => spawnSync(process.execPath, args, { stdio: 'ignore' }), { runs: 15, warmUp: 2, seconds: 10 });
  const node = await run('-e', '0');
  for (const args of [['check', 'mlp'], ['check', 'densenet121'], ['export', 'residual-20', '--to', 'pytorch']]) {
    const ours = existsSync(command) ? await run(command, args[0]!, path.join(packageFolder(), 'media/templates', `${args[1]!}.nnet.json`), ...args.slice(2)) : { missing: 'dist/netwright.js: run `npm run build`' };
    report({ what: `netwright ${args.slice(0, 2).join(' ')}, whole process`, ours, peer: 'node -e 0', theirs: node });
  }
}
