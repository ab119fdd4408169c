import os from 'node:os';
import { loadNative, loadWasm } from '../backends/tfjs/load.js';
import { openTorch } from '../backends/torch/backend.js';
import { exit, guarded, readArguments } from './input.js';

export const usage = `netwright doctor [--python FILE] [--json]

Which backends load here, with their versions.
  --python   the Python with PyTorch; else NETWRIGHT_PYTHON, VIRTUAL_ENV and PATH are looked through for one
Exit code 0: at least one trains; 1: none does.`;

interface Finding {
  readonly backend: string;
  readonly works: boolean;
  readonly device?: string;
  readonly versions?: Readonly<Record<string, string>>;
  readonly reason?: string;
}

export function run(args: readonly string[]): Promise<number> {
  return guarded(async () => {
    const { values } = readArguments(args, { python: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }, usage);
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      return exit.clean;
    }
    const native = await loadNative();
    const wasm = await loadWasm().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    const torch = await openTorch(values.python === undefined ? {} : { python: values.python }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (typeof torch !== 'string') torch.close();
    const findings = [finding('tfjs-node', native), finding('wasm', wasm), finding('torch', torch)];
    const machine = { node: process.version, platform: `${process.platform} ${process.arch}`, cores: os.availableParallelism(), memory: os.totalmem() };
    if (values.json) process.stdout.write(`${JSON.stringify({ ...machine, backends: findings })}\n`);
    else {
      process.stdout.write(`Node ${machine.node} on ${machine.platform}, ${machine.cores} cores, ${(machine.memory / 1e9).toFixed(1)} GB of memory\n`);
      for (const { backend, works, device, versions, reason } of findings) process.stdout.write(works ? `✓ ${backend}: ${device} (${Object.entries(versions ?? {}).map(([name, version]) => `${name} ${version}`).join(', ')})\n` : `✗ ${backend}: ${reason}\n`);
    }
    return findings.some(({ works }) => works) ? exit.clean : exit.errors;
  });
}

function finding(backend: string, loaded: string | Required<Pick<Finding, 'device' | 'versions'>>): Finding {
  return typeof loaded === 'string' ? { backend, works: false, reason: loaded } : { backend, works: true, device: loaded.device, versions: loaded.versions };
}
