import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { RunRecord } from '../../protocol/records.js';
import { recordsOf } from '../../protocol/runs.js';

export interface Training {
  readonly running: boolean;
  /** Asks the run to finish its step, save and end; a second call ends the process. */
  stop(): void;
}

export interface TrainingOptions {
  /** The built command, dist/netwright.js. */
  readonly command: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  record(record: RunRecord): void;
  /** Called once, after the last record. `reason` is what the process said where it failed. */
  ended(code: number | null, reason: string): void;
}

/** Starts the `netwright` command as a child and hands on its records, one JSON line each. */
export function startTraining({ command, arguments: args, folder, record, ended }: TrainingOptions): Training {
  const child: ChildProcess = spawn(process.execPath, [command, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } });
  let running = true;
  let asked = false;
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      for (const read of recordsOf(line)) record(read);
    });
  const end = (code: number | null, reason: string) => {
    if (!running) return;
    running = false;
    ended(code, reason);
  };
  child.on('error', (error) => end(null, error.message));
  child.on('close', (code) => end(code, complaint.trim().split('\n').slice(-3).join('\n')));
  return {
    get running() {
      return running;
    },
    stop() {
      if (running) child.kill(asked ? 'SIGKILL' : 'SIGINT');
      asked = true;
    },
  };
}
