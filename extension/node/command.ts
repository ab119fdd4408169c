import { spawn } from 'node:child_process';

export interface Running {
  readonly environment: Readonly<Record<string, string>>;
  /** Every line that it writes. */
  readonly line: (line: string) => void;
  /** Called with what ends it. */
  readonly stoppable: (stop: () => void) => void;
}

/** Runs dist/netwright.js outside of any terminal; answers its exit code and what it complained of. */
export function runCommand(program: string, args: readonly string[], { environment, line, stoppable }: Running): Promise<{ readonly code: number | null; readonly complaint: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    stoppable(() => child.kill());
    let rest = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(line);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
    child.on('error', (error) => resolve({ code: null, complaint: error.message }));
    child.on('close', (code) => {
      if (rest) line(rest);
      resolve({ code, complaint: complaint.trim() });
    });
  });
}
