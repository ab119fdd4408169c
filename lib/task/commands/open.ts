import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { serve } from '../serve/serve.js';
import { reason } from '../system-error.js';

const USAGE = 'usage: netwright open FILE [--port N] [--no-browser]';

/** `netwright open FILE`: the editor in the browser, on the loopback address, until SIGINT. */
export async function open(args: readonly string[]): Promise<number> {
  let file: string | undefined;
  let port = 0;
  let browser = true;
  for (let k = 0; k < args.length; k++) {
    const argument = args[k]!;
    if (argument === '--no-browser') browser = false;
    else if (argument === '--port') port = Number(args[++k]);
    else if (argument.startsWith('-') || file !== undefined) return complain(`unknown argument ${argument}`);
    else file = argument;
  }
  if (file === undefined) return complain('no file is named');
  if (!Number.isInteger(port) || port < 0 || port > 65535) return complain('--port wants a number from 0 to 65535');
  const obstacle = obstacleOf(file);
  if (obstacle !== undefined) return complain(obstacle);

  const served = await serve(file, { port }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (typeof served === 'string') {
    process.stderr.write(`netwright open: ${served}\n`);
    return 2;
  }
  process.stdout.write(`${file} is open at ${served.url}\nPress Ctrl+C to end.\n`);
  if (browser) showInBrowser(served.url);
  await new Promise<void>((ended) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended());
  });
  await served.close();
  return 0;
}

/** Why the editor cannot be opened on a file; one that is not there yet is made by the first save, where its folder is. */
function obstacleOf(file: string): string | undefined {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    return (found ? found.isFile() : statSync(path.dirname(path.resolve(file)), { throwIfNoEntry: false })?.isDirectory()) ? undefined : `${file} is no file`;
  } catch (error) {
    return `${file}: ${reason(error)}`;
  }
}

function complain(what: string): number {
  process.stderr.write(`netwright open: ${what}\n${USAGE}\n`);
  return 2;
}

/** Asks the desktop to show the address. Where there is none, the printed address is enough. */
function showInBrowser(url: string): void {
  const [program, args]: [string, string[]] =
    process.platform === 'darwin' ? ['open', [url]] : process.platform === 'win32' ? ['rundll32', ['url.dll,FileProtocolHandler', url]] : ['xdg-open', [url]];
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
