import { analyze, findingKey, type Analysis } from '../analysis/index.js';
import { apply } from '../document/apply.js';
import { parse } from '../document/parse.js';
import { applyReplacements, patch } from '../document/patch.js';
import { buildProgram } from '../program/build.js';
import type { Edit } from '../document/edit.js';
import type { LocatedFinding, Program } from '../program/program.js';

/** The network that a design becomes by some edits, without a look at costs and skips; undefined where they do not apply. */
export function trial(analysis: Analysis, edits: readonly Edit[]): Program | undefined {
  const document = apply(analysis.parsed.document, edits);
  return 'refused' in document ? undefined : buildProgram(document, { previous: analysis.program, ...(analysis.set !== undefined && { set: analysis.set }) });
}

/** The whole analysis of what a design becomes by some edits, with its text; undefined where they do not apply. */
export function preview(analysis: Analysis, edits: readonly Edit[]): Analysis | undefined {
  const replacements = patch(analysis.parsed, edits);
  if ('refused' in replacements) return undefined;
  return analyze(parse(applyReplacements(analysis.parsed.text, replacements), analysis.parsed), { previous: analysis, ...(analysis.set !== undefined && { set: analysis.set }) });
}

/** What is wrong after and was not before. */
export function newlyWrong(before: Program, after: Program): readonly LocatedFinding[] {
  const known = new Set(before.findings.map(findingKey));
  return after.findings.filter((finding) => finding.severity !== 'hint' && !known.has(findingKey(finding)));
}

/** The first choice that makes nothing wrong; where each does, the first that makes the least wrong. Undefined where none applies. */
export function firstRight<Choice>(analysis: Analysis, choices: Iterable<Choice>, edits: (choice: Choice) => readonly Edit[]): { readonly choice: Choice; readonly program: Program; readonly wrong: number } | undefined {
  let best: { choice: Choice; program: Program; wrong: number } | undefined;
  let left = 24;
  for (const choice of choices) {
    if (left-- <= 0) break;
    const program = trial(analysis, edits(choice));
    if (program === undefined) continue;
    const wrong = newlyWrong(analysis.program, program).length;
    if (best === undefined || wrong < best.wrong) best = { choice, program, wrong };
    if (wrong === 0) break;
  }
  return best;
}
