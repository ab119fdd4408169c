import path from 'node:path';
import { analyze } from '../../lib/analysis/index.js';
import { classNameOf, exportPyTorch } from '../../lib/interop/pytorch/index.js';
import { firstStep } from './first-step.js';
import { layersNetworks } from './layers-networks.js';
import { pythonCommand, torchPython } from './peer.js';
import { prepare } from './prepared.js';
import type { Missing, Report } from './table.js';
import { takeTurns, type Measured, type Racer } from './turns.js';

const backends = ['tfjs-node', 'wasm', 'torch'];

/**
 * Steps of training: each backend and its peers take turns. The peers are a plain loop in PyTorch on the exported code and tfjs-layers' own fit on tfjs-node, on
 * the same batch. Then the first step, of ours from the command; and what the processes held at most, of ours with Node and Python together.
 */
export async function trainingSection(report: Report): Promise<void> {
  for (const name of ['residual-20', 'unet', 'dense net', 'transformer']) {
    const { planned } = prepare(name);
    const { recipe, set } = planned;
    const racers = [...backends.map((backend) => ours(backend, name)), ...(name in layersNetworks ? [process('layers.cjs', 'tfjs-layers', [name])] : [])];
    const plain = plainLoop(name);
    const measured = await takeTurns([...racers, ...('missing' in plain ? [] : [plain])]);
    const nothing = (missing: Missing): Measured => ({ step: missing, first: missing, peak: missing });
    const pytorch = measured.get('pytorch') ?? nothing('missing' in plain ? plain : { missing: 'it has not run' });
    const layers = measured.get('tfjs-layers') ?? nothing({ missing: 'tf.layers has no attention' });
    const sizes = [...Object.entries(set).map(([key, value]) => `${key} ${String(value)}`), `batch ${recipe.batch_size}`].join(', ');
    const peers = [['tfjs-node', "tfjs-layers' fit on tfjs-node", layers], ['tfjs-node', 'plain PyTorch, eager', pytorch], ['wasm', 'plain PyTorch, eager', pytorch], ['torch', 'plain PyTorch, eager', pytorch]] as const;
    for (const [backend, peer, theirs] of peers) report({ what: `${name} (${sizes}) on ${backend}`, ours: measured.get(backend)!.step, peer, theirs: theirs.step, steps: true });
    for (const [backend, peer, theirs] of peers) report({ what: `${name} on ${backend}, peak memory`, ours: measured.get(backend)!.peak, peer, theirs: theirs.peak, megabytes: true });
    for (const [backend, peer, theirs] of peers) if (!(backend === 'tfjs-node' && theirs === pytorch)) report({ what: `${name} on ${backend}, command to first step`, ours: await firstStep(backend, name), peer: `${peer}, its first step`, theirs: theirs.first });
  }
}

const process = (script: string, name: string, args: readonly string[], env?: NodeJS.ProcessEnv): Racer => ({ name, command: globalThis.process.execPath, args: [path.join(__dirname, script), ...args], ...(env && { env }) });

function ours(backend: string, network: string): Racer {
  const python = torchPython();
  return process('training.cjs', backend, [backend, network], { ...globalThis.process.env, ...(typeof python === 'string' && { NETWRIGHT_PYTHON: python }) });
}

function plainLoop(name: string): Racer | Missing {
  const { planned, data } = prepare(name);
  const { program, recipe, set } = planned;
  const batch = data.batch(0);
  const values = (value: { readonly shape: readonly number[]; readonly data: ArrayLike<number> }) => ({ shape: value.shape, data: Array.from(value.data) });
  const python = pythonCommand('train.py', { code: exportPyTorch(program, { fileName: 'network.nnet.json' }), name: classNameOf('network.nnet.json'), input: values(batch.inputs[0]!), target: values(batch.target), loss: recipe.loss, optimizer: recipe.optimizer, set, parameters: analyze(planned.parsed, { set }).totals.params });
  return 'missing' in python ? python : { name: 'pytorch', ...python };
}
