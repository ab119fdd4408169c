import { analyze } from './analyze.js';
import { catalogue, type Entry } from './catalogue/index.js';
import type { Problem } from '../document/problem.js';

/** A network that PyTorch refused when it ran: what it said, and the same network as a design. */
export interface Refused {
  readonly what: string;
  readonly error: string;
  readonly message: string;
  readonly design: string;
}

/** The reference of problems as Markdown: a section for each code, made from its example, and PyTorch's words beside ours. */
export function problemReference(refused: readonly Refused[]): string {
  return `${[
    '# Problems',
    'This page is made from an example of each problem; `UPDATE=1 npm run unit -- test/analysis/reference` writes it again. '
      + 'Errors stand in the way of running a design, warnings and hints do not; `"allow": { "CODE": "why" }` in a node silences one of those. '
      + 'A fix is offered only after the mended design was analysed: the problem is gone and nothing new is wrong. The operators have [a page of their own](operators.md).',
    catalogue.map(({ title, entries }) => `- ${title}: ${entries.map(({ code }) => `[${code}](#${code})`).join(', ')}`).join('\n'),
    ...catalogue.flatMap(({ title, doc, entries }) => [`## ${title}`, doc, ...entries.map(section)]),
    '## What PyTorch says',
    `Networks that PyTorch refused when they were run, with the first line of its message, and what is said here while they are drawn.`,
    ['| network | PyTorch | Netwright |', '| --- | --- | --- |', ...refused.map(row)].join('\n'),
  ].join('\n\n')}\n`;
}

function section({ code, when, example, mend }: Entry): string {
  const problem = analyze(example).problems.find((each) => each.code === code);
  const lines = [`### ${code}`, `${capital(problem?.severity ?? 'error')}. ${when}`];
  if (example !== '') lines.push(`\`\`\`json\n${shortened(example)}\n\`\`\``);
  if (problem !== undefined) lines.push(...toldIn(problem));
  if (mend !== undefined) lines.push(`To mend it: ${mend.charAt(0).toLowerCase()}${mend.slice(1)}`);
  return lines.join('\n\n');
}

function toldIn({ message, explanation, fixes }: Problem): readonly string[] {
  const offered = fixes.filter(({ refusal }) => refusal === undefined);
  return [
    `> ${message}`,
    ...(explanation.length === 0 ? [] : [explanation.map(({ text }, k) => `${k + 1}. ${text}`).join('\n')]),
    ...(offered.length === 0 ? [] : [`Fixes: ${offered.map(({ title, detail }) => `${title}${detail === undefined ? '' : ` (${detail})`}`).join('; ')}.`]),
  ];
}

function row({ what, error, message, design }: Refused): string {
  const [problem] = analyze(design).problems.filter(({ severity }) => severity === 'error');
  const [fix] = problem?.fixes.filter(({ refusal }) => refusal === undefined) ?? [];
  const ours = `${problem?.message ?? ''}${fix === undefined ? '' : ` Fix: ${fix.title}.`}`;
  return `| ${[what, `${error}: ${message}`, ours].map(cell).join(' | ')} |`;
}

const cell = (text: string): string => text.replace(/\|/gu, '\\|').replace(/\s+/gu, ' ').trim();
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** An example as it is shown: some are long because their length is what is wrong. */
function shortened(text: string): string {
  const visible = text.replace(/[\u0000-\u0008]/gu, '␀');
  const lines = visible.split('\n').map((line) => (line.length > 160 ? `${line.slice(0, 100)} … ${line.slice(-30)}` : line));
  return (lines.length > 30 ? [...lines.slice(0, 14), '  …', ...lines.slice(-6)] : lines).join('\n');
}
