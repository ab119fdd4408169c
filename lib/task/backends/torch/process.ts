import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import path from 'node:path';
import { packageFolder } from '../../package-folder.js';
import { createDecoder, encode, type Frame, type Packed } from './frame.js';
import { torchSettings, type TorchOptions } from './options.js';
import { meetingSeconds, torchrun } from './together.js';

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
  /** Its number among the processes that train together, and how many these are; 0 of 1 alone. */
  readonly rank: number;
  readonly processes: number;
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
  /** Waits until Python has ended; answers how. */
  wait(): Promise<string>;
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
export function startPython(interpreter: string, { device, torch = {}, seconds = torch.together ? meetingSeconds(torch.together) : 120, env = process.env }: StartOptions = {}): Promise<PythonProcess | string> {
  return new Promise((started) => {
    const { together } = torch;
    // torchrun would end its processes at Ctrl+C, which is for Netwright to say; so they are no part of the terminal's group.
    const child = spawn(interpreter, [...(together ? torchrun(together) : []), script(), device ?? '', JSON.stringify(torchSettings(torch))], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...env, PYTHONIOENCODING: 'utf-8' }, windowsHide: true, detached: together !== undefined });
    const { stdin, stdout, stderr } = child;
    const waiting = new Map<number, Waiting>();
    let next = 0;
    let ended: string | undefined;
    let gone: (reason: string) => void = () => undefined;
    const closed = new Promise<string>((resolve) => (gone = resolve));
    let said = '';
    let begun = false;

    const hold = (held: boolean): void => {
      for (const each of [child, stdin as Socket, stdout as Socket, stderr as Socket]) if (held) each.ref();
        else each.unref();
    };
    const end = (reason: string, orderly = false): void => {
      if (ended !== undefined) return;
      ended = reason;
      clearTimeout(timer);
      if (together) {
        // Its processes end with the input of the first, and where there are several machines each waits for the others' end.
        stdin.destroy();
        if (orderly) setTimeout(() => child.kill('SIGTERM'), 30_000).unref();
        else child.kill('SIGTERM');
      } else child.kill('SIGKILL');
      gone(reason);
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
      const lines = said.trim().split('\n').filter((each) => !/^[=-]+$/.test(each));
      // Of several processes the one that failed first says so; torchrun's report comes after it.
      const line = (lines.find((each) => each.startsWith('netwright: '))?.slice(11) ?? lines.at(-1) ?? '').trim();
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
          wait() {
            hold(true);
            return closed;
          },
          close: () => end('was closed', true),
        });
      }
      const { id } = message;
      const asked = typeof id === 'number' ? waiting.get(id) : undefined;
      if (!asked) return end(`wrote something that was not asked for: ${JSON.stringify(message).slice(0, 200)}`);
      if ('layer' in message) return asked.seen?.(message['layer']);
      waiting.delete(id as number);
      if (!waiting.size) hold(false);
      if ('error' in message) {
        asked.reject(new Error(`PyTorch: ${String(message['error'])}`));
        // The processes wait for each other in different places by now.
        if (together) end('ended after an error');
      } else asked.resolve({ result: message['result'], tensors });
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

function readHello({ hello, problem, python, torch, device, name, cuda, memory, notes, rank, processes }: Frame['message']): Hello | string {
  if (typeof problem === 'string') return `(Python ${String(python)}) cannot run PyTorch: ${problem}`;
  if (hello !== 1 || typeof python !== 'string' || typeof torch !== 'string' || typeof device !== 'string' || typeof name !== 'string') return 'wrote something other than a greeting';
  return { python, torch, device, name, cuda: typeof cuda === 'string' ? cuda : null, memory: readMemory(memory), notes: Array.isArray(notes) ? notes.map(String) : [], rank: typeof rank === 'number' ? rank : 0, processes: typeof processes === 'number' ? processes : 1 };
}

function readMemory(memory: unknown): Hello['memory'] {
  const { total, free } = (memory ?? {}) as { readonly total?: unknown; readonly free?: unknown };
  return typeof total === 'number' && typeof free === 'number' ? { total, free } : null;
}
