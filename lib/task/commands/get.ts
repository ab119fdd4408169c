import { partsFolder } from '../parts/folder.js';
import { getPart, isPartName, parts, removePart, versionOf, type PartName, type Progress } from '../parts/index.js';
import { duration, megabytes } from '../training/terminal.js';
import { exit, guarded, readArguments, UnusableInput } from './input.js';

const list = Object.entries(parts).map(([name, { title }]) => `  ${name.padEnd(10)}${title}`).join('\n');

export const usage = `netwright get PART... [--json]
netwright remove PART... [--json]

Fetches what is too heavy for the package itself, or takes it away. Without a PART: what there is, and what of it is here.
${list}
Packages come from the registries that npm and pip are configured with, with their checksums. A download that is cut is taken up where it stopped. What is fetched works without a network.
The proxy is that of HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, and none for what NO_PROXY names.
  --json   one JSON record a line
Exit code 0: it is here (or gone); 1: it cannot be had; 2: input that cannot be used.`;

export const get = (args: readonly string[]): Promise<number> =>
  guarded(async () => {
    const { names, json } = read(args);
    if (names.length === 0) return listParts(json);
    for (const name of names) if (!(await fetched(name, json))) return exit.errors;
    return exit.clean;
  });

export const remove = (args: readonly string[]): Promise<number> =>
  guarded(() => {
    const { names, json } = read(args);
    if (names.length === 0) return listParts(json);
    for (const name of names) {
      const removed = removePart(name);
      process.stdout.write(json ? `${JSON.stringify({ part: name, removed })}\n` : `${name}: ${removed ? 'removed' : 'it is not here'}\n`);
    }
    return exit.clean;
  });

function read(args: readonly string[]): { readonly names: readonly PartName[]; readonly json: boolean } {
  const { values, positionals } = readArguments(args, { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }, usage);
  if (values.help) throw new UnusableInput(usage);
  const unknown = positionals.find((name) => !isPartName(name));
  if (unknown !== undefined) throw new UnusableInput(`there is no part ${unknown}; there are ${Object.keys(parts).join(', ')}`);
  return { names: positionals as PartName[], json: values.json ?? false };
}

function listParts(json: boolean): number {
  for (const [name, { title, size, needs }] of Object.entries(parts)) {
    const version = versionOf(name);
    process.stdout.write(json ? `${JSON.stringify({ part: name, title, size, needs, version: version ?? null })}\n` : `${version === undefined ? ' ' : '✓'} ${name}${version === undefined ? '' : ` ${version}`}: ${title}\n    ${size}; needs ${needs}\n`);
  }
  if (!json) process.stdout.write(`They lie in ${partsFolder()}\n`);
  return exit.clean;
}

async function fetched(name: PartName, json: boolean): Promise<boolean> {
  const start = performance.now();
  const say = json ? (progress: Progress): void => void process.stdout.write(`${JSON.stringify({ type: 'progress', ...progress })}\n`) : createLine(process.stdout);
  try {
    const version = await getPart(name, parts[name], throttled(say));
    const seconds = (performance.now() - start) / 1000;
    process.stdout.write(json ? `${JSON.stringify({ type: 'got', part: name, version, seconds })}\n` : `\n${name} ${version} is here, after ${duration(seconds)}.\n`);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (json) process.stdout.write(`${JSON.stringify({ type: 'failed', part: name, reason })}\n`);
    process.stderr.write(`${json ? '' : '\n'}netwright: ${name} cannot be had: ${reason}\n`);
    return false;
  }
}

/** At most five a second, and every new thing at once. */
function throttled(say: (progress: Progress) => void): (progress: Progress) => void {
  let [what, at] = ['', 0];
  return (progress) => {
    const now = performance.now();
    if (progress.what === what && now - at < 200) return;
    [what, at] = [progress.what, now];
    say(progress);
  };
}

/** A line that is written over at a terminal; elsewhere one line for every new thing. */
function createLine(stream: NodeJS.WriteStream): (progress: Progress) => void {
  let before = '';
  return ({ part, what, bytes, total }) => {
    const amount = bytes === undefined ? '' : `  ${megabytes(bytes)}${total === undefined ? '' : ` of ${megabytes(total)}`}`;
    if (stream.isTTY) stream.write(`\r\u001b[2K${part}: ${what}${amount}`.slice(0, (stream.columns ?? 80) + 4));
    else if (what !== before) stream.write(`${part}: ${what}\n`);
    before = what;
  };
}
