import path from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { FinishedRecord } from '../../protocol/records.js';
import { duration } from '../training/terminal.js';
import { exit } from './input.js';
import { count, table } from './table.js';

/** One run of several: the arguments of a command line for it alone. */
export interface Variant {
  /** "residual-20, depth 56": what tells it from the others. */
  readonly name: string;
  /** The same without the seed. */
  readonly group: string;
  readonly args: readonly string[];
}

/** How a run ended. */
export interface Ended {
  readonly id: string;
  readonly parameters: number | string;
  readonly finished: FinishedRecord;
}

/** Makes one run of a command line; tells how it ended where it came to that. */
export type RunOne = (args: readonly string[], ended: (ended: Ended) => void) => Promise<number>;

/**
 * The runs that a command line asks for where it asks for several: one for each file, each value of `--set depth=20,56` and each of `--seed 0,1`. Undefined where
 * it is one run, or where the arguments are wrong, which is then told by the command itself.
 */
export function variants(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>): readonly Variant[] | undefined {
  let tokens;
  try {
    ({ tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true, tokens: true }));
  } catch {
    return undefined;
  }
  const files: string[] = [];
  const axes: { readonly flag: string; readonly name: string; readonly values: readonly string[] }[] = [];
  const common: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') files.push(token.value);
    if (token.kind !== 'option') continue;
    const { rawName, value } = token;
    if (token.name === 'resume' || token.name === 'help') return undefined;
    if (value === undefined) common.push(rawName);
    else if (token.name === 'seed') axes.push({ flag: rawName, name: 'seed', values: split(value) });
    else if (token.name === 'set') for (const [name, text] of settings(value)) axes.push({ flag: rawName, name, values: split(text) });
    else common.push(rawName, value);
  }
  if (!files.length || (files.length === 1 && axes.every(({ values }) => values.length < 2))) return undefined;
  const told = files.length > 1;
  let made: readonly Variant[] = files.map((file) => ({ name: told ? path.basename(file).replace(/\.nnet\.json$/, '') : '', group: told ? path.basename(file).replace(/\.nnet\.json$/, '') : '', args: [file, ...common] }));
  for (const { flag, name, values } of axes) {
    const join = (before: string, value: string): string => (values.length > 1 ? [before, `${name} ${value}`].filter(Boolean).join(', ') : before);
    made = made.flatMap((variant) =>
      values.map((value) => ({ name: join(variant.name, value), group: name === 'seed' ? variant.group : join(variant.group, value), args: [...variant.args, flag, flag === '--set' ? `${name}=${value}` : value] })),
    );
  }
  return made;
}

/** `depth=20,56,skip=false` as its settings with their texts, as readSettings takes it apart. */
const settings = (group: string): readonly (readonly [string, string])[] =>
  group.split(/,(?=[A-Za-z_][A-Za-z0-9_]*=)/).map((setting) => {
    const at = setting.indexOf('=');
    return [setting.slice(0, Math.max(0, at)).trim(), setting.slice(at + 1)];
  });

/** The values of a list without brackets: "20,56" are two, "[1,2]" and "{...}" are one. */
function split(text: string): readonly string[] {
  const values = [''];
  let depth = 0;
  let quoted = false;
  for (const [i, letter] of [...text].entries()) {
    if (letter === '"' && text[i - 1] !== '\\') quoted = !quoted;
    if (!quoted && (letter === '[' || letter === '{')) depth++;
    if (!quoted && (letter === ']' || letter === '}')) depth--;
    if (letter === ',' && depth === 0 && !quoted) values.push('');
    else values[values.length - 1] += letter;
  }
  return values.map((value) => value.trim()).filter((value, _, all) => value !== '' || all.length === 1);
}

/** One run after the other, then a table of all. Where one is stopped, the others are not begun. */
export async function runSeveral(all: readonly Variant[], one: RunOne, say: (line: string) => void): Promise<number> {
  const rows: { readonly variant: Variant; readonly ended: Ended }[] = [];
  let code: number = exit.clean;
  for (const [i, variant] of all.entries()) {
    say(`[${i + 1}/${all.length}] ${variant.name}`);
    const result: { ended?: Ended } = {};
    const answered = await one(variant.args, (ended) => (result.ended = ended));
    code = Math.max(code, answered);
    // What cannot be used at all is wrong in every other run too.
    if (answered === exit.unusable) return answered;
    const { ended } = result;
    if (ended) rows.push({ variant, ended });
    say('');
    if (ended?.finished.outcome === 'stopped') break;
  }
  if (rows.length > 1) for (const line of summary(rows)) say(line);
  return code;
}

function summary(rows: readonly { readonly variant: Variant; readonly ended: Ended }[]): readonly string[] {
  const cells = rows.map(({ variant, ended: { parameters, finished } }) => [variant.name, count(parameters), ...numbers(finished.metrics), duration(finished.time), finished.outcome === 'completed' ? '' : `${finished.outcome} at step ${finished.steps}`]);
  const groups = [...new Set(rows.map(({ variant }) => variant.group))].flatMap((group) => {
    const members = rows.filter(({ variant, ended }) => variant.group === group && ended.finished.outcome === 'completed');
    return members.length > 1 ? [[`mean of ${members.length} seeds${group ? ` of ${group}` : ''}`, '', ...numbers(mean(members.map(({ ended }) => ended.finished.metrics))), '', '']] : [];
  });
  return table([['run', 'parameters', 'train loss', 'test loss', 'test accuracy', 'time', ''], ...cells, ...groups], [1, 2, 3, 4, 5]);
}

type Metrics = FinishedRecord['metrics'];

const numbers = ({ train_loss: train, test_loss: test, test_accuracy: accuracy }: Metrics): readonly string[] => [
  train === undefined ? '' : train.toFixed(4),
  test === undefined ? '' : test.toFixed(4),
  accuracy === undefined ? '' : `${(100 * accuracy).toFixed(1)} %`,
];

function mean(all: readonly Metrics[]): Metrics {
  const of = (name: keyof Metrics): number | undefined => {
    const values = all.flatMap((each) => each[name] ?? []);
    return values.length === all.length ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined;
  };
  const [train, test, accuracy] = [of('train_loss'), of('test_loss'), of('test_accuracy')];
  return { ...(train !== undefined && { train_loss: train }), ...(test !== undefined && { test_loss: test }), ...(accuracy !== undefined && { test_accuracy: accuracy }) };
}
