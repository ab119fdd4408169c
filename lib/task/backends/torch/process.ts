import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import path from 'node:path';
import { packageFolder } from '../../package-folder.js';
import { createDecoder, encode, type Frame, type Packed } from './frame.js';
import { torchSettings, type TorchOptions } from './options.js';

/** What Python says of itself first. */
export interface Hello {
  readonly python: string;
  readonly torch: string;
  /** cuda, mps, xpu or cpu. */
  readonly device: string;
  /** "NVIDIA H100 (cuda, 85 GB)", "CPU, 4 threads". */
  readonly name: string;
  readonly cuda: string | null;
  /** Bytes of a GPU's memory; null where they are not told. */
  readonly memory: { readonly total: number; readonly free: number } | null;
  /** Devices that are there and do not compute. */
  readonly notes: readonly string[];
}

export interface Answer {
  readonly result: unknown;
  readonly tensors: ReadonlyMap<string, Packed>;
}

/** A Python with PyTorch that answers one request after the other. It keeps Node from ending only while it is asked something. */
export interface PythonProcess {
  readonly hello: Hello;
  readonly alive: boolean;
  /** Rejects with what went wrong in PyTorch, or with how Python ended: a request never stays without an answer when Python is gone. */
  ask(request: Readonly<Record<string, unknown>> & { readonly do: string }, tensors?: ReadonlyMap<string, Packed>, seen?: (layer: unknown) => void): Promise<Answer>;
  /** Ends Python, at once. */
  close(): void;
}

export interface StartOptions {
  /** A device for Python to take: cuda, mps, xpu or cpu. */
  readonly device?: string;
  readonly torch?: TorchOptions;
  /** How long importing PyTorch may take. */
  readonly seconds?: number;
  readonly env?: NodeJS.ProcessEnv;
}

interface Waiting {
  readonly what: string;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly seen: ((layer: unknown) => void) | undefined;
}

/** Milliseconds in which the better reason for an end may come. */
const grace = 1000;

/** The one file of ours that runs in Python. */
export const script = (): string => path.join(packageFolder(), 'media', 'python', 'netwright_torch.py');

/** Starts an interpreter; or says why it cannot run PyTorch. */
export function startPython(interpreter: string, { device, torch = {}, seconds = 120, env = process.env }: StartOptions = {}): Promise<PythonProcess | string> {
  return new Promise((started) => {
    const child = spawn(interpreter, [script(), device ?? '', JSON.stringify(torchSettings(torch))], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...env, PYTHONIOENCODING: 'utf-8' }, windowsHide: true });
    const { stdin, stdout, stderr } = child;
    const waiting = new Map<number, Waiting>();
    let next = 0;
    let ended: string | undefined;
    let said = '';
    let begun = false;

    const hold = (held: boolean): void => {
      for (const each of [child, stdin as Socket, stdout as Socket, stderr as Socket]) if (held) each.ref();
        else each.unref();
    };
    const end = (reason: string): void => {
      if (ended !== undefined) return;
      ended = reason;
      clearTimeout(timer);
      child.kill('SIGKILL');
      hold(false);
      if (!begun) started(reason);
      for (const { what, reject } of waiting.values()) reject(new Error(`Python (${interpreter}) ${reason}, at the request \`${what}\``));
      waiting.clear();
    };
    const timer = setTimeout(() => end(`has not said anything for ${seconds} s`), seconds * 1000);

    stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-4000)));
    stdout.on('data', createDecoder(receive, (text) => end(`wrote something that is no message: ${JSON.stringify(text)}`)));
    // Writing to a process that is gone is told by its end.
    stdin.on('error', () => undefined);
    stdout.on('error', () => undefined);
    child.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ENOENT' ? 'is not there' : `does not start: ${error.message}`));
    child.on('close', left);
    // Neither a child of its own that keeps its output open nor closing its output without an end may let a request wait.
    child.on('exit', (code, signal) => setTimeout(() => left(code, signal), grace));
    stdout.on('end', () => setTimeout(() => end('closed its output'), grace));

    function left(code: number | null, signal: NodeJS.Signals | null): void {
      const line = said.trim().split('\n').at(-1)?.trim() ?? '';
      const killed = signal === 'SIGKILL' && process.platform === 'linux' ? ' (the system does that when memory runs out)' : '';
      end(`ended ${signal ? `by ${signal}${killed}` : `with exit code ${code}`}${line ? `: ${line.slice(0, 300)}` : ''}`);
    }

    function receive({ message, tensors }: Frame): void {
      if (!begun) {
        const greeting = readHello(message);
        if (typeof greeting === 'string') return end(greeting);
        begun = true;
        clearTimeout(timer);
        hold(false);
        return started({
          hello: greeting,
          get alive() {
            return ended === undefined;
          },
          ask,
          close: () => end('was closed'),
        });
      }
      const { id } = message;
      const asked = typeof id === 'number' ? waiting.get(id) : undefined;
      if (!asked) return end(`wrote something that was not asked for: ${JSON.stringify(message).slice(0, 200)}`);
      if ('layer' in message) return asked.seen?.(message['layer']);
      waiting.delete(id as number);
      if (!waiting.size) hold(false);
      if ('error' in message) asked.reject(new Error(`PyTorch: ${String(message['error'])}`));
      else asked.resolve({ result: message['result'], tensors });
    }

    function ask(request: Readonly<Record<string, unknown>> & { readonly do: string }, tensors: ReadonlyMap<string, Packed> = new Map(), seen?: (layer: unknown) => void): Promise<Answer> {
      return new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(new Error(`Python (${interpreter}) ${ended}`));
        const id = next++;
        waiting.set(id, { what: request.do, resolve, reject, seen });
        hold(true);
        for (const part of encode({ message: { id, ...request }, tensors })) stdin.write(part);
      });
    }
  });
}

function readHello({ hello, problem, python, torch, device, name, cuda, memory, notes }: Frame['message']): Hello | string {
  if (typeof problem === 'string') return `(Python ${String(python)}) cannot run PyTorch: ${problem}`;
  if (hello !== 1 || typeof python !== 'string' || typeof torch !== 'string' || typeof device !== 'string' || typeof name !== 'string') return 'wrote something other than a greeting';
  return { python, torch, device, name, cuda: typeof cuda === 'string' ? cuda : null, memory: readMemory(memory), notes: Array.isArray(notes) ? notes.map(String) : [] };
}

function readMemory(memory: unknown): Hello['memory'] {
  const { total, free } = (memory ?? {}) as { readonly total?: unknown; readonly free?: unknown };
  return typeof total === 'number' && typeof free === 'number' ? { total, free } : null;
}
