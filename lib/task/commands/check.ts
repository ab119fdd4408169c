import { analyze } from '../../analysis/index.js';
import type { Analysis } from '../../analysis/analysis.js';
import { withBatchOfOne } from '../../analysis/totals.js';
import type { JsonValue } from '../../document/json.js';
import type { Problem } from '../../document/problem.js';
import { parse } from '../../document/parse.js';
import { megabytes } from '../training/terminal.js';
import { formatShape } from '../../shapes/index.js';
import { preflight } from '../data/preflight.js';
import { designAt } from './committed.js';
import { compare, comparisonText } from './compare.js';
import { checkSettings, exit, findDesigns, guarded, position, readArguments, readDesign, readSettings, UnusableInput } from './input.js';
import { brokenNodes, dimJson, report } from './report.js';
import { count, plural, table } from './table.js';

export const usage = `netwright check FILE|FOLDER... [--json] [--strict] [--data] [--set name=value]...
netwright check FILE --against GITREF [--markdown] [--json]

Shapes, parameters, MACs, skips and problems of every design; "-" reads one from standard input.
  --json      one JSON object a line and file
  --strict    warnings fail too
  --data      looks through the files that its recipes read, too
  --set       a parameter of the document, such as depth=56
  --against   what changed since a commit, branch or tag
  --markdown  the comparison as Markdown
Exit code 0: clean; 1: errors; 2: input that cannot be used.`;

export function run(args: readonly string[]): Promise<number> {
  return guarded(async () => {
    const { values, positionals } = readArguments(
      args,
      { json: { type: 'boolean' }, strict: { type: 'boolean' }, data: { type: 'boolean' }, set: { type: 'string', multiple: true }, against: { type: 'string' }, markdown: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
      usage,
    );
    if (values.help) return print(usage, exit.clean);
    if (!positionals.length) throw new UnusableInput(`check what?\n${usage}`);
    const set = readSettings(values.set);
    const files = findDesigns(positionals);
    if (values.against !== undefined) return checkAgainst(files, values.against, set, values);
    let worst: number = exit.clean;
    for (const [i, file] of files.entries()) {
      const text = readDesign(file);
      const parsed = parse(text);
      checkSettings(file, parsed, set);
      const network = analyze(parsed, { set });
      const analysis = values.data && parsed.readable ? withProblems(network, withoutTold(await preflight(parsed, file, set), network.problems)) : network;
      process.stdout.write(values.json ? `${JSON.stringify(report(file, analysis))}\n` : `${i ? '\n' : ''}${people(file, text, analysis)}\n`);
      worst = Math.max(worst, verdict(analysis, values.strict ?? false));
    }
    return worst;
  });
}

/** An analysis with what the files of its recipes have to say. */
function withProblems(network: Analysis, more: readonly Problem[]): Analysis {
  const { parsed, set, program, totals, skips, receptiveFields, activationBytes, memory, conditions } = network;
  return { parsed, ...(set !== undefined && { set }), program, totals, skips, receptiveFields, activationBytes, memory, conditions, problems: [...network.problems, ...more] };
}

/** The problems that the analysis has not told already. */
function withoutTold(problems: readonly Problem[], told: readonly Problem[]): readonly Problem[] {
  const known = new Set(told.map(keyOf));
  return problems.filter((problem) => !known.has(keyOf(problem)));
}

const keyOf = ({ code, place }: Problem): string => `${code} ${place.path.join('/')}`;

function verdict(analysis: Analysis, strict: boolean): number {
  if (!analysis.parsed.readable) return exit.unusable;
  return analysis.problems.some((problem) => problem.severity === 'error' || (strict && problem.severity === 'warning')) ? exit.errors : exit.clean;
}

function checkAgainst(files: readonly string[], ref: string, set: Readonly<Record<string, JsonValue>>, as: { json?: boolean | undefined; markdown?: boolean | undefined; strict?: boolean | undefined }): number {
  let worst: number = exit.clean;
  for (const file of files) {
    if (file === '-') throw new UnusableInput('--against needs a file in a git working tree, not standard input');
    const after = analyze(parse(readDesign(file)), { set });
    const before = analyze(parse(designAt(file, ref)), { set });
    const change = compare(file, before, after);
    process.stdout.write(as.json ? `${JSON.stringify(change)}\n` : `${comparisonText(change, ref, as.markdown ?? false)}\n`);
    worst = Math.max(worst, verdict(after, as.strict ?? false));
  }
  return worst;
}

/** The table for people: a row a node, then totals, skips and problems. */
function people(file: string, text: string, analysis: Analysis): string {
  const { program, totals, skips, problems } = analysis;
  const rows = [
    ...program.inputs.map((input) => [input.name, 'input', formatShape(input.tensor.shape), '', '']),
    ...program.nodes.map((node) => [
      node.path,
      node.operator.type,
      node.outputs.map((output) => formatShape(output.shape)).join(', '),
      node.weights.length ? count(dimJson(node.parameters)) + (node.shared ? ' shared' : '') : '',
      node.macs === 0 ? '' : count(dimJson(withBatchOfOne(node.macs))),
    ]),
    ...brokenNodes(program).map(({ path, op }) => [path, op, '?', '', '']),
  ];
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  return [
    file,
    ...table([['node', 'operator', 'output', 'parameters', 'MACs'], ...rows], [3, 4]),
    '',
    `${count(dimJson(totals.params))} parameters, ${count(dimJson(totals.macs))} MACs, ${plural(skips.length, 'skip')}` + (totals.uncounted ? `; ${plural(totals.uncounted, 'layer')} not counted, since their shape is unknown` : ''),
    ...memoryLine(analysis.memory),
    ...program.outputs.map((output) => `output ${output.name}: ${formatShape(output.value.tensor.shape)}`),
    ...analysis.conditions.map(({ text: condition }) => `condition: ${condition}`),
    ...problems.flatMap((problem) => ['', ...problemText(file, text, problem)]),
    '',
    problems.length ? `${plural(errors, 'error')}, ${plural(problems.length - errors, 'other problem')}` : 'No problems',
  ].join('\n');
}

function memoryLine({ inference, peakAt, training, saved }: Analysis['memory']): readonly string[] {
  if (typeof inference !== 'number' || typeof training !== 'number' || typeof saved !== 'number' || peakAt === undefined) return [];
  return [`activations of one example: ${megabytes(inference)} at most in inference (at ${peakAt}), ${megabytes(training)} in training, of which ${megabytes(saved)} are kept for the backward pass`];
}

function problemText(file: string, text: string, problem: Problem): readonly string[] {
  const { line, column } = position(text, problem.range?.start ?? 0);
  return [
    `${file}:${line}:${column}: ${problem.severity}: ${problem.message} [${problem.code}]`,
    ...problem.explanation.map((step, i) => `  ${i + 1}. ${step.text}`),
    ...problem.fixes.map((fix, i) => `  ${fix.refusal === undefined ? `fix ${i + 1}: ${fix.title}${fix.detail ? ` (${fix.detail})` : ''}` : `no fix: ${fix.title}: ${fix.refusal}`}`),
  ];
}

function print(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}
