import type { JsonValue } from '../../document/json.js';
import { UNKNOWN } from '../../operators/operator.js';
import { buildProgram, evaluate, partsOf, references, type Expression, type Instance, type Program, type Use } from '../../program/index.js';
import { sameDim } from '../../shapes/index.js';
import { conditionsOf, type Condition } from './conditions.js';

/** Designs built beside the one exported, and their nodes in all. */
const most = 240;
const mostNodes = 40_000;
/** How a number is changed a little and how it is changed much, until a design without errors comes out. */
const little = [1, 2, 6, 4, 8, 3, 16, 32].map((step) => (number: number) => number + step);
const much = [3, 2, 5].map((factor) => (number: number) => number * factor || factor + 2);

/** The document with other values of its parameters. */
export interface Probes {
  readonly roots: readonly Instance[];
  /** Parameters that shapes hang on together, of which not all combinations were looked at: at most so many were changed at once. */
  readonly limit: { readonly names: readonly string[]; readonly atOnce: number } | undefined;
}

type Values = Readonly<Record<string, JsonValue>>;

/**
 * Builds the document with each parameter changed by which its expressions may decide otherwise, then with all combinations of those that shapes hang on, and
 * each of these with other numbers, so that sizes which are equal by chance are told apart. Designs with errors are left out.
 */
export function probesOf(program: Program): Probes {
  const { document, nodes } = program;
  const present = Object.fromEntries(Object.entries(program.params).filter(([, value]) => value !== UNKNOWN)) as Values;
  let left = Math.min(most, Math.floor(mostNodes / (nodes.length + 1)));
  const roots: Instance[] = [];
  const built = new Map<string, Instance | undefined>();
  const build = (changed: Values): Instance | undefined => {
    const key = JSON.stringify(Object.entries(changed).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (built.has(key)) return built.get(key);
    left -= 1;
    const { findings, root } = buildProgram(document, { set: { ...present, ...changed } });
    const result = findings.some(({ severity = 'error' }) => severity === 'error') ? undefined : root;
    built.set(key, result);
    if (result) roots.push(result);
    return result;
  };
  built.set('[]', program.root);

  const conditions = conditionsOf(document, document.root);
  const decisions = conditions.flatMap(({ expression }) => atoms(expression));
  const asked = conditions.filter(({ isPresence }) => isPresence).flatMap(({ expression }) => atoms(expression));
  const isAsked = (name: string): boolean => asked.some((atom) => mentionsName(atom, name));
  const unasked = Object.fromEntries(Object.entries(present).filter(([name]) => !isAsked(name)));
  const others = [little, much].map((steps) => otherNumbers(unasked, steps, (changed) => left > 0 && build(changed) !== undefined));
  let turn = 0;
  /** The change beside other numbers; by itself where these do not go with it. */
  const look = (changed: Values): boolean => left > 0 && (build({ ...others[turn++ % 2]!, ...changed }) ?? build(changed)) !== undefined;
  look({});
  look({});

  const values = new Map(Object.entries(present).map(([name, value]) => [name, otherValues(name, value, present, conditions)]));
  for (const [name, found] of values) for (const value of found) look({ [name]: value });

  // Shapes hang on some parameters; what the rest bring in only hands them on, and is looked at in each of the cases.
  const deciding = new Set(decidingNames(conditions, [program.root, ...roots], [...values.keys()]));
  const casesOf = (name: string): Cases => ({ name, groups: representatives(name, present, values.get(name)!, decisions) });
  const all = [...values.keys()].filter((name) => values.get(name)!.length > 0).map(casesOf).filter(({ groups }) => groups.length > 0);
  const cases = all.filter(({ name }) => deciding.has(name));
  const passing = all.filter(({ name }) => !deciding.has(name));
  const rounds = Math.max(0, ...passing.map(({ groups }) => groups.length));
  for (let atOnce = 0; atOnce <= cases.length; atOnce++) {
    for (const change of combinations(cases, atOnce)) {
      for (let round = 0; round <= rounds; round++) {
        if (left <= 0) return { roots, limit: atOnce === 0 ? undefined : { names: cases.map(({ name }) => name), atOnce: atOnce - 1 } };
        const beside = round === 0 ? [] : passing.map(({ name, groups }) => [name, groups[(round - 1) % groups.length]!] as const);
        const chosen = [...beside, ...change];
        // A value of the group may not go with the others; of numbers two tell how sizes hang on them.
        let wanted = change.some(([, group]) => typeof group[0] === 'number') ? 2 : 1;
        for (let member = 0; wanted > 0 && member < Math.max(1, ...chosen.map(([, group]) => group.length)); member++) {
          if (look(Object.fromEntries(chosen.map(([name, group]) => [name, group[Math.min(member, group.length - 1)]!])))) wanted -= 1;
        }
      }
    }
  }
  return { roots, limit: undefined };
}

/** A parameter, and values by which conditions come out otherwise, in groups that no condition tells apart. */
interface Cases {
  readonly name: string;
  readonly groups: readonly (readonly JsonValue[])[];
}

/** Another value of each number, of which the design has no error; `isValid` builds it. */
function otherNumbers(present: Values, steps: readonly ((number: number) => number)[], isValid: (changed: Values) => boolean): Values {
  return Object.fromEntries(Object.entries(present).flatMap(([name, value]) => {
    const tried = steps.map((step) => (isWhole(value) ? step(value) : Array.isArray(value) && value.length > 0 && value.every(isWhole) ? value.map(step) : undefined));
    const found = tried.find((other) => other !== undefined && other !== value && isValid({ [name]: other }));
    return found === undefined ? [] : [[name, found]];
  }));
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** Values by which one of the conditions may come out otherwise. */
function otherValues(name: string, value: JsonValue, present: Values, conditions: readonly Condition[]): readonly JsonValue[] {
  const found = new Set<string | number | boolean>();
  for (const { expression, isCount } of conditions) {
    for (const atom of atoms(expression)) {
      if (!mentionsName(atom, name)) continue;
      // How sizes go on from repetition to repetition is seen from the fourth on.
      if (isCount && typeof value === 'number') [1, 2, 4, 6].forEach((more) => found.add(value + more));
      const beside = [...plainValues(atom), ...references(atom).filter((reference) => reference.kind === 'param' && reference.name !== name).map((reference) => present[reference.name])];
      if (typeof value === 'boolean') found.add(!value);
      else if (typeof value === 'string') {
        // A text that is none of them stands for all others.
        for (const other of [...beside, '']) if (typeof other === 'string') found.add(other);
      } else if (typeof value === 'number') {
        for (const other of [...beside, value, 0]) if (typeof other === 'number') [other - 2, other - 1, other, other + 1, other * 2, other * 4].forEach((near) => { if (near >= 0) found.add(near); });
      }
    }
  }
  found.delete(value as number);
  return [...found];
}

/** The conditions that a condition is made of. */
function atoms(e: Expression): readonly Expression[] {
  if (e.kind === 'binary' && (e.operator === '&&' || e.operator === '||')) return [...atoms(e.left), ...atoms(e.right)];
  if (e.kind === 'unary' && e.operator === '!') return atoms(e.operand);
  if (e.kind === 'conditional') return [e.condition, e.then, e.otherwise].flatMap(atoms);
  return [e];
}

function plainValues(e: Expression): readonly (string | number)[] {
  return e.kind === 'number' || e.kind === 'text' ? [e.value] : partsOf(e).flatMap(plainValues);
}

function mentionsName(e: Expression, name: string): boolean {
  return references(e).some((reference) => reference.kind === 'param' && reference.name === name);
}

/** Parameters by which something is there that changes a shape, or may: nothing is known of what was never there. */
function decidingNames(conditions: readonly Condition[], roots: readonly Instance[], names: readonly string[]): readonly string[] {
  const changes = (path: readonly string[]): boolean => {
    const there = roots.flatMap((root) => usesAt(root, path)).filter(({ each }) => each.some(({ kind }) => kind === 'node' || kind === 'block'));
    return there.length === 0 || there.some(({ inputs, outputs }) => outputs.length !== 1 || !sameShape(outputs[0]?.tensor.shape, inputs[0]?.tensor.shape));
  };
  const asked = conditions.filter(({ isPresence, paths }) => isPresence && paths.some(changes));
  return names.filter((name) => asked.some(({ expression }) => mentionsName(expression, name)));
}

/** A node in all instances of the block that it stands in. */
function usesAt(instance: Instance, [name, ...inner]: readonly string[]): readonly Use[] {
  const use = instance.uses.get(name!);
  if (!use || inner.length === 0) return use ? [use] : [];
  return use.each.flatMap((each) => (each.kind === 'block' ? usesAt(each.instance, inner) : []));
}

function sameShape(a: Instance['outputs'][number]['tensor']['shape'] | undefined, b: typeof a): boolean {
  return a !== undefined && a !== null && b !== undefined && b !== null && a.length === b.length && a.every((dim, axis) => sameDim(dim, b[axis]!) === true);
}

/** Values of a parameter in groups that no condition tells apart, those farthest from the present one first, as they tell most. */
function representatives(name: string, present: Values, values: readonly JsonValue[], asked: readonly Expression[]): readonly (readonly JsonValue[])[] {
  const own = asked.filter((atom) => mentionsName(atom, name));
  const signature = (value: JsonValue): string => JSON.stringify(own.map((atom) => {
    const result = evaluate(atom, { value: (other) => (other === name ? value : present[other]) as never, source: () => ({ code: '', message: '' }) }, () => undefined);
    // A number is told from all others where two parameters meet.
    return result === UNKNOWN ? null : typeof result === 'boolean' && references(atom).length > 1 && typeof value === 'number' ? [result, value > Number(present[name])] : result;
  }));
  const groups = new Map<string, JsonValue[]>();
  const distance = (value: JsonValue): number => (typeof value === 'number' ? Math.abs(value - Number(present[name])) : 0);
  for (const value of [...values].sort((a, b) => distance(b) - distance(a))) {
    const key = signature(value);
    const known = groups.get(key);
    if (known) known.push(value);
    else groups.set(key, [value]);
  }
  return [...groups.values()];
}

/** Every choice of so many parameters and, of each, one of its cases. */
function* combinations(cases: readonly Cases[], count: number, from = 0): Generator<readonly (readonly [name: string, group: readonly JsonValue[]])[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let k = from; k <= cases.length - count; k++) {
    for (const group of cases[k]!.groups) {
      for (const rest of combinations(cases, count - 1, k + 1)) yield [[cases[k]!.name, group], ...rest];
    }
  }
}
