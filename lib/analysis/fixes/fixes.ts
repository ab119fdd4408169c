import { mergeCandidates } from './merge.js';
import { nameCandidates } from './names.js';
import { paramCandidates } from './params.js';
import { forgottenFlatten, shapeCandidates } from './shapes.js';
import { wiringCandidates } from './wiring.js';
import { verifiedFixes, type Candidate, type FixContext } from './verify.js';
import type { Fix } from '../../document/problem.js';

/** Everything that would mend a problem, best first, each proven on the edited design. */
export function fixesFor(context: FixContext): readonly Fix[] {
  return verifiedFixes(context, candidatesFor(context));
}

function candidatesFor(context: FixContext): readonly Candidate[] {
  if (context.finding === undefined) return [];
  if (context.mismatch !== undefined) return mergeCandidates(context, context.mismatch);
  return [...forgottenFlatten(context), ...nameCandidates(context), ...paramCandidates(context), ...shapeCandidates(context), ...wiringCandidates(context)];
}
