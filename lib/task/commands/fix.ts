import { writeFileSync } from 'node:fs';
import { analyze } from '../../analysis/index.js';
import { parse } from '../../document/parse.js';
import { applyReplacements, patch } from '../../document/patch.js';
import { exit, guarded, readArguments, readDesign, readSettings, UnusableInput } from './input.js';

export const usage = `netwright fix FILE --problem CODE --node NODE [--choose N] [--write] [--set name=value]...

Prints the design with a problem mended; with --write changes the file instead.
  --problem  the problem's code, as \`netwright check\` prints it
  --node     the node's path, such as stage1[0].sum; "" for the document
  --choose   which of its fixes, from 1 (the default, the best)
Exit code 0: mended; 1: there is no such problem or it has no such fix; 2: input that cannot be used.`;

export function run(args: readonly string[]): Promise<number> {
  return guarded(() => {
    const { values, positionals } = readArguments(
      args,
      { problem: { type: 'string' }, node: { type: 'string' }, choose: { type: 'string' }, write: { type: 'boolean' }, set: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
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
    const parsed = parse(readDesign(file));
    const { problems } = analyze(parsed, { set: readSettings(values.set) });
    const problem = problems.find((candidate) => candidate.code === values.problem && candidate.node === values.node);
    if (!problem) return refuse(`${file} has no problem ${values.problem} at "${values.node}"; it has ${problems.length ? problems.map((other) => `${other.code} at "${other.node}"`).join(', ') : 'none'}`);
    const fixes = problem.fixes.filter((fix) => fix.refusal === undefined);
    const fix = fixes[choose - 1];
    if (!fix) return refuse(`${problem.code} at "${problem.node}" has ${fixes.length} ${fixes.length === 1 ? 'fix' : 'fixes'}, not ${choose}`);
    const changed = patch(parsed, fix.edits);
    if ('refused' in changed) return refuse(changed.refused);
    const text = applyReplacements(parsed.text, changed);
    process.stderr.write(`${fix.title}${fix.detail ? ` (${fix.detail})` : ''}\n`);
    if (values.write) writeFileSync(file, text);
    else process.stdout.write(text);
    return exit.clean;
  });
}

function refuse(message: string): number {
  process.stderr.write(`netwright: ${message}\n`);
  return exit.errors;
}
