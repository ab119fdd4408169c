import { addClassifier, isRefusal, type Action } from '../../lib/actions/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import type { JsonObject, JsonValue } from '../../lib/document/json.js';
import { buildProgram } from '../../lib/program/index.js';
import type { Program } from '../../lib/program/program.js';
import { defaultRecipe, mismatch, readRecipe, type Recipe } from '../../lib/recipes/index.js';

/** What pressing Run would do, or why it cannot and what would help. */
export type RunChoice = { readonly label: string; readonly recipe: Recipe } | { readonly obstacle: string; readonly fix?: Action };

/** The recipe `quick`, else the first one written, else the one that the shapes suggest, as `netwright train` chooses. Asked only of designs without errors. */
export function runChoice(analysis: Analysis): RunChoice {
  const { document } = analysis.parsed;
  const names = [...document.training.keys()];
  const name = names.includes('quick') ? 'quick' : names[0];
  const written = name === undefined ? undefined : document.training.get(name);
  const set = setsOf(written);
  const program = Object.keys(set).length > 0 ? buildProgram(document, { set }) : analysis.program;
  const finding = program.findings.find(({ severity = 'error' }) => severity === 'error');
  if (finding) return { obstacle: `With what the recipe ${name} sets: ${finding.message}` };
  const base = defaultRecipe(...tensorsOf(program));
  const { recipe, problems } = written === undefined ? { recipe: base, problems: [] } : readRecipe(written, ['training', name ?? ''], base);
  const wrong = problems.find(({ severity }) => severity === 'error') ?? mismatch(...tensorsOf(program), recipe);
  if (!wrong) return { recipe, label: ['Run', [`${recipe.steps} steps`, ...Object.entries(set).map(([param, value]) => `${param} ${String(value)}`)].join(', ')].join(' ') };
  const classifier = wrong.code === 'no-classifier' ? addClassifier(analysis) : undefined;
  return { obstacle: wrong.message, ...(classifier && !isRefusal(classifier) && { fix: classifier }) };
}

const tensorsOf = ({ inputs, outputs }: Program) => [inputs.map(({ tensor }) => tensor), outputs.map(({ value }) => value.tensor)] as const;

function setsOf(recipe: JsonValue | undefined): JsonObject {
  const set = typeof recipe === 'object' && recipe !== null && !Array.isArray(recipe) ? (recipe as JsonObject)['set'] : undefined;
  return typeof set === 'object' && set !== null && !Array.isArray(set) ? (set as JsonObject) : {};
}
