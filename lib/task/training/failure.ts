import os from 'node:os';
import { readFileSync } from 'node:fs';
import type { FailureCause } from '../../protocol/records.js';
import { evaluateDim } from '../../shapes/index.js';
import type { Backend, Trainer } from '../backends/backend.js';
import type { Batches } from '../data/dataset.js';
import { DataProblem } from '../data/problem.js';
import { DiskError } from '../runs/disk.js';
import { memory } from './estimate.js';
import type { Plan } from './plan.js';
import { megabytes } from './terminal.js';

/** Words by which PyTorch, TensorFlow, WebAssembly and V8 say that there is no memory left. */
const memoryWords = /out of memory|can.t allocate memory|cannot allocate memory|not enough memory|\bOOM\b|bad_alloc|allocation failed|failed to allocate|cannot enlarge memory|memory access out of bounds|invalid typed array length|invalid array length|ENOMEM|ResourceExhausted|buffer size .* exceeds/i;

/** Words for a device that is there no more, or that computes no more. */
const deviceWords = /device (was |is |has been )?lost|lost device|context (is )?lost|CUDA error|CUDA driver error|cudaError|CUBLAS_STATUS|CUDNN_STATUS|cuDNN error|HIP error|hipError|XPU error|MPS backend|unspecified launch failure|device-side assert|GPU is lost|\[Device[^\]]*\] is (lost|destroyed)/i;

const pythonWords = /^Python \(.*\) (ended|was closed|closed its output|wrote something|has not said|does not start|is not there)/;

/** What kind of failure an error of a backend, the disk or the data is. A Python that the system kills has taken too much memory where more was needed than there is. */
export function causeOf(error: unknown, available = Infinity, needed = 0): FailureCause {
  if (error instanceof DataProblem) return 'data';
  if (error instanceof DiskError) return error.full ? 'disk-full' : 'unexpected';
  const message = messageOf(error);
  if (memoryWords.test(message)) return 'out-of-memory';
  if (pythonWords.test(message)) return /by SIGKILL/.test(message) && needed > available ? 'out-of-memory' : 'python-ended';
  return deviceWords.test(message) ? 'device-lost' : 'unexpected';
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export interface OutOfMemory {
  /** The node whose output is the largest. */
  readonly node: string;
  readonly reason: string;
}

/** Who needs the memory, and the batch size that would fit: tried on this device where it still computes, else by the estimate. */
export async function outOfMemory(error: unknown, plan: Plan, backend: Backend, trainer: Trainer | undefined, data: Batches): Promise<OutOfMemory> {
  const { recipe, fixedBatch, fixedBy, program } = plan;
  const largest = largestOutput(plan);
  const node = largest && program.nodes[largest.index];
  const batch = recipe.batch_size;
  const parts = [`Memory ran out with a batch of ${batch} (${messageOf(error).slice(0, 200)}).`];
  if (largest && node) parts.push(`The largest output is that of \`${node.path}\` (${node.operator.type}): ${megabytes(largest.bytes)} of the ${megabytes(memory(plan))} that a step is estimated to hold.`);
  const tried = fixedBatch || !trainer ? undefined : await triedBatch(trainer, data, batch);
  const estimated = tried === undefined ? estimatedBatch(plan, availableMemory(backend)) : undefined;
  if (tried) parts.push(`A batch of ${tried} fits: it was tried.`);
  else if (estimated && estimated < batch) parts.push(`By the estimate a batch of ${estimated} would fit${fixedBy !== undefined ? `, but ${fixedBy}` : fixedBatch ? `; the batch is written as ${batch} in the shape of the input ${program.inputs[0]?.name}` : ''}.`);
  else if (estimated === 0 || tried === 0) parts.push('Not even one sample fits.');
  else parts.push(`Half of it, ${Math.max(1, Math.floor(batch / 2))}, is the next thing to try.`);
  return { node: node?.path ?? '', reason: parts.join(' ') };
}

/** The largest of halves, quarters and so on of a batch that goes forward and back; 0 where none does, undefined where the device computes no more. */
async function triedBatch(trainer: Trainer, data: Batches, batch: number): Promise<number | undefined> {
  for (let size = Math.floor(batch / 2); size >= 1; size = Math.floor(size / 2)) {
    try {
      await trainer.rehearse(await data.rehearsal(size));
      return size;
    } catch (error) {
      if (causeOf(error) !== 'out-of-memory' || /memory access out of bounds|Aborted/i.test(messageOf(error))) return undefined;
    }
  }
  return 0;
}

/** The largest batch whose estimate is within the memory; undefined where that is not known. */
export function estimatedBatch(plan: Plan, available: number | undefined): number | undefined {
  if (available === undefined) return undefined;
  const at = (batch: number): number => memory({ ...plan, sizes: withBatch(plan, batch) });
  const slope = at(2) - at(1);
  const fixed = at(1) - slope;
  return slope > 0 ? Math.max(0, Math.floor((available - fixed) / slope)) : undefined;
}

/** The sizes with another batch; the symbols of the first axes are the batch. */
function withBatch({ program, sizes }: Plan, batch: number): ReadonlyMap<string, number> {
  const changed = new Map(sizes);
  for (const { tensor } of program.inputs) {
    const first = tensor.shape?.[0];
    if (typeof first === 'object' && first !== null) changed.set(first.text, batch);
  }
  return changed;
}

function largestOutput({ program, sizes }: Plan): { readonly index: number; readonly bytes: number } | undefined {
  let largest: { index: number; bytes: number } | undefined;
  for (const { index, outputs } of program.nodes) {
    const bytes = outputs.reduce((all, { shape }) => all + 4 * (shape ?? []).reduce<number>((product, dim) => product * (evaluateDim(dim, sizes) ?? 1), 1), 0);
    if (!largest || bytes > largest.bytes) largest = { index, bytes };
  }
  return largest;
}

/** Bytes that a run may take on its device: what a GPU has free, else what the system, a container and ulimit leave to this process. */
export function availableMemory({ name, memory: device }: Pick<Backend, 'name' | 'memory'>): number | undefined {
  if (device) return device.free ?? device.total;
  const limits = [freeMemory()];
  const container = process.constrainedMemory?.() ?? 0;
  if (container > 0 && container < os.totalmem()) limits.push(container - process.memoryUsage.rss());
  const space = addressSpace();
  if (space !== undefined) limits.push(space);
  // An address of WebAssembly has 32 bits.
  if (name === 'wasm') limits.push(2 ** 32);
  return Math.max(0, Math.min(...limits));
}

/** What programs may take without others being swapped out. */
function freeMemory(): number {
  const line = /^MemAvailable:\s+(\d+) kB/m.exec(read('/proc/meminfo'));
  return line ? Number(line[1]) * 1024 : os.freemem();
}

/** What `ulimit -v` leaves, where it is set. */
function addressSpace(): number | undefined {
  const limit = /^Max address space\s+(\d+)/m.exec(read('/proc/self/limits'));
  const used = /^VmSize:\s+(\d+) kB/m.exec(read('/proc/self/status'));
  return limit ? Number(limit[1]) - Number(used?.[1] ?? 0) * 1024 : undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
