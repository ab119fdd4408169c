import { freshName, isNamed, nodePath, scopePath, splitPath, stridesBetween, type Analysis } from '../analysis/index.js';
import { formatDim, sameDim } from '../shapes/index.js';
import { formatSource } from '../document/source.js';
import { isRefusal, refuse, type Acted, type SkipMerge, type SkipStart, type SkipTarget } from './action.js';
import { behind, originAt, pathIn, wirePlace, wiresFrom, type Origin } from './place.js';
import { rewired } from './rewire.js';
import { preview } from './trial.js';
import type { Edit, Refusal } from '../document/edit.js';
import type { JsonObject } from '../document/json.js';
import type { Block, NamedSource } from '../document/model.js';
import type { Instance } from '../program/program.js';
import type { Shape } from '../shapes/dimension.js';

/** Whether a skip may end somewhere. */
export type Fit =
  | { readonly fits: true; readonly projection: boolean }
  | { readonly fits: false; readonly reason: string };

/**
 * Draws a skip from a layer, an input or a wire to a later wire or layer: a merge is made there, with the projection that the shapes need; a merge
 * of that kind that is there already gets one more source. A gate is a highway's: y = T·H + (1 − T)·x with a learned T.
 */
export function drawSkip(analysis: Analysis, from: SkipStart, target: SkipTarget, merge: SkipMerge): Acted {
  const site = siteOf(analysis, from, target);
  if (isRefusal(site)) return site;
  const { name, edits, shown = name } = merge === 'gate' ? gateEdits(site) : mergeEdits(site, merge);
  const label = `Draw a skip from ${site.from.name}`;
  const select = [pathIn(site.instance, shown)];
  return { edits: [...edits, ...projectionEdits(analysis, edits, pathIn(site.instance, name), name)], label, select };
}

/** Where a skip from here may end, and why not elsewhere: every later node and wire of the same scope. */
export function skipTargets(analysis: Analysis, from: SkipStart, merge: SkipMerge = 'add'): readonly { readonly target: SkipTarget; readonly fit: Fit }[] {
  const origin = startAt(analysis, from);
  if (origin === undefined) return [];
  const { block, instance } = origin;
  const targets: SkipTarget[] = [];
  for (const node of block.nodes.values()) {
    if (node.name !== origin.name) targets.push({ kind: 'node', path: pathIn(instance, node.name) });
    node.in.forEach((source, input) => { if (isNamed(source)) targets.push({ kind: 'wire', wire: { to: pathIn(instance, node.name), input } }); });
  }
  block.outputs.forEach((_, output) => targets.push({ kind: 'wire', wire: { scope: instance.path, output } }));
  return targets.map((target) => ({ target, fit: skipFit(analysis, from, target, merge) }));
}

/** Whether a skip from a layer may end at one place. */
export function skipFit(analysis: Analysis, from: SkipStart, target: SkipTarget, merge: SkipMerge = 'add'): Fit {
  const site = siteOf(analysis, from, target);
  if (isRefusal(site)) return { fits: false, reason: site.refused };
  const [own, other] = [site.fromShape, site.targetShape];
  if (own === null || other === null) return { fits: true, projection: false };
  if (own.length !== other.length) return { fits: false, reason: `rank ${own.length} ≠ ${other.length}` };
  const axes = own.flatMap((size, axis) => (sameDim(size, other[axis]!) === false && !(merge === 'concat' && axis === 1) ? [axis] : []));
  if (axes.length === 0) return { fits: true, projection: false };
  const unequal = (axis: number): string => `${formatDim(own[axis]!)} ≠ ${formatDim(other[axis]!)}`;
  const channelAxis = own.length === 3 && axes.every((axis) => axis === 2) ? 2 : 1;
  if (axes.includes(0)) return { fits: false, reason: unequal(0) };
  if (axes.every((axis) => axis === channelAxis)) return { fits: true, projection: true };
  return stridesBetween(own.slice(2), other.slice(2)) === undefined ? { fits: false, reason: unequal(axes.find((axis) => axis >= 2)!) } : { fits: true, projection: true };
}

interface Site {
  readonly block: Block;
  readonly instance: Instance;
  readonly from: Start;
  readonly fromShape: Shape | null;
  readonly targetShape: Shape | null;
  /** What the target gives, as a source. */
  readonly source: NamedSource;
  /** The merge that is there already, where the skip ends at one. */
  readonly existing: string | undefined;
  /** Key after which new nodes are written. */
  readonly after: string | null;
  rewire(name: string): readonly Edit[];
}

function siteOf(analysis: Analysis, from: SkipStart, target: SkipTarget): Site | Refusal {
  const place = target.kind === 'wire' ? wirePlace(analysis, target.wire) : undefined;
  const at = target.kind === 'node' ? originAt(analysis, target.path) : undefined;
  const instance = place?.instance ?? at?.instance;
  if (instance === undefined) return refuse('What the skip should reach is not in the design any more.');
  const origin = liftedTo(analysis, from, instance);
  if (isRefusal(origin)) return origin;
  const { block } = instance;
  if (place !== undefined && !isNamed(place.source)) return refuse('This input has no source, so there is nothing to merge with.');
  const source: NamedSource = place !== undefined ? (place.source as NamedSource) : { name: at!.name };
  if (place?.reader?.name === origin.name) return refuse('a skip cannot end where it begins');
  const reader = place?.reader?.name ?? (at === undefined ? undefined : at.name);
  if (reader !== undefined && reader !== origin.name && behind(block, origin.name).has(reader)) return refuse('it stands before: that would be a cycle');
  if (source.name === origin.name) return refuse('there is no layer between the two');
  if (behind(block, origin.name).has(source.name)) return refuse('it stands before: that would be a cycle');
  const wires = at === undefined ? [] : wiresFrom(block, at.name).filter((wire) => isNamed(wire.source) && wire.source.port === undefined && wire.source.repetition === undefined);
  return {
    block, instance, from: origin, source,
    fromShape: origin.value?.tensor.shape ?? null,
    targetShape: (place === undefined ? at!.value : place.value)?.tensor.shape ?? null,
    existing: place === undefined ? at!.name : place.reader?.name,
    after: block.nodes.has(source.name) ? source.name : block.nodes.has(origin.name) ? origin.name : null,
    rewire: (name) => (place === undefined
      ? wires.flatMap((wire) => (wire.node === undefined ? [{ kind: 'set', path: wire.path, value: name } as const] : rewired(block, block.nodes.get(wire.node)!, wire.index, name)))
      : place.reader === undefined ? [{ kind: 'set', path: place.path, value: name }] : rewired(block, place.reader.node, place.index, name)),
  };
}

/** A start with the spelling of its source, since a wire may carry another output than the first. */
interface Start extends Origin {
  readonly spelled: string;
}

function startAt(analysis: Analysis, from: SkipStart): Start | undefined {
  if (typeof from === 'string') {
    const origin = originAt(analysis, from);
    return origin === undefined ? undefined : { ...origin, spelled: origin.name };
  }
  const place = wirePlace(analysis, from);
  if (place === undefined || !isNamed(place.source)) return undefined;
  const origin = originAt(analysis, pathIn(place.instance, place.source.name));
  return origin === undefined ? undefined : { ...origin, value: place.value ?? origin.value, spelled: formatSource(place.source) };
}

/** The start of a skip as the target's scope sees it: a block's output stands for the layer inside that gives it. */
export function liftedTo(analysis: Analysis, from: SkipStart, instance: Instance): Start | Refusal {
  let origin = startAt(analysis, from);
  if (origin === undefined) return refuse(typeof from === 'string' ? `There is no \`${from}\` in the design any more.` : 'That wire is not in the design any more.');
  while (origin.instance.path !== instance.path) {
    const around: Origin | undefined = origin.instance.path === '' ? undefined : originAt(analysis, origin.instance.path.replace(/\[\d+\]$/, ''));
    const given = origin.instance.outputs[0]?.origin;
    const own = origin.value?.origin;
    if (around === undefined) return refuse(`a skip cannot enter \`${splitPath(instance.path).name}\` from outside: a block reads only its inputs`);
    if (given?.kind !== 'node' || own?.kind !== 'node' || given.node !== own.node) return refuse(`\`${origin.name}\` stands inside \`${around.name}\`: only what the block puts out can be read outside`);
    origin = { ...around, spelled: around.name };
  }
  return origin;
}

interface MadeMerge {
  /** The node at which the skip arrives. */
  readonly name: string;
  /** The node to select, where it is another. */
  readonly shown?: string;
  readonly edits: readonly Edit[];
}

function mergeEdits(site: Site, merge: 'add' | 'concat'): MadeMerge {
  const op = merge === 'add' ? 'Add' : 'Concat';
  const { block, from, source } = site;
  const existing = site.existing === undefined ? undefined : block.nodes.get(site.existing);
  // A merge of the kind that is drawn takes one more source.
  if (existing?.op === op && existing.when === undefined) {
    // One that was put on a wire holds the number that changes nothing: the skip takes its place.
    const neutral = merge === 'add' ? existing.in.indexOf(0) : -1;
    return { name: existing.name, edits: [{ kind: 'set', path: [...nodePath(block.name, existing.name), 'in', neutral < 0 ? existing.in.length : neutral], value: from.spelled }] };
  }
  const name = freshName(block, merge === 'add' ? 'sum' : 'cat');
  const value: JsonObject = { op, in: [formatSource(source), from.spelled], ...(merge === 'concat' ? { dim: 1 } : {}) };
  return { name, edits: [{ kind: 'insert', path: [...scopePath(block.name), 'nodes'], key: name, value, after: site.after }, ...site.rewire(name)] };
}

/** Srivastava et al. 2015, Highway Networks, equation 3: the gate T decides between the branch H and the skip x. */
function gateEdits(site: Site): MadeMerge {
  const { block, from, source } = site;
  const taken = new Set<string>();
  const name = (wish: string): string => { const fresh = freshName(block, wish, taken); taken.add(fresh); return fresh; };
  const names = { gate: name('gate'), open: name('transform'), branch: name('gated'), closed: name('carry'), skip: name('carried'), sum: name('sum') };
  const rank = site.targetShape?.length ?? 2;
  const width = site.targetShape?.[rank > 3 ? 1 : rank - 1];
  const spelled = formatSource(source);
  const size = block.name === '' && typeof width === 'number' ? width : `=dim(${spelled}, ${rank > 3 ? 1 : -1})`;
  const gate: JsonObject = rank > 3 ? { op: `Conv${rank - 2}d`, in: [spelled], out_channels: size, kernel_size: 1 } : { op: 'Linear', in: [spelled], out_features: size };
  const gateOf = (value: JsonObject, at: string): JsonObject => ({ ...value, in: [at] });
  // Where the skip has the branch's shape the gate looks at the skip, as in the paper; else at the branch.
  const same = site.fromShape !== null && site.targetShape !== null && site.fromShape.length === site.targetShape.length && site.fromShape.every((dim, axis) => sameDim(dim, site.targetShape![axis]!) !== false);
  const looks = same ? from.spelled : spelled;
  const nodes: readonly (readonly [string, JsonObject])[] = [
    [names.gate, gateOf(typeof size === 'string' ? JSON.parse(JSON.stringify(gate).replaceAll(`dim(${spelled},`, `dim(${looks},`)) as JsonObject : gate, looks)],
    [names.open, { op: 'Sigmoid', in: [names.gate] }],
    [names.branch, { op: 'Mul', in: [spelled, names.open] }],
    [names.closed, { op: 'Sub', in: [1, names.open] }],
    [names.skip, { op: 'Mul', in: [names.closed, from.spelled] }],
    [names.sum, { op: 'Add', in: [names.branch, names.skip] }],
  ];
  let after = site.after;
  const edits: Edit[] = [];
  for (const [key, value] of nodes) {
    edits.push({ kind: 'insert', path: [...scopePath(block.name), 'nodes'], key, value, after });
    after = key;
  }
  return { name: names.skip, shown: names.sum, edits: [...edits, ...site.rewire(names.sum)] };
}

/** What the first offered projection adds, where the new merge needs one. */
function projectionEdits(analysis: Analysis, edits: readonly Edit[], path: string, name: string): readonly Edit[] {
  const after = preview(analysis, edits);
  const problem = after?.problems.find((candidate) => candidate.code.endsWith('mismatch') && (candidate.node === path || (splitPath(candidate.node).name === name && candidate.place.path.includes(name))));
  const fix = problem?.fixes.find((candidate) => candidate.refusal === undefined && /projection/.test(candidate.title));
  return fix?.edits ?? [];
}

