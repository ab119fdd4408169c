import type { JsonObject, JsonValue } from '../document/json.js';
import { nearest } from '../document/names.js';
import type { Parsed } from '../document/parse.js';
import type { Problem } from '../document/problem.js';
import { buildProgram } from '../program/index.js';
import type { Program } from '../program/program.js';
import { lostBatch } from './batch.js';
import { defaultRecipe, mismatch } from './default.js';
import { nodeChoices, type NodeChoices } from './node-words.js';
import { readRecipe } from './read.js';
import type { Recipe } from './recipe.js';
import { untrainable } from './untrainable.js';
import { unknownSettings } from './written.js';

export interface RunOptions {
  /** The recipe asked for; `default` is the one that the shapes suggest. */
  readonly recipe?: string;
  /** Document parameters, as from `--set`; they count before those of the recipe. */
  readonly set?: JsonObject;
  /** The batch size that the command asks for. */
  readonly batch?: number;
}

/** What training a design would do. */
export interface ChosenRun {
  readonly name: string;
  readonly recipe: Recipe;
  /** Document parameters as they run. */
  readonly set: JsonObject;
  /** The network with these; it has no errors. */
  readonly program: Program;
  /** What is frozen, and which nodes begin in a way of their own. */
  readonly choices: Pick<NodeChoices, 'frozen' | 'initialize'>;
  /** "Run 300 steps, width 8": for a button. */
  readonly label: string;
}

/** Why a design cannot be run. */
export interface Obstacles {
  readonly obstacles: readonly Problem[];
}

/** The fix that ends a network in scores for the ten digits, by the title under which the editor offers it; lib/actions makes its edits. */
export const classifierFix = 'Add classifier: pool, flatten, Linear 10';

/**
 * The recipe that would run (asked for, else `quick`, else the first one written, else the default one of the network's shapes) and the network that it would
 * run on; or what is in the way, each with its place. `fit` also asks whether network and recipe fit; a trace does not.
 */
export function chooseRun(parsed: Parsed, { recipe: asked, set = {}, batch }: RunOptions = {}, fit = true): ChosenRun | Obstacles {
  const { document } = parsed;
  const names = [...document.training.keys()];
  const name = asked ?? (names.includes('quick') ? 'quick' : (names[0] ?? 'default'));
  // What is wrong with a recipe keeps none but that one from running.
  const errors = parsed.problems.filter(({ severity, place: { path } }) => severity === 'error' && (!parsed.readable || path[0] !== 'training' || path.length < 2 || path[1] === name));
  if (!parsed.readable || errors.length) return { obstacles: errors };
  const written = document.training.get(name);
  if (written === undefined && name !== 'default') {
    const near = nearest(name, names);
    const known = names.length ? `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}` : 'the document has none, and without a name the default one runs';
    return { obstacles: [obstacle('unknown-recipe', `There is no recipe ${name}${near ? `; did you mean ${near}?` : ':'} ${known}.`, ['training'])] };
  }
  const unknown = unknownSettings(document, setsOf(written), ['training', name]);
  if (unknown.length) return { obstacles: unknown };
  const all = { ...setsOf(written), ...set };
  const program = buildProgram(document, { set: all });
  const findings = program.findings.filter(({ severity = 'error' }) => severity === 'error');
  if (findings.length) return { obstacles: findings.map(({ code, message, node, place, part }) => ({ ...obstacle(code, message, place, node), place: { path: place, ...(part && { part }) } })) };
  const base = defaultRecipe(...tensorsOf(program));
  const { recipe, problems } = written === undefined ? { recipe: base, problems: [] } : readRecipe(written, ['training', name], base);
  if (problems.length) return { obstacles: problems };
  const lost = fit ? lostBatch(program, { ...recipe, batch_size: batch ?? recipe.batch_size }) : undefined;
  if (lost) return { obstacles: [obstacle('training-batch', lost.message, lost.place, lost.node)] };
  const wrong = fit ? mismatch(...tensorsOf(program), recipe) : undefined;
  if (wrong?.setting !== undefined) return { obstacles: [obstacle(wrong.code, wrong.message, ['training', name, 'loss', wrong.setting])] };
  if (wrong) {
    const origin = program.outputs[0]?.value.origin;
    const node = origin?.kind === 'node' ? (program.nodes[origin.node]?.path ?? '') : '';
    return { obstacles: [obstacle(wrong.code, wrong.message, wrong.code === 'training-inputs' ? ['inputs'] : ['outputs'], node)] };
  }
  const { problems: misplaced, ...choices } = nodeChoices(program, recipe, ['training', name]);
  if (misplaced.length) return { obstacles: misplaced };
  const [stuck] = fit ? untrainable(program, { frozen: choices.frozen, outputs: program.outputs.slice(0, 1) }) : [];
  if (stuck) return { obstacles: [obstacle('scatter-gradient', stuck.message, stuck.node.place, stuck.node.path)] };
  const learned = [...program.weights.values()].filter((tensor) => tensor.learned);
  if (fit && learned.every(({ key }) => choices.frozen.has(key))) {
    const message = learned.length ? `All ${learned.length} learned tensors are frozen, so that there is nothing to train.` : 'The network has no learned tensor, so that there is nothing to train.';
    return { obstacles: [obstacle('nothing-to-train', message, learned.length && recipe.freeze.length ? ['training', name, 'freeze'] : ['nodes'])] };
  }
  const label = ['Run', [`${recipe.steps} steps`, ...Object.entries(setsOf(written)).map(([param, value]) => `${param} ${String(value)}`)].join(', ')].join(' ');
  return { name, recipe, set: all, program, choices, label };
}

const tensorsOf = ({ inputs, outputs }: Program) => [inputs.map(({ tensor }) => tensor), outputs.map(({ value }) => value.tensor)] as const;

const obstacle = (code: string, message: string, path: Problem['place']['path'], node = ''): Problem => ({ code, severity: 'error', node, place: { path }, message, explanation: [], fixes: [] });

function setsOf(recipe: JsonValue | undefined): JsonObject {
  const set = typeof recipe === 'object' && recipe !== null && !Array.isArray(recipe) ? (recipe as JsonObject)['set'] : undefined;
  return typeof set === 'object' && set !== null && !Array.isArray(set) ? (set as JsonObject) : {};
}
