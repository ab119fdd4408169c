import { attentionCandidates } from './attention.js';
import { choiceCandidates } from './choices.js';
import { foldCandidates } from './fold.js';
import { mergeCandidates } from './merge.js';
import { nameCandidates } from './names.js';
import { paramCandidates } from './params.js';
import { productCandidates } from './product.js';
import { reorderedInput } from './reorder.js';
import { forgottenFlatten, shapeCandidates } from './shapes.js';
import { symbolicCandidates } from './symbolic.js';
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
  return [
    ...forgottenFlatten(context), ...reorderedInput(context), ...nameCandidates(context), ...productCandidates(context), ...foldCandidates(context), ...symbolicCandidates(context), ...choiceCandidates(context),
    ...paramCandidates(context), ...attentionCandidates(context), ...shapeCandidates(context), ...wiringCandidates(context),
  ];
}
