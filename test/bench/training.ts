import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { analyze } from '../../lib/analysis/index.js';
import { classNameOf, exportPyTorch } from '../../lib/interop/pytorch/index.js';
import { askPython, torchPython } from './peer.js';
import { prepare } from './prepared.js';
import type { Missing, Report } from './table.js';

/** Seconds for each backend and network. */
const seconds = 4;
const backends = ['tfjs-node', 'wasm', 'torch'];

/** One step of training, one process after the other, against a plain loop in PyTorch on the exported code and the same batch. */
export async function trainingSection(report: Report): Promise<void> {
  for (const name of ['residual-20', 'unet', 'transformer']) {
    const { planned, data } = prepare(name);
    const { program, recipe, set } = planned;
    const batch = data.batch(0);
    const plain = (value: { readonly shape: readonly number[]; readonly data: ArrayLike<number> }) => ({ shape: value.shape, data: Array.from(value.data) });
    const theirs = askPython('train.py', { code: exportPyTorch(program, { fileName: 'network.nnet.json' }), name: classNameOf('network.nnet.json'), input: plain(batch.inputs[0]!), target: plain(batch.target), loss: recipe.loss, optimizer: recipe.optimizer, set, parameters: analyze(planned.parsed, { set }).totals.params, seconds });
    const sizes = [...Object.entries(set).map(([key, value]) => `${key} ${String(value)}`), `batch ${recipe.batch_size}`].join(', ');
    for (const backend of backends) report({ what: `${name} (${sizes}) on ${backend}`, ours: stepOn(backend, name), peer: 'plain PyTorch, eager', theirs, steps: true });
  }
}

function stepOn(backend: string, name: string): number | Missing {
  const python = torchPython();
  const env = { ...process.env, ...(typeof python === 'string' && { NETWRIGHT_PYTHON: python }) };
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(__dirname, 'training.cjs'), backend, name, String(seconds)], { encoding: 'utf8', timeout: 120_000, env });
  const value = Number(stdout.trim().split('\n').at(-1));
  return status === 0 && value > 0 ? value : { missing: stderr.trim().split('\n').at(-1)?.slice(0, 100) || 'no number' };
}
