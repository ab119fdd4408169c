import { listed, withoutBatch } from '../axes.js';
import { layerSeenFrom } from '../naming.js';
import { isPointwise } from '../graph.js';
import { skipOf } from '../parting.js';
import { distinct, handedEdits, settingEdits } from './setting.js';
import type { WayStep } from './line.js';
import type { Candidate, FixContext } from './verify.js';
import type { Mismatch } from '../explain.js';
import type { Edit } from '../../document/edit.js';
import type { JsonValue } from '../../document/json.js';
import type { Shape } from '../../shapes/dimension.js';

/** Two sides that do not fit, as far as their layers are concerned: at a merge that is written, or at one of a dense repetition. */
export interface MatchSite {
  readonly context: FixContext;
  readonly mismatch: Mismatch;
  /** Path of the scope from which names are given. */
  readonly scope: string;
  readonly axes: readonly number[];
  readonly branch: MatchSide;
  readonly skip: MatchSide;
}

export interface MatchSide {
  readonly shape: Shape;
  /** All nodes on this side, also those inside of blocks on it. */
  readonly way: readonly WayStep[];
}

/** Fixes that set layers of one side so that it has the other side's shape. */
export function matchCandidates(site: MatchSite): readonly Candidate[] {
  if (site.branch.shape.length !== site.skip.shape.length) return [];
  const branch = matched(site, site.branch, site.skip.shape);
  const skip = projected(site) ? [] : matched(site, site.skip, site.branch.shape);
  // Where nothing on the skip sets a shape, this keeps what enters the block.
  const full = site.branch.shape.every((size, axis) => size === site.skip.shape[axis] || axis === 0 || site.axes.includes(axis));
  const clear = full && site.mismatch.parting.fork !== undefined && site.skip.way.every((step) => step.node.operator.docks === true);
  const title = (changes: readonly Change[]): string => `Set ${listed([...new Set(changes.map((change) => `\`${change.name}\``))])} to ${listed([...new Set(changes.map((change) => change.says))])}`;
  return [
    ...branch.map((changes): Candidate => ({
      title: clear ? `Keep ${withoutBatch(site.skip.shape)} in the branch` : title(changes),
      where: clear ? whereOf(changes) : 'on the branch', variants: [distinct(changes.flatMap((change) => change.edits))], shown: clear && changes === branch[0], once: 'match-branch',
    })),
    ...skip.map((changes): Candidate => ({ title: title(changes), where: 'on the skip', once: 'match-skip', variants: [distinct(changes.flatMap((change) => change.edits))] })),
  ];
}

/** Whether the skip has a projection, which is set by its own fix. */
function projected(site: MatchSite): boolean {
  return skipOf(site.mismatch.parting) !== undefined && site.skip.way.some((step) => isPointwise(step.node));
}

export interface Change {
  readonly name: string;
  /** "out_channels 64" */
  readonly says: string;
  readonly edits: readonly Edit[];
}

function whereOf(changes: readonly Change[]): string {
  const bySetting = new Map<string, string[]>();
  for (const { says, name } of changes) bySetting.set(says, [...(bySetting.get(says) ?? []), `\`${name}\``]);
  return [...bySetting].map(([says, names]) => `${listed(names)}: ${says}`).join(', ');
}

/** Sets of changes that may give a side the target's shape, the likeliest first. */
function matched(site: MatchSite, side: MatchSide, target: Shape): readonly (readonly Change[])[] {
  const spatial = site.axes.some((axis) => axis >= 2);
  const strides = spatial ? side.way.flatMap((step) => strideChange(site, step)) : [];
  const last = target.length - 1;
  const channelAxes = site.axes.filter((axis) => axis === 1 || (axis === last && target.length < 4));
  const channels = channelAxes.flatMap((axis) => {
    const [from, to] = [side.shape[axis], target[axis]];
    return typeof from === 'number' && typeof to === 'number' ? side.way.flatMap((step) => channelChange(site, step, from, to)) : [];
  });
  const kept = spatial && channels.length > 0 ? keepingPaddings(site, side) : [];
  const choices = [[...channels, ...strides], ...(kept.length > 0 ? [[...channels, ...strides, ...kept]] : []), ...(channels.length > 1 ? [[channels.at(-1)!, ...strides]] : []), ...(strides.length > 1 ? [[...channels, strides.at(-1)!]] : [])];
  return choices.filter((changes) => changes.length > 0);
}

function channelChange(site: MatchSite, { node, instance }: WayStep, from: number, to: number): readonly Change[] {
  return ['out_channels', 'out_features', 'hidden_size', 'embedding_dim'].filter((param) => node.params[param] === from).map((param) => ({
    name: nameOf(site, { node }), says: `${param} ${to}`, edits: settingEdits(site.context.graph.program, instance, node.name, param, to),
  }));
}

function strideChange(site: MatchSite, { node, instance }: WayStep): readonly Change[] {
  const isStrided = (value: unknown): boolean => (Array.isArray(value) ? value.some((element) => isStrided(element)) : typeof value === 'number' && value > 1);
  if (!isStrided(node.params['stride']) || node.operator.type.startsWith('ConvTranspose')) return [];
  return [{ name: nameOf(site, { node }), says: 'stride 1', edits: settingEdits(site.context.graph.program, instance, node.name, 'stride', 1) }];
}

/** Fixes that only set padding or rounding of windows, where nothing but sizes differ. */
export function windowCandidates(site: MatchSite): readonly Candidate[] {
  if (site.axes.length === 0 || site.axes.some((axis) => axis < 2)) return [];
  const one = ({ node, instance, written }: WayStep, param: string, value: JsonValue): Change => ({
    name: nameOf(site, { node }), says: `${param} ${JSON.stringify(value)}`,
    edits: handedEdits(site.context.graph.program, instance, written.params.get(param), value) ?? settingEdits(site.context.graph.program, instance, node.name, param, value),
  });
  const candidates: Candidate[] = [];
  for (const side of [site.skip, site.branch]) {
    const padded: Change[] = [];
    const singles: Candidate[] = [];
    // The layers nearest to the merge are the likeliest; a long way has no end of them.
    for (const step of side.way.slice(-12)) {
      for (const padding of paddings(step)) {
        const change = one(step, 'padding', padding.value);
        if (padding.keeps) padded.push(change);
        singles.push({ title: `Set padding ${JSON.stringify(padding.value)} on \`${nameOf(site, step)}\``, variants: [change.edits] });
      }
      if (step.node.params['ceil_mode'] === false) singles.push({ title: `Set ceil_mode on \`${nameOf(site, step)}\``, where: 'rounds its size up', variants: [one(step, 'ceil_mode', true).edits] });
    }
    const together = distinct(padded.flatMap((change) => change.edits));
    if (together.length > 1) candidates.push({ title: `Set ${listed([...new Set(padded.map((change) => change.says))])} on ${listed([...new Set(padded.map((change) => `\`${change.name}\``))])}`, where: 'keeps the size', variants: [together] });
    candidates.push(...outputPaddings(site, side, side === site.skip ? site.branch : site.skip), ...oddKernels(site, side), ...singles);
  }
  return candidates;
}

/** What a transposed convolution leaves out where the size that it mirrors was odd. */
function outputPaddings(site: MatchSite, side: MatchSide, other: MatchSide): readonly Candidate[] {
  const step = side.way.findLast(({ node }) => node.operator.type.startsWith('ConvTranspose'));
  const strides = step?.node.params['stride'];
  if (step === undefined || !Array.isArray(strides) || side.shape.length !== other.shape.length) return [];
  // Each layer that doubles a size may have left out one of an even size before it.
  const doubling = side.way.filter(({ node }) => node.operator.type.startsWith('ConvTranspose') && [node.params['stride']].flat(2).every((stride) => typeof stride === 'number' && stride > 1) && [node.params['output_padding']].flat(2).every((size) => size === 0));
  const together: readonly Candidate[] = doubling.length < 2 ? [] : [{
    title: `Set output_padding 1 on ${listed(doubling.map((each) => `\`${nameOf(site, each)}\``))}`, where: 'doubles each size exactly',
    variants: [distinct(doubling.flatMap((each) => settingEdits(site.context.graph.program, each.instance, each.node.name, 'output_padding', 1)))],
  }];
  const missing = strides.map((_, axis) => {
    const [has, wanted] = [side.shape[side.shape.length - strides.length + axis], other.shape[other.shape.length - strides.length + axis]];
    return typeof has === 'number' && typeof wanted === 'number' ? wanted - has : 0;
  });
  if (missing.every((size) => size === 0) || missing.some((size, axis) => size < 0 || size >= Number(strides[axis]))) return together;
  const value = missing.every((size) => size === missing[0]) ? missing[0]! : missing;
  const title = `Set output_padding ${Array.isArray(value) ? `[${value.join(', ')}]` : value} on \`${nameOf(site, step)}\``;
  return [...together, { title, where: 'the size before it was odd', variants: [settingEdits(site.context.graph.program, step.instance, step.node.name, 'output_padding', value)] }];
}

/** An even window cannot keep a size with equal padding on both sides; the next smaller odd one can. */
function oddKernels(site: MatchSite, side: MatchSide): readonly Candidate[] {
  return side.way.slice(-12).flatMap((step): readonly Candidate[] => {
    const { kernel_size: kernel, stride } = step.node.params;
    const all = (value: unknown, wanted: unknown): boolean => Array.isArray(value) && value.every((size) => size === wanted);
    const even = Array.isArray(kernel) ? kernel[0] : undefined;
    if (typeof even !== 'number' || even < 4 || even % 2 !== 0 || !all(kernel, even) || !all(stride, 1)) return [];
    const edit = (param: string, value: number): readonly Edit[] => settingEdits(site.context.graph.program, step.instance, step.node.name, param, value);
    return [{ title: `Set kernel_size ${even - 1} and padding ${even / 2 - 1} on \`${nameOf(site, step)}\``, where: 'an odd window keeps the size', variants: [distinct([...edit('kernel_size', even - 1), ...edit('padding', even / 2 - 1)])] }];
  });
}

function nameOf(site: MatchSite, { node }: Pick<WayStep, 'node'>): string {
  return layerSeenFrom(node.path, site.scope);
}

/** The paddings with which the windows of a side keep the size, for those that do not. */
export function keepingPaddings(site: MatchSite, side: MatchSide): readonly Change[] {
  return side.way.slice(-12).flatMap((step) => {
    const same = paddings(step).find(({ keeps }) => keeps);
    return same === undefined ? [] : [{ name: nameOf(site, step), says: `padding ${same.value}`, edits: settingEdits(site.context.graph.program, step.instance, step.node.name, 'padding', same.value) }];
  });
}

/** Paddings worth trying on a window: the one that keeps the size first. */
function paddings(step: WayStep): readonly { readonly value: number; readonly keeps: boolean }[] {
  const { params } = step.node;
  const kernel = params['kernel_size'];
  const padding = params['padding'];
  if (padding === undefined || !Array.isArray(kernel) || kernel.some((size) => size !== kernel[0]) || typeof kernel[0] !== 'number' || kernel[0] < 2) return [];
  const dilation = params['dilation'];
  const extent = (Array.isArray(dilation) && typeof dilation[0] === 'number' ? dilation[0] : 1) * (kernel[0] - 1) + 1;
  const present = Array.isArray(padding) && padding.every((size) => size === padding[0]) ? padding[0] : undefined;
  return [Math.floor(extent / 2), Math.floor((extent - 1) / 2), Math.floor(extent / 2) + 1]
    .filter((value, index, all) => all.indexOf(value) === index && value !== present && value >= 0)
    .map((value) => ({ value, keeps: extent % 2 === 1 && value === (extent - 1) / 2 }));
}
