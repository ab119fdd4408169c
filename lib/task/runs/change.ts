import type { Program } from '../../program/program.js';
import type { Recipe } from '../../recipes/index.js';

/** What a run was of, for comparing it with the next one. */
export interface RunOf {
  readonly program: Program;
  readonly recipe: Recipe;
}

/** What differs from the run before, shortest first told: "stage1[0].sum: skip off", "depth 20 → 56", "seed 0 → 1". Undefined where nothing does. */
export function describeChange(before: RunOf, now: RunOf, most = 3): string | undefined {
  const changes = [...parameterChanges(before.program, now.program), ...skipChanges(before.program, now.program)];
  // What a changed parameter does to single layers would only repeat it.
  if (!changes.length) changes.push(...layerChanges(before.program, now.program));
  changes.push(...recipeChanges(before.recipe, now.recipe));
  if (!changes.length) return undefined;
  return changes.slice(0, most).join(', ') + (changes.length > most ? ` and ${changes.length - most} more` : '');
}

function parameterChanges(before: Program, now: Program): string[] {
  return [...new Set([...Object.keys(before.params), ...Object.keys(now.params)])].flatMap((name) => difference(name, before.params[name], now.params[name]));
}

function skipChanges(before: Program, now: Program): string[] {
  const [cutBefore, cutNow] = [cuts(before), cuts(now)];
  return [...[...cutNow].filter((path) => !cutBefore.has(path)).map((path) => `${path}: skip off`), ...[...cutBefore].filter((path) => !cutNow.has(path)).map((path) => `${path}: skip on`)];
}

/** Where `off` cuts something, as written: once for a block, however often it is used. */
function cuts(program: Program): ReadonlySet<string> {
  const blocks = [program.document.root, ...program.document.blocks.values()];
  return new Set(blocks.flatMap((block) => [...block.nodes.values()].flatMap((node) => (node.off.length ? [block.name ? `${block.name}.${node.name}` : node.name] : []))));
}

function layerChanges(before: Program, now: Program): string[] {
  const [old, fresh] = [before, now].map((program) => new Map(program.nodes.map((node) => [node.path, node]))) as [Map<string, Program['nodes'][number]>, Map<string, Program['nodes'][number]>];
  const removed = [...old.keys()].filter((path) => !fresh.has(path)).map((path) => `${path} removed`);
  return [
    ...removed,
    ...[...fresh].flatMap(([path, node]) => {
      const was = old.get(path);
      if (!was) return [`${path} added`];
      if (was.operator.type !== node.operator.type) return [`${path}: ${was.operator.type} → ${node.operator.type}`];
      return Object.keys(node.params).flatMap((name) => difference(`${path}.${name}`, was.params[name], node.params[name]));
    }),
  ];
}

function recipeChanges(before: Recipe, now: Recipe): string[] {
  const flat = (recipe: Recipe): Record<string, unknown> => ({ ...recipe, set: undefined, measure_every: undefined, ...recipe.data, data: undefined, ...recipe.augment, augment: undefined, optimizer: recipe.optimizer.name, ...Object.fromEntries(Object.entries(recipe.optimizer).filter(([name]) => name !== 'name')), schedule: recipe.schedule.name, ...recipe.loss_settings, loss_settings: undefined });
  const [old, fresh] = [flat(before), flat(now)];
  return Object.keys(fresh).flatMap((name) => (name in old ? difference(name, old[name], fresh[name]) : []));
}

function difference(name: string, before: unknown, now: unknown): string[] {
  const [a, b] = [show(before), show(now)];
  return a === b ? [] : [`${name} ${a} → ${b}`];
}

function show(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'text' in value) return String(value.text);
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (value === null) return 'none';
  // Kaiming with its settings, a clip, an early stop: the name, then what is set.
  if (typeof value === 'object') return Object.entries(value).map(([name, each]) => (name === 'name' ? show(each) : `${name} ${show(each)}`)).join(' ');
  return typeof value === 'symbol' || value === undefined ? 'none' : String(value);
}

