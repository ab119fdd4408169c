import { readFileSync } from 'node:fs';
import path from 'node:path';
import { analyze, type Analysis } from '../../lib/analysis/index.js';
import { applyReplacements, parse, patch } from '../../lib/document/index.js';
import type { Edit } from '../../lib/document/edit.js';
import type { Fix, Problem } from '../../lib/document/problem.js';
import { root } from '../support/paths.js';

/** An analysed design of the given parts: an image of N × 64 × 25 × 25 named `x` unless `inputs` says otherwise. */
export function design(parts: Readonly<Record<string, unknown>>): Analysis {
  return analyze(JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 64, 25, 25] } }, ...parts }, null, 2));
}

export function template(name: string): string {
  return readFileSync(path.join(root, 'media/templates', `${name}.nnet.json`), 'utf8');
}

export function example(name: string): string {
  return readFileSync(path.join(root, 'test/fixtures/examples', `${name}.nnet.json`), 'utf8');
}

/** The design after some edits of its text. */
export function edited(analysis: Analysis, edits: readonly Edit[]): Analysis {
  const changed = patch(analysis.parsed, edits);
  if ('refused' in changed) throw new Error(changed.refused);
  return analyze(parse(applyReplacements(analysis.parsed.text, changed)));
}

/** "code node" for every problem. */
export function problems(analysis: Analysis): readonly string[] {
  return analysis.problems.map(({ code, node }) => `${code} ${node || '-'}`);
}

/** "title | detail", and "title ✗ refusal" for what cannot work. */
export function titles(problem: Problem | undefined): readonly string[] {
  return (problem?.fixes ?? []).map(({ title, detail, refusal }) => (refusal === undefined ? `${title}${detail ? ` | ${detail}` : ''}` : `${title} ✗ ${refusal}`));
}

/** The offered fix whose title matches. */
export function fixOf(problem: Problem | undefined, title: RegExp): Fix {
  const fix = problem?.fixes.find((candidate) => candidate.refusal === undefined && title.test(candidate.title));
  if (fix === undefined) throw new Error(`no fix ${String(title)} among: ${titles(problem).join(' / ')}`);
  return fix;
}

export const conv = (from: string, out_channels: unknown, more: Readonly<Record<string, unknown>> = {}) => ({ op: 'Conv2d', in: [from], out_channels, kernel_size: 3, padding: 1, ...more });
export const relu = (from: string) => ({ op: 'ReLU', in: [from] });
export const bn = (from: string) => ({ op: 'BatchNorm2d', in: [from] });
export const add = (...sources: readonly string[]) => ({ op: 'Add', in: [...sources] });
