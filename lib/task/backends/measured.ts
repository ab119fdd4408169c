import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { partsFolder } from '../parts/folder.js';

/** What `netwright doctor` measured of one backend: milliseconds of a training step of its small network. */
export interface Measured {
  /** 'torch-cuda', 'torch-mps', 'torch-cpu', 'tfjs-webgpu', 'tfjs-node' or 'wasm'. */
  readonly backend: string;
  readonly device: string;
  readonly milliseconds: number;
}

const file = (env: NodeJS.ProcessEnv): string => path.join(path.dirname(partsFolder(env)), 'measured.json');

/** A measurement holds for the machine that it was made on. */
const machine = (): string => `${os.hostname()}, ${process.platform} ${process.arch}, ${os.cpus()[0]?.model ?? ''} × ${os.cpus().length}`;

export function writeMeasured(rows: readonly Measured[], env: NodeJS.ProcessEnv = process.env): void {
  try {
    mkdirSync(path.dirname(file(env)), { recursive: true });
    writeFileSync(file(env), `${JSON.stringify({ machine: machine(), rows })}\n`);
  } catch {
    // Where nothing can be written, `auto` goes by the usual order.
  }
}

export function readMeasured(env: NodeJS.ProcessEnv = process.env): readonly Measured[] {
  try {
    const read = JSON.parse(readFileSync(file(env), 'utf8')) as { readonly machine?: unknown; readonly rows?: unknown };
    if (read.machine !== machine() || !Array.isArray(read.rows)) return [];
    return (read.rows as readonly Partial<Measured>[]).flatMap(({ backend, device, milliseconds }) => (typeof backend === 'string' && typeof device === 'string' && typeof milliseconds === 'number' && milliseconds > 0 ? [{ backend, device, milliseconds }] : []));
  } catch {
    return [];
  }
}

/** The names with those that were measured in the order of their speed; the others keep their places. `tfjs` is as fast as the better of its two kinds. */
export function ranked<N extends string>(names: readonly N[], measured: readonly Measured[]): readonly N[] {
  const speed = (name: N): number | undefined => {
    const times = measured.filter(({ backend }) => backend === name || (name === 'tfjs' && (backend === 'tfjs-node' || backend === 'wasm'))).map(({ milliseconds }) => milliseconds);
    return times.length ? Math.min(...times) : undefined;
  };
  const known = names.filter((name) => speed(name) !== undefined).sort((a, b) => (speed(a) as number) - (speed(b) as number));
  return names.map((name) => (speed(name) === undefined ? name : (known.shift() as N)));
}
