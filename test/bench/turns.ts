import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import readline from 'node:readline';
import { middle } from './clock.js';
import type { Missing } from './table.js';

/** A process that trains when it is told to: see `answer-turns.ts` and `python/train.py`. */
export interface Racer {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface Measured {
  /** Median milliseconds of a step, or why there are none. */
  readonly step: number | Missing;
  /** Milliseconds from the start of the process to the end of its first step. */
  readonly first: number | Missing;
  /** Megabytes that the process and those that it started held at most, each at its peak. */
  readonly peak: number | Missing;
}

/**
 * Steps of several processes in turns of half a second, so that what else the machine does meets all alike. Each starts and warms up alone.
 */
export async function takeTurns(racers: readonly Racer[], rounds = 8): Promise<ReadonlyMap<string, Measured>> {
  const started: (Started | Missing)[] = [];
  for (const racer of racers) started.push(await start(racer));
  const times = racers.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [k, each] of started.entries()) {
      if ('missing' in each) continue;
      const line = await each.ask('0.5');
      if (line === undefined) started[k] = { missing: each.said() };
      else times[k]!.push(...(JSON.parse(line) as readonly number[]));
    }
  const results = started.map((each, k): Measured => {
    if ('missing' in each) return { step: each, first: each, peak: each };
    return { step: middle(times[k]!), first: each.first, peak: peakOf(each.pid) };
  });
  for (const each of started) if (!('missing' in each)) each.end();
  return new Map(racers.map(({ name }, k) => [name, results[k]!]));
}

interface Started {
  readonly pid: number;
  readonly first: number;
  ask(turn: string): Promise<string | undefined>;
  said(): string;
  end(): void;
}

async function start({ command, args, env = process.env }: Racer): Promise<Started | Missing> {
  const begin = performance.now();
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
  child.on('error', ({ message }) => (errors += message));
  child.stdin.on('error', () => undefined);
  const said = (): string => errors.trim().split('\n').at(-1)?.slice(0, 100) || 'it has ended';
  const next = async (): Promise<string | undefined> => {
    const { value, done } = await lines.next();
    return done ? undefined : (value as string);
  };
  const timer = setTimeout(() => child.kill('SIGKILL'), 180_000);
  let first = NaN;
  for (;;) {
    const line = await next();
    if (line === undefined) return { missing: said() };
    if (line === 'first') first = performance.now() - begin;
    if (line === 'ready') break;
  }
  clearTimeout(timer);
  return {
    pid: child.pid ?? 0,
    first,
    async ask(turn) {
      child.stdin.write(`${turn}\n`);
      return next();
    },
    said,
    end: () => void child.kill(),
  };
}

function peakOf(pid: number): number | Missing {
  try {
    return held(pid);
  } catch {
    return { missing: 'the system does not tell the peak of a process' };
  }
}

/** By /proc of Linux. */
function held(pid: number): number {
  const kilobytes = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number));
  return kilobytes / 1000 + children.reduce((sum, child) => sum + held(child), 0);
}
