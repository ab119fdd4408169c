import type { JsonValue } from '../../document/json.js';
import type { Block } from '../../document/model.js';
import type { ParamValue } from '../../operators/operator.js';
import { mentions } from './mention.js';
import { isExpression, parseExpression, partsOf, references, type Expression } from '../../program/index.js';

/** Combinations looked at for one condition. */
const mostOfOne = 8;

type Values = Readonly<Record<string, boolean | string | number>>;

/** Changes of a block's parameters by which its expressions may decide otherwise: of each alone, then of all that one condition mentions. */
export function changes(block: Block, params: Readonly<Record<string, ParamValue | JsonValue>>): readonly Values[] {
  const others = new Map(Object.keys(params).map((name) => [name, otherValues(block, name, params)]));
  const alone = [...others].flatMap(([name, values]) => values.map((value): Values => ({ [name]: value })));
  const together = [...block.nodes.values()].flatMap(({ when, repeat }) => [when, repeat?.times]).flatMap((json) => {
    const names = [...others.keys()].filter((name) => others.get(name)!.length > 0 && mentions(json, name));
    if (names.length < 2) return [];
    return names.reduce<readonly Values[]>((all, name) => all.flatMap((set) => others.get(name)!.map((value) => ({ ...set, [name]: value }))).slice(0, mostOfOne), [{}]);
  });
  // Switches of different conditions meet in the widths of what follows.
  const switches = [...others].filter(([name, values]) => values.length > 0 && typeof params[name] !== 'number');
  const all = switches.length < 2 ? [] : switches.reduce<readonly Values[]>((sets, [name, values]) => [...sets, ...sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value })))].slice(0, 2 * mostOfOne), [{}]);
  const seen = new Set<string>(['{}']);
  return [...alone, ...together, ...all].filter((set) => !seen.has(JSON.stringify(set)) && seen.add(JSON.stringify(set)));
}

/** Values of a parameter that may let a block's expressions decide otherwise. */
function otherValues(block: Block, name: string, params: Readonly<Record<string, ParamValue | JsonValue>>): readonly (boolean | string | number)[] {
  const value = params[name];
  if (typeof value === 'boolean') return [!value];
  if (typeof value !== 'string' && typeof value !== 'number') return [];
  const found = new Set<string | number>();
  for (const { when, repeat, params: written } of block.nodes.values()) {
    if (typeof value === 'number') {
      for (const each of literalsBeside(when, name)) if (typeof each === 'number') found.add(each - 1).add(each).add(each + 1);
      if (value === 0 && literalsBeside(repeat?.times, name).length > 0) found.add(1).add(2);
    } else {
      const expressions = [when, repeat?.times, ...written.values()];
      // A text is compared with plain ones, or with that of another parameter.
      const texts = expressions.flatMap((json) => [...literalsBeside(json, name), ...comparedWith(json, name).map((other) => params[other])]).filter((each) => typeof each === 'string');
      texts.forEach((text) => found.add(text));
      // What is none of them.
      if (texts.length > 0) found.add('');
    }
  }
  found.delete(value);
  return [...found];
}

/** Plain values in an expression that mentions the parameter; the parameter alone counts as beside 0. */
function literalsBeside(json: JsonValue | undefined, name: string): readonly (string | number)[] {
  if (!isExpression(json)) return [];
  const parsed = parseExpression(json);
  if (!('expression' in parsed) || !references(parsed.expression).some((reference) => reference.kind === 'param' && reference.name === name)) return [];
  const found: (string | number)[] = [];
  const visit = (e: Expression): void => {
    if (e.kind === 'number' || e.kind === 'text') found.push(e.value);
    // The number of an axis is no value of a parameter.
    if (e.kind !== 'dim') partsOf(e).forEach(visit);
  };
  visit(parsed.expression);
  return found.length > 0 ? found : [0];
}

/** Parameters that an expression sets beside the one of this name. */
function comparedWith(json: JsonValue | undefined, name: string): readonly string[] {
  if (!isExpression(json)) return [];
  const parsed = parseExpression(json);
  if (!('expression' in parsed)) return [];
  const found: string[] = [];
  const visit = (e: Expression): void => {
    if (e.kind === 'binary' && (e.operator === '==' || e.operator === '!=') && e.left.kind === 'name' && e.right.kind === 'name') {
      if (e.left.name === name) found.push(e.right.name);
      if (e.right.name === name) found.push(e.left.name);
    }
    if (e.kind !== 'dim') partsOf(e).forEach(visit);
  };
  visit(parsed.expression);
  return found;
}
