import { isUnknown, printedDims } from './wire.js';
import { keyOf } from './view.js';
import { operatorIn } from '../program/declared.js';
import type { Analysis, Skip } from '../analysis/analysis.js';
import type { JsonValue } from '../document/json.js';
import type { Document } from '../document/model.js';
import type { Severity } from '../document/problem.js';
import type { Family } from '../operators/operator.js';
import type { Instance, ProgramNode, Use, UseEach } from '../program/program.js';
import type { Item, Tint } from './model.js';
import type { ViewState } from './view.js';

const tints: { readonly [family in Family]: Tint } = {
  Convolution: 'conv', Normalisation: 'norm', Activation: 'act', Pooling: 'pool', Linear: 'linear', Attention: 'attn', Recurrent: 'recur',
  Shape: 'shape', Merge: 'io', Arithmetic: 'shape', Input: 'io',
};

/** Farther than this nobody drags; a number typed by mistake must not send the picture away. */
const FARTHEST = 20_000;

/** What a picture needs to know of an analysis, looked up once. */
export interface Facts {
  readonly analysis: Analysis;
  readonly view: ViewState;
  /** The gravest severity that stands on a path or below it. */
  readonly problems: ReadonlyMap<string, Severity>;
  /** Root of the weights by key of a node that shares them; roots name themselves. */
  readonly weights: ReadonlyMap<string, string>;
  /** By merge and input: "stage1[0].sum#1". */
  readonly skips: ReadonlyMap<string, Skip>;
  /** Places under the pointer, which are not written yet, by path. */
  readonly moved: ReadonlyMap<string, NonNullable<Item['moved']>>;
}

export function factsOf(analysis: Analysis, view: ViewState, moved: Facts['moved'] = new Map()): Facts {
  const problems = new Map<string, Severity>();
  for (const problem of analysis.problems) {
    const parts = problem.node.split('.');
    for (let end = parts.length; end > 0; end--) mark(problems, parts.slice(0, end).join('.'), problem.severity);
  }
  return { analysis, view, problems, moved, weights: sharedWeights(analysis), skips: skipsOf(analysis) };
}

const indexes = new WeakMap<Analysis['skips'], Facts['skips']>();

/** A network of dense repetitions has hundreds of thousands of skips; they are looked up by each picture and sorted once. */
function skipsOf({ skips }: Analysis): Facts['skips'] {
  const known = indexes.get(skips);
  if (known !== undefined) return known;
  const index = new Map(skips.map((skip) => [`${skip.to}#${skip.input}`, skip]));
  indexes.set(skips, index);
  return index;
}

const gravity: { readonly [severity in Severity]: number } = { error: 3, warning: 2, hint: 1 };

function mark(problems: Map<string, Severity>, path: string, severity: Severity): void {
  for (const key of new Set([path, keyOf(path)])) {
    const known = problems.get(key);
    if (known === undefined || gravity[severity] > gravity[known]) problems.set(key, severity);
  }
}

function sharedWeights({ program }: Analysis): ReadonlyMap<string, string> {
  const shared = new Map<string, string>();
  for (const node of program.nodes) {
    if (!node.shared) continue;
    const owner = program.weights.get(node.weights[0]?.key ?? '')?.owner;
    const root = owner === undefined ? undefined : program.nodes[owner];
    if (root === undefined || keyOf(root.path) === keyOf(node.path)) continue;
    shared.set(node.path, root.path);
    shared.set(root.path, root.path);
  }
  return shared;
}

/** The repetition of a use that the view shows. */
export function shownOf(use: Use, view: ViewState): { readonly each: UseEach | undefined; readonly k: number } {
  const k = Math.min(view.repetition.get(keyOf(use.path)) ?? 0, use.each.length - 1);
  return { each: use.each[Math.max(0, k)], k: Math.max(0, k) };
}

/** The item of a written node in one instance of its scope. */
export function itemOf(use: Use, instance: Instance, facts: Facts): Item {
  const { each, k } = shownOf(use, facts.view);
  const path = each?.path ?? use.path;
  const node = each?.kind === 'node' ? facts.analysis.program.nodes[each.node] : undefined;
  const problem = facts.problems.get(path) ?? (use.node.repeat === undefined || each?.kind === 'block' ? facts.problems.get(use.path) : undefined);
  const state = each === undefined || each.kind === 'absent' ? 'absent'
    : problem === 'error' || each.kind === 'broken' ? 'error'
    : node !== undefined ? (node.state === 'unknown' || hasUnknown(node) ? 'unknown' : 'ok')
    : use.outputs.length > 0 && use.outputs.every((value) => isUnknown(value.tensor.shape)) ? 'unknown' : 'ok';
  const told = node?.operator.summary?.(node.params) ?? [];
  const summary = told.length > 0 ? told : withConstant(use);
  const weights = facts.weights.get(path);
  return {
    path, name: use.name, scope: instance.path, block: instance.block.name, place: use.place,
    type: use.node.op, tint: tintOf(facts.analysis.program.document, use, each?.kind === 'block', node), summary, state,
    spoken: spoken(use.name, use.node.op, summary, node, state, use),
    ...movedOf(path, instance.block.view.get(use.name), facts),
    ...(problem !== undefined && { problem }),
    ...(weights !== undefined && { weights }),
    ...(use.node.others?.get('freeze') === true && { frozen: true }),
    ...(use.node.repeat !== undefined && { times: use.each.length, shown: k }),
  };
}

const signs: Readonly<Record<string, string>> = { Add: '+', Sub: '−', Mul: '×', Div: '÷', Pow: '^' };

/** "1 − x", where one side of an arithmetic operator is a number. */
function withConstant({ node }: Use): readonly string[] {
  const sign = signs[node.op];
  if (sign === undefined || node.in.length !== 2 || !node.in.some((source) => typeof source === 'number')) return [];
  return [node.in.map((source) => (typeof source === 'number' ? String(source) : 'x')).join(` ${sign} `)];
}

/** Where a person put a node; anything else than two numbers counts as no place. */
function movedOf(path: string, place: JsonValue | undefined, facts: Facts): Pick<Item, 'moved'> {
  const dragged = facts.moved.get(path);
  if (dragged !== undefined) return { moved: dragged };
  if (place === undefined || place === null || typeof place !== 'object' || Array.isArray(place)) return {};
  const { x, y } = place as { readonly [key: string]: JsonValue };
  const within = (value: JsonValue | undefined): value is number => typeof value === 'number' && Math.abs(value) <= FARTHEST;
  return within(x) && within(y) && (x !== 0 || y !== 0) ? { moved: { x, y } } : {};
}

/** The colour of a family; what is absent has no program node, so its operator is asked. */
function tintOf(document: Document, use: Use, isBlock: boolean, node: ProgramNode | undefined): Tint {
  const family = (node?.operator ?? operatorIn(document, use.node.op))?.family;
  return isBlock ? 'block' : family === undefined ? 'io' : tints[family];
}

function hasUnknown(node: ProgramNode): boolean {
  const [input] = node.inputs;
  return (node.outputs.length > 0 && node.outputs.every((tensor) => isUnknown(tensor.shape))) || (input !== undefined && input.origin.kind !== 'constant' && isUnknown(input.tensor.shape));
}

/** The item of an input of the document. */
export function inputItem(name: string, facts: Facts): Item {
  const input = facts.analysis.program.inputs.find((each) => each.name === name);
  const problem = facts.problems.get(name);
  return {
    path: name, name, scope: '', block: '', place: ['inputs', name], type: 'Input', tint: 'io', summary: [], state: problem === 'error' ? 'error' : 'ok',
    ...movedOf(name, facts.analysis.program.document.root.view.get(name), facts),
    spoken: `${name}, input, ${printedDims(input?.tensor.shape ?? null).join(' by ')}`,
    ...(problem !== undefined && { problem }),
  };
}

/** "conv1, Conv2d, 3 by 3, 128, stride 2, output 128 by 13 by 13". */
function spoken(name: string, type: string, summary: readonly string[], node: ProgramNode | undefined, state: Item['state'], use: Use): string {
  const words = summary.map((part) => part.startsWith('/') ? `stride ${part.slice(1)}` : part.replaceAll('×', ' by '));
  const shape = node?.outputs[0]?.shape ?? use.outputs[0]?.tensor.shape ?? null;
  const times = use.node.repeat === undefined ? [] : [`${use.each.length} times`];
  const output = state === 'absent' ? 'not present' : isUnknown(shape) ? 'output unknown' : `output ${printedDims(shape).join(' by ')}`;
  return [name, type, ...times, ...words, ...(state === 'error' ? ['has a problem'] : []), ...(use.node.others?.get('freeze') === true ? ['frozen'] : []), output].join(', ');
}
