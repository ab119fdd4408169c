import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageFolder } from './package-folder.js';
import { isSystemError, systemSentence } from './system-error.js';

/** One command: what it does, and how to load it. Loaded only when it is called, so that `check` starts without any backend. */
interface Command {
  readonly doc: string;
  load(): Promise<(args: readonly string[]) => Promise<number>>;
}

const commands: Readonly<Record<string, Command>> = {
  check: { doc: 'shapes, parameters, skips and problems of designs', load: async () => (await import('./commands/check.js')).run },
  fix: { doc: 'apply a fix that check offers', load: async () => (await import('./commands/fix.js')).run },
  export: { doc: 'write the design as PyTorch code', load: async () => (await import('./commands/export.js')).run },
  trace: { doc: 'run the network once, layer by layer, and compare its shapes', load: async () => (await import(/* webpackChunkName: "run" */ './commands/trace.js')).run },
  train: { doc: 'train it for a few steps on a built-in data set', load: async () => (await import(/* webpackChunkName: "run" */ './commands/train.js')).run },
  open: { doc: 'the editor in the browser', load: async () => (await import(/* webpackChunkName: "open" */ './commands/open.js')).open },
  get: { doc: 'fetch a backend that is too heavy for the package', load: async () => (await import(/* webpackChunkName: "parts" */ './commands/get.js')).get },
  remove: { doc: 'take such a part away', load: async () => (await import(/* webpackChunkName: "parts" */ './commands/get.js')).remove },
  doctor: { doc: 'which backends train here and how fast, what is missing and how to get it', load: async () => (await import(/* webpackChunkName: "run" */ './commands/doctor.js')).run },
};

const usage = [
  'netwright COMMAND ...',
  '',
  ...Object.entries(commands).map(([name, { doc }]) => `  ${name.padEnd(8)}${doc}`),
  '',
  'netwright COMMAND --help tells the options of a command.',
  'Exit code 0: fine; 1: the design or the run has errors; 2: input that cannot be used.',
].join('\n');

async function main([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(`${usage}\n`);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  if (!Object.hasOwn(commands, name)) {
    process.stderr.write(`netwright: there is no command ${name}\n${usage}\n`);
    return 2;
  }
  return ((await commands[name]?.load()) ?? (async () => 2))(rest);
}

function version(): string {
  return (JSON.parse(readFileSync(path.join(packageFolder(), 'package.json'), 'utf8')) as { readonly version: string }).version;
}

let unread = false;
/** A reader that closes the pipe early (`| head`) is no error; a run that it began is stopped as by a signal, so that what is learned is saved. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (unread) return;
  unread = true;
  if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(0);
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`netwright: ${isSystemError(error) ? systemSentence(error) : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 2;
  },
);
