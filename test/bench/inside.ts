import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { torchPython } from './peer.js';
import type { Report } from './table.js';

/** What looks inside and events add to a step, each backend in a process of its own. */
export async function insideSection(report: Report): Promise<void> {
  for (const name of ['residual-20', 'unet', 'mlp'])
    for (const backend of ['tfjs-node', 'wasm', 'torch']) {
      const python = torchPython();
      const env = { ...process.env, ...(typeof python === 'string' && { NETWRIGHT_PYTHON: python }) };
      const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(__dirname, 'inside.cjs'), backend, name, '10'], { encoding: 'utf8', timeout: 180_000, env });
      const [ours, theirs] = (stdout.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
      const missing = { missing: stderr.trim().split('\n').at(-1)?.slice(0, 100) || 'no number' };
      report({ what: `${name} on ${backend}, looks inside and events`, ours: status === 0 && ours ? ours : missing, peer: 'the same step without them', theirs: status === 0 && theirs ? theirs : missing, steps: true });
    }
}
