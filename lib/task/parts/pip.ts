import path from 'node:path';
import { runProgram } from './program.js';

/** Runs pip with what this version of it knows of progress and of going on with a download that was cut. It compares the checksums that its index names. */
export async function runPip(python: string, args: readonly string[], what: string, env: NodeJS.ProcessEnv, say: (what: string, bytes?: number, total?: number) => void): Promise<void> {
  const [command = 'install', ...rest] = args;
  let help = '';
  await runProgram(python, ['-m', 'pip', command, '--help'], { env, line: (line) => (help += line) }).catch(() => undefined);
  const options = [...(help.includes('--resume-retries') ? ['--resume-retries', '10'] : []), '--progress-bar', /\bon\b.*\braw\b/.test(help) ? 'raw' : 'off'];
  let file = what;
  say(what);
  await runProgram(python, ['-m', 'pip', command, '--disable-pip-version-check', ...options, ...rest], {
    env,
    line(line) {
      const name = /^\s*Downloading (\S+)(?: \(([\d.]+ [kMG]B)\))?/.exec(line);
      if (name) say((file = `${path.posix.basename(name[1] as string)}${name[2] === undefined ? '' : ` (${name[2]})`}`));
      const [, bytes, total] = /^Progress (\d+) of (\d+)/.exec(line) ?? [];
      if (bytes !== undefined) say(file, Number(bytes), Number(total));
      else if (/^Installing/.test(line)) say('unpacking');
    },
  });
}
