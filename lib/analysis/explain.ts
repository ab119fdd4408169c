import { axisNames, differingAxes, listed, unequal, withoutBatch } from './axes.js';
import { nodeAt, pathAt, type Graph } from './graph.js';
import { layerSeenFrom, vertexName } from './naming.js';
import { partingOf, skipOf, type Branch, type Parting } from './parting.js';
import { formatDim, formatShape, sameDim } from '../shapes/index.js';
import type { Step } from '../document/problem.js';
import type { ProgramNode } from '../program/program.js';
import type { Dim, Shape } from '../shapes/dimension.js';

/** What can be said of a node whose inputs do not fit together. */
export interface Mismatch {
  readonly node: ProgramNode;
  readonly parting: Parting;
  readonly first: Shape;
  readonly second: Shape;
  /** Axes on which the two must agree and do not; empty where their ranks differ. */
  readonly axes: readonly number[];
  readonly message: string;
  readonly explanation: readonly Step[];
  readonly facts: MismatchFacts;
}

/** The callout's table. */
export interface MismatchFacts {
  readonly axes: readonly { readonly name: string; readonly values: readonly Dim[]; readonly differ: boolean; readonly text: string }[];
  readonly inputs: readonly { readonly input: number; readonly role: string; readonly source: string; readonly shape: Shape }[];
  readonly headline: string;
  readonly [key: string]: unknown;
}

/** Explains the first two inputs of a node that certainly do not fit; undefined where there are none such. `merged` is the axis of a concatenation. */
export function mismatchOf(graph: Graph, node: ProgramNode, merged?: number): Mismatch | undefined {
  const pair = misfit(node, merged);
  if (pair === undefined) return undefined;
  const parting = partingOf(graph, graph.inputs + node.index, pair);
  if (parting === undefined) return undefined;
  const first = node.inputs[pair[0]]!.tensor.shape!;
  const second = node.inputs[pair[1]]!.tensor.shape!;
  const axes = first.length === second.length ? mustAgree(first, second, merged) : [];
  const names = axisNames(Math.max(first.length, second.length), isSequence(graph, parting));
  return { node, parting, first, second, axes, message: messageOf(graph, node, parting, first, second, axes, names), explanation: stepsOf(graph, node, parting, axes), facts: factsOf(graph, node, parting, first, second, axes, names) };
}

function misfit(node: ProgramNode, merged: number | undefined): readonly [number, number] | undefined {
  for (let second = 1; second < node.inputs.length; second += 1) {
    for (let first = 0; first < second; first += 1) {
      const a = node.inputs[first]!;
      const b = node.inputs[second]!;
      if (a.origin.kind === 'constant' || b.origin.kind === 'constant' || a.tensor.shape === null || b.tensor.shape === null) continue;
      if (merged === undefined ? !broadcasts(a.tensor.shape, b.tensor.shape) : a.tensor.shape.length !== b.tensor.shape.length || mustAgree(a.tensor.shape, b.tensor.shape, merged).length > 0) return [first, second];
    }
  }
  return undefined;
}

/** Axes that must agree and do not: in a concatenation all but its own, else those where neither size is 1, which would be stretched. */
function mustAgree(first: Shape, second: Shape, merged: number | undefined): readonly number[] {
  if (merged === undefined) return differingAxes(first, second).filter((axis) => first[axis] !== 1 && second[axis] !== 1);
  const at = merged < 0 ? merged + first.length : merged;
  return differingAxes(first, second).filter((axis) => axis !== at);
}

function broadcasts(first: Shape, second: Shape): boolean {
  for (let back = 1; back <= Math.min(first.length, second.length); back += 1) {
    const a = first[first.length - back]!;
    const b = second[second.length - back]!;
    if (a !== 1 && b !== 1 && sameDim(a, b) === false) return false;
  }
  return true;
}

function isSequence(graph: Graph, parting: Parting): boolean {
  return ![...parting.first.path, ...parting.second.path].some((vertex) => /1d$/.test(nodeAt(graph, vertex)?.operator.type ?? ''));
}

/** "branch" and "skip" where one side is a skip beside the other, else "first" and "second". */
function roles(parting: Parting): readonly [string, string] {
  const skip = skipOf(parting);
  return skip === undefined ? ['first', 'second'] : skip === 'second' ? ['branch', 'skip'] : ['skip', 'branch'];
}

function messageOf(graph: Graph, node: ProgramNode, parting: Parting, first: Shape, second: Shape, axes: readonly number[], names: readonly string[]): string {
  const what = `${node.operator.type} \`${node.name}\``;
  const one = vertexName(graph, parting.first.end, node.scope);
  const other = vertexName(graph, parting.second.end, node.scope);
  const culprit = culpritOf(graph, parting, axes, node.scope);
  // What has no common source does not part anywhere.
  const end = culprit === undefined || parting.fork === undefined ? '' : ` They part at ${culprit}.`;
  if (first.length !== second.length) return `${what}: ranks differ, ${formatShape(first)} from ${one} and ${formatShape(second)} from ${other}${meeting(node, first, second)}.${end}`;
  const [only] = axes;
  if (axes.length === 1 && only !== undefined) return `${what}: ${plural(names[only]!)}, ${formatDim(first[only]!)} from ${one} and ${formatDim(second[only]!)} from ${other}.${end}`;
  return `${what}: ${listed(axes.map((axis) => names[axis]!))} differ, ${withoutBatch(first)} from ${one} and ${withoutBatch(second)} from ${other}.${end}`;
}

/** Where elementwise inputs of other ranks meet: their axes are aligned at the end. */
function meeting(node: ProgramNode, first: Shape, second: Shape): string {
  if (node.operator.merge === 'concat') return '';
  for (let back = 1; back <= Math.min(first.length, second.length); back += 1) {
    const [a, b] = [first[first.length - back]!, second[second.length - back]!];
    if (a !== 1 && b !== 1 && sameDim(a, b) === false) return `, which meet at their last axes: ${unequal(a, b)}`;
  }
  return '';
}

const plural = (axis: string): string => (axis.endsWith('s') ? `${axis} differ` : `${axis} differs`);

function culpritOf(graph: Graph, parting: Parting, axes: readonly number[], scope: string): string | undefined {
  const branches = (skipOf(parting) ?? (parting.first.layers >= parting.second.layers ? 'second' : 'first')) === 'second' ? [parting.first, parting.second] : [parting.second, parting.first];
  for (const branch of branches) {
    const change = changesOn(graph, parting.fork, branch, axes).at(-1);
    if (change !== undefined) return `\`${layerSeenFrom(change.node.path, scope)}\`${change.settings.length > 0 ? ` (${change.settings.join(', ')})` : ''}`;
  }
  return undefined;
}

function stepsOf(graph: Graph, node: ProgramNode, parting: Parting, axes: readonly number[]): readonly Step[] {
  const [one, other] = roles(parting);
  const steps: Step[] = [];
  const sides = [{ branch: parting.first, role: one }, { branch: parting.second, role: other }].sort((a, b) => Number(a.role === 'skip') - Number(b.role === 'skip'));
  for (const { branch, role } of sides) steps.push(...sideSteps(graph, node, parting.fork, branch, role === 'branch' || role === 'skip' ? `the ${role}` : `the ${role} input`, axes, isSequence(graph, parting)));
  if (parting.fork === undefined) return [...steps, { text: `${vertexName(graph, parting.first.end, node.scope)} and ${vertexName(graph, parting.second.end, node.scope)} have no common source.` }];
  const fork = vertexName(graph, parting.fork, node.scope);
  return [...steps, { text: nodeAt(graph, parting.fork) === undefined ? `The two part at the input ${fork}.` : `The two part at the output of ${fork}.`, node: pathAt(graph, parting.fork) }];
}

function sideSteps(graph: Graph, node: ProgramNode, fork: number | undefined, branch: Branch, role: string, axes: readonly number[], sequence: boolean): readonly Step[] {
  const changes = changesOn(graph, fork, branch, axes);
  const shape = node.inputs[branch.input]!.tensor.shape;
  const end = nodeAt(graph, branch.end);
  if (fork === undefined && (end === undefined || end.inputs.length === 0)) return [{ text: `${capital(role)} is ${end === undefined ? `the input ${vertexName(graph, branch.end, node.scope)}` : vertexName(graph, branch.end, node.scope)}, ${withoutBatch(shape)}${end === undefined ? '' : ` as its ${settingsOf(end, axes).join(' and ') || end.operator.type}`}.`, node: pathAt(graph, branch.end) }];
  if (changes.length === 0) {
    const setter = lastSetter(graph, branch.end, axes);
    const by = setter === undefined ? '' : nodeAt(graph, setter) === undefined ? `, as ${vertexName(graph, setter, node.scope)} gives it` : `, last set by ${vertexName(graph, setter, node.scope)}`;
    return [{ text: `${capital(role)} changes nothing: still ${withoutBatch(shape)}${by}.`, node: pathAt(graph, branch.end) }];
  }
  const names = axisNames(shape?.length ?? 0, sequence);
  return changes.map(({ node: layer, settings, shape: becomes, changed }, index) => {
    const name = `\`${layerSeenFrom(layer.path, node.scope)}\``;
    const does = settings.length > 0 ? `sets ${listed(settings)}` : `(${layer.operator.type}) changes the shape`;
    return { text: `${name} ${does}, so ${role} ${index === 0 ? 'becomes' : 'is then'} ${withoutBatch(becomes)}${changesText(changed, names)}.`, node: layer.path };
  });
}

/** " (channels 64 → 128, height and width 56 → 28)": axes that change alike stand together. */
function changesText(changed: readonly AxisChange[], names: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const { axis, from, to } of changed) {
    const key = `${formatDim(from)} → ${formatDim(to)}`;
    groups.set(key, [...(groups.get(key) ?? []), names[axis] ?? `axis ${axis}`]);
  }
  return groups.size === 0 ? '' : ` (${[...groups].map(([change, axes]) => `${listed(axes)} ${change}`).join(', ')})`;
}

interface AxisChange {
  readonly axis: number;
  readonly from: Dim;
  readonly to: Dim;
}

interface Change {
  readonly node: ProgramNode;
  /** Axes with their sizes before and after; empty where the rank changes. */
  readonly changed: readonly AxisChange[];
  readonly settings: readonly string[];
  readonly shape: Shape;
}

/** The layers after the fork that gave the differing axes their sizes: for channels the last that set them, for others all that changed them (at most the last three). */
function changesOn(graph: Graph, fork: number | undefined, branch: Branch, axes: readonly number[]): readonly Change[] {
  const setters = new Map<number, number[]>();
  const enteredBy = new Map<number, Shape>();
  let before = fork;
  for (const vertex of branch.path) {
    const node = nodeAt(graph, vertex);
    const entering = before === undefined ? undefined : enteringShape(graph, vertex, before);
    before = vertex;
    const leaving = node?.outputs[0]?.shape;
    if (node === undefined || entering == null || leaving == null) continue;
    const changed = entering.length !== leaving.length ? leaving.map((_, axis) => axis) : axes.filter((axis) => sameDim(entering[axis] ?? null, leaving[axis] ?? null) !== true);
    if (changed.length === 0) continue;
    // A width is set anew by each layer, so only the last one counts; heights and widths of maps come about by all of them.
    const widths = changed.filter((axis) => axis === 1 || (leaving.length <= 3 && axis === leaving.length - 1));
    if (widths.length > 0) for (const [other, set] of setters) setters.set(other, set.filter((axis) => !widths.includes(axis)));
    setters.set(vertex, [...changed]);
    if (entering.length === leaving.length) enteredBy.set(vertex, entering);
  }
  return [...setters].filter(([, set]) => set.length > 0).slice(-3).map(([vertex, set]) => {
    const node = nodeAt(graph, vertex)!;
    const leaving = node.outputs[0]!.shape!;
    const entering = enteredBy.get(vertex);
    return { node, settings: settingsOf(node, set), shape: leaving, changed: entering === undefined ? [] : set.map((axis) => ({ axis, from: entering[axis] ?? null, to: leaving[axis] ?? null })) };
  });
}

/** The shape that arrives at a vertex from another. */
function enteringShape(graph: Graph, vertex: number, from: number): Shape | null | undefined {
  const input = graph.reads[vertex]!.indexOf(from);
  return nodeAt(graph, vertex)?.inputs[input]?.tensor.shape;
}

/** The parameters that give a layer's output the size it has along some axes: "out_channels 128", "stride 2". */
export function settingsOf(node: ProgramNode, axes: readonly number[]): readonly string[] {
  const { params } = node;
  const settings: string[] = [];
  const say = (name: string): void => {
    const value = params[name];
    if (value === undefined || value === null || typeof value === 'symbol') return;
    settings.push(`${name} ${paramText(value)}`);
  };
  const rank = node.outputs[0]?.shape?.length ?? 0;
  for (const name of ['out_channels', 'out_features', 'hidden_size', 'embedding_dim', 'dims', 'start_dim', 'dim', 'shape', 'sizes', 'ranges', 'pad', 'crop']) {
    if (!(name in params)) continue;
    if (name === 'out_channels' && !axes.includes(1) && rank > 2) continue;
    say(name);
  }
  if (axes.some((axis) => axis >= 2)) {
    if (isMoreThanOne(params['stride'])) say('stride');
    // A pool without a stride steps by its window.
    else if (params['stride'] === null) say('kernel_size');
    else if ('kernel_size' in params && !isSame(node)) { say('kernel_size'); say('padding'); if (isMoreThanOne(params['dilation'])) say('dilation'); }
    for (const name of ['scale_factor', 'size', 'output_size']) say(name);
  }
  return settings;
}

const isMoreThanOne = (value: unknown): boolean => (Array.isArray(value) ? value.some(isMoreThanOne) : typeof value === 'number' && value > 1);
const isSame = (node: ProgramNode): boolean => node.params['padding'] === 'same';

/** "3", "3×3" never but "3" for [3, 3], "[1, 2]". */
export function paramText(value: unknown): string {
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => item === value[0]) ? paramText(value[0]) : `[${value.map(paramText).join(', ')}]`;
  if (typeof value === 'object' && value !== null && 'text' in value) return String((value as { text: unknown }).text);
  return String(value);
}

/** The vertex that last gave a shape its sizes along some axes, going back through first inputs. */
function lastSetter(graph: Graph, end: number, axes: readonly number[]): number | undefined {
  for (let vertex = end; ;) {
    const node = nodeAt(graph, vertex);
    const from = graph.reads[vertex]?.find((read) => read >= 0);
    if (node === undefined || from === undefined) return vertex;
    const entering = enteringShape(graph, vertex, from);
    const leaving = node.outputs[0]?.shape;
    if (entering == null || leaving == null || entering.length !== leaving.length || axes.some((axis) => sameDim(entering[axis] ?? null, leaving[axis] ?? null) !== true)) return vertex;
    vertex = from;
  }
}

function factsOf(graph: Graph, node: ProgramNode, parting: Parting, first: Shape, second: Shape, axes: readonly number[], names: readonly string[]): MismatchFacts {
  const [one, other] = roles(parting);
  const sides = [{ branch: parting.first, role: one, shape: first }, { branch: parting.second, role: other, shape: second }].sort((a, b) => Number(a.role === 'skip') - Number(b.role === 'skip'));
  const same = first.length === second.length;
  const skipBatch = same && first.length > 1 && !axes.includes(0) ? 1 : 0;
  const table = !same ? [] : names.slice(skipBatch).map((name, index) => {
    const axis = index + skipBatch;
    const [a, b] = [first[axis]!, second[axis]!];
    return { name, values: sides.map(({ shape }) => shape[axis]!), differ: axes.includes(axis), text: axes.includes(axis) ? unequal(...(sides[0]!.shape === first ? [a, b] as const : [b, a] as const)) : '' };
  });
  return {
    axes: table,
    inputs: sides.map(({ branch, role, shape }) => ({ input: branch.input, role, source: vertexName(graph, branch.end, node.scope).replace(/`/g, ''), shape })),
    headline: headline(node, same, axes, table.length, names),
    fork: parting.fork === undefined ? null : pathAt(graph, parting.fork),
    shapes: [first, second],
  };
}

function headline(node: ProgramNode, same: boolean, axes: readonly number[], shown: number, names: readonly string[]): string {
  const needs = node.operator.merge === 'concat' ? 'A concatenation needs equal sizes on every axis but its own.' : `${node.operator.type} needs inputs of one shape.`;
  if (!same) return `${needs} Their ranks differ.`;
  if (axes.length === shown && shown > 1) return `${needs} All ${['', 'one', 'two', 'three', 'four'][shown] ?? shown} axes differ.`;
  const words = axes.map((axis) => names[axis]!);
  return `${needs} ${capital(listed(words))} ${words.length > 1 || words[0]?.endsWith('s') ? 'differ' : 'differs'}.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
