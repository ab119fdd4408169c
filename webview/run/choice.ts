import { addClassifier, isRefusal, type Action } from '../../lib/actions/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import type { Problem } from '../../lib/document/problem.js';
import { chooseRun } from '../../lib/recipes/index.js';

/** What pressing Run would do, or why it cannot and what would help. */
export type RunChoice = { readonly label: string } | { readonly obstacle: string; readonly problem?: Problem; readonly fix?: Action };

/** As `netwright train` chooses; asked of designs without errors. */
export function runChoice(analysis: Analysis, recipe?: string): RunChoice {
  const chosen = chooseRun(analysis.parsed, recipe === undefined ? {} : { recipe });
  if ('label' in chosen) return chosen;
  const [first] = chosen.obstacles;
  const classifier = first?.code === 'no-classifier' ? addClassifier(analysis) : undefined;
  return { obstacle: first?.message ?? 'The design has errors.', ...(first && { problem: first }), ...(classifier && !isRefusal(classifier) && { fix: classifier }) };
}
