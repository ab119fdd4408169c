import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { JsonValue } from '../../document/json.js';
import { parse, type Parsed } from '../../document/parse.js';
import { isSystemError, reason, systemSentence } from '../system-error.js';

/** What the user gave cannot be used; the command ends with exit code 2. */
export class UnusableInput extends Error {}

export const exit = { clean: 0, errors: 1, unusable: 2 } as const;

type Options = NonNullable<ParseArgsConfig['options']>;
type Arguments<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true; strict: true }>>;

/** `util.parseArgs` whose refusals are UnusableInput with the command's usage below. */
export function readArguments<const O extends Options>(args: readonly string[], options: O, usage: string): Arguments<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UnusableInput(`${(error as Error).message}\n${usage}`);
  }
}

/** Runs a command's body; prints what makes the input unusable and answers the exit code. */
export async function guarded(body: () => Promise<number> | number): Promise<number> {
  try {
    return await body();
  } catch (error) {
    const unusable = error instanceof UnusableInput ? error.message : isSystemError(error) ? systemSentence(error) : undefined;
    if (unusable === undefined) throw error;
    process.stderr.write(`netwright: ${unusable}\n`);
    return exit.unusable;
  }
}

/** The text of a design; `-` reads standard input. */
export function readDesign(file: string): string {
  return looked(file, () => new TextDecoder('utf-8').decode(readFileSync(file === '-' ? 0 : file)));
}

/** A design that can be read, for commands that have nothing to do with another. */
export function readParsed(file: string): Parsed {
  const parsed = parse(readDesign(file));
  if (parsed.readable) return parsed;
  const [problem] = parsed.problems;
  const { line, column } = position(parsed.text, problem?.range?.start ?? 0);
  throw new UnusableInput(`${file}:${line}:${column}: ${problem?.message ?? 'cannot be read as a design'}`);
}

/** Line and column of an offset, both from 1. */
export function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** Refuses a `--set` whose name is no parameter of the document: that mistake is not in the file. */
export function checkSettings(file: string, { document, readable }: Parsed, set: Readonly<Record<string, JsonValue>>): void {
  if (!readable) return;
  const { params } = document.root;
  const unknown = Object.keys(set).find((name) => !params.has(name));
  if (unknown !== undefined) throw new UnusableInput(`--set ${unknown}: ${file} has ${params.size ? `the parameters ${[...params.keys()].join(', ')}` : 'no parameters'}`);
}

/** Files as given; a folder stands for every *.nnet.json below it, in the order of their names. */
export function findDesigns(given: readonly string[]): readonly string[] {
  return given.flatMap((name) => {
    if (name === '-') return [name];
    const stat = looked(name, () => statSync(name, { throwIfNoEntry: false }));
    if (!stat) throw new UnusableInput(`${name}: no such file or folder`);
    if (!stat.isDirectory()) return [name];
    const found = designsBelow(name);
    if (!found.length) throw new UnusableInput(`${name}: no *.nnet.json below this folder`);
    return found;
  });
}

function designsBelow(folder: string): string[] {
  const entries = looked(folder, () => readdirSync(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : designsBelow(name);
    return entry.isFile() && entry.name.endsWith('.nnet.json') ? [name] : [];
  });
}

/** What the system answers about a file or folder; its refusal is that of the command. */
function looked<T>(name: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw new UnusableInput(`${name}: ${reason(error)}`);
  }
}

/** Writes a file that the user named. */
export function writeNamed(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UnusableInput(`${file}: ${reason(error, true)}`);
  }
}

/** `--set depth=56 --set skip=false`: values are JSON; what is not JSON is text. */
export function readSettings(given: readonly string[] | undefined): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(
    (given ?? []).flatMap((group) => group.split(/,(?=[A-Za-z_][A-Za-z0-9_]*=)/)).map((setting) => {
      const at = setting.indexOf('=');
      if (at < 1) throw new UnusableInput(`--set ${setting}: write name=value`);
      return [setting.slice(0, at).trim(), readValue(setting.slice(at + 1))];
    }),
  );
}

function readValue(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
