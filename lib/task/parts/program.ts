import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Every line of what it says. */
  readonly line?: (line: string) => void;
  readonly timeout?: number;
}

/** Runs a program to its end. Throws an Error with the last of what it said where that is none. */
export function runProgram(command: string, args: readonly string[], { cwd, env = process.env, line, timeout }: RunOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, ...(timeout !== undefined && { timeout, killSignal: 'SIGKILL' }) });
    let said = '';
    let rest = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-4000);
        const lines = (rest + text).split(/[\r\n]+/);
        rest = lines.pop() ?? '';
        for (const each of lines) line?.(each);
      });
    child.on('error', (error: NodeJS.ErrnoException) => reject(new Error(error.code === 'ENOENT' ? `${command} is not there` : error.message)));
    child.on('close', (code, signal) => (code === 0 ? resolve() : reject(new Error(`${[command, ...args].join(' ').slice(0, 200)} ended with ${signal ?? code}: ${said.trim().split('\n').slice(-3).join(' ').slice(-600)}`))));
  });
}
