import { analyze } from '../../analysis/index.js';
import type { Problem } from '../../document/problem.js';
import { applyReplacements, patch } from '../../document/patch.js';
import { checkSettings, exit, guarded, readArguments, readParsed, readSettings, UnusableInput, writeNamed } from './input.js';

export const usage = `netwright fix FILE --problem CODE --node NODE [--at NAME] [--choose N] [--write] [--set name=value]...

Prints the design with a problem mended; with --write changes the file instead.
  --problem  the problem's code, as \`netwright check\` prints it
  --node     the node's path, such as stage1[0].sum; "" for the document
  --at       the port or parameter, where one node has the problem more than once
  --choose   which of its fixes, from 1 (the default, the best)
Exit code 0: mended; 1: there is no such problem or it has no such fix; 2: input that cannot be used.`;

export function run(args: readonly string[]): Promise<number> {
  return guarded(() => {
    const { values, positionals } = readArguments(
      args,
      { problem: { type: 'string' }, node: { type: 'string' }, at: { type: 'string' }, choose: { type: 'string' }, write: { type: 'boolean' }, set: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
      usage,
    );
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      return exit.clean;
    }
    const [file] = positionals;
    if (file === undefined || positionals.length > 1 || values.problem === undefined || values.node === undefined) throw new UnusableInput(`fix needs one file, --problem and --node\n${usage}`);
    if (file === '-' && values.write) throw new UnusableInput('--write needs a file, not standard input');
    const choose = Number(values.choose ?? 1);
    if (!Number.isInteger(choose) || choose < 1) throw new UnusableInput(`--choose ${values.choose}: wants a whole number from 1`);
    const parsed = readParsed(file);
    const set = readSettings(values.set);
    checkSettings(file, parsed, set);
    const { problems } = analyze(parsed, { set });
    const problem = problems.find((candidate) => candidate.code === values.problem && candidate.node === values.node && (values.at === undefined || placeOf(candidate) === values.at));
    if (!problem) return refuse(`${file} has no problem ${values.problem} at "${values.node}"; it has ${problems.length ? problems.map((other) => `${other.code} at "${other.node}"${placeOf(other) === undefined ? '' : ` (--at ${placeOf(other)})`}`).join(', ') : 'none'}`);
    const fixes = problem.fixes.filter((fix) => fix.refusal === undefined);
    const fix = fixes[choose - 1];
    if (!fix) return refuse(`${problem.code} at "${problem.node}" has ${fixes.length} ${fixes.length === 1 ? 'fix' : 'fixes'}, not ${choose}`);
    const changed = patch(parsed, fix.edits);
    if ('refused' in changed) return refuse(changed.refused);
    const text = applyReplacements(parsed.text, changed);
    process.stderr.write(`${fix.title}${fix.detail ? ` (${fix.detail})` : ''}\n`);
    if (values.write) writeNamed(file, text);
    else process.stdout.write(text);
    return exit.clean;
  });
}

/** The port or parameter of a problem, as --at names it. */
function placeOf({ at }: Problem): string | undefined {
  return at && String('port' in at ? at.port : at.param);
}

function refuse(message: string): number {
  process.stderr.write(`netwright: ${message}\n`);
  return exit.errors;
}
