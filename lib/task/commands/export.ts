import path from 'node:path';
import { analyze } from '../../analysis/index.js';
import { isOfTraining } from '../../recipes/written.js';
import { exportPyTorch } from '../../interop/pytorch/index.js';
import { checkSettings, exit, guarded, readArguments, readParsed, readSettings, UnusableInput, writeNamed } from './input.js';

export const usage = `netwright export FILE --to pytorch [--out FILE] [--set name=value]...

Prints the network as code of another framework.
  --to   pytorch: one nn.Module class a block
  --out  write there instead of to standard output
Exit code 0: exported; 1: the design has errors (netwright check lists them); 2: input that cannot be used.`;

export function run(args: readonly string[]): Promise<number> {
  return guarded(() => {
    const { values, positionals } = readArguments(args, { to: { type: 'string' }, out: { type: 'string' }, set: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } }, usage);
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      return exit.clean;
    }
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) throw new UnusableInput(`export needs one file\n${usage}`);
    if (values.to !== 'pytorch') throw new UnusableInput(`--to ${values.to ?? ''}: the formats are: pytorch`);
    const parsed = readParsed(file);
    const set = readSettings(values.set);
    checkSettings(file, parsed, set);
    const { program, problems } = analyze(parsed, { set });
    const errors = problems.filter((problem) => problem.severity === 'error' && !isOfTraining(problem));
    if (errors.length) {
      process.stderr.write(errors.map((problem) => `netwright: ${file}: ${problem.message}\n`).join(''));
      return exit.errors;
    }
    const code = exportPyTorch(program, { fileName: file === '-' ? 'network.nnet.json' : path.basename(file) });
    if (values.out === undefined) process.stdout.write(code);
    else writeNamed(values.out, code);
    return exit.clean;
  });
}
