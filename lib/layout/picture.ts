import { busOf, costOf, insideOf, isLayer, layersIn, usesOf } from './block.js';
import { dock, itemsOf, type Candidate, type Piece } from './docking.js';
import { factsOf, inputItem, itemOf, shownOf, type Facts } from './item.js';
import { findLanes, type Lane } from './lanes.js';
import { arrivalsAt, skipOf, sumOf } from './skip.js';
import { keyOf } from './view.js';
import { channelsOf, inputHeight, isUnknown, labelOf, levelOf, standInSizes, widthOf } from './wire.js';
import { inDataOrder, wiringOf, type Wiring } from './wiring.js';
import { operatorIn } from '../program/declared.js';
import { evaluateDim, formatDim } from '../shapes/index.js';
import type { Analysis } from '../analysis/analysis.js';
import type { Operator } from '../operators/operator.js';
import type { Instance, Use } from '../program/program.js';
import type { Shape } from '../shapes/dimension.js';
import type { Entry, Exit, Item, Link, MergeKind, Picture, Scene, Unit } from './model.js';
import type { ViewState } from './view.js';

/** What a fix or a dragged layer would make of the design; what is new in it is drawn as a ghost. */
export interface PictureOptions {
  readonly preview?: Analysis | undefined;
  /** Where dragged nodes are at this moment, by path. */
  readonly moved?: Facts['moved'] | undefined;
}

/** What the canvas shows of an analysis: total, whatever is wrong with the design. */
export function picture(analysis: Analysis, view: ViewState, options: PictureOptions = {}): Picture {
  const sizes = standInSizes(analysis.program);
  const maker: Maker = {
    facts: factsOf(analysis, view, options.moved),
    preview: options.preview === undefined ? undefined : factsOf(options.preview, view, options.moved),
    sizes, height: inputHeight(analysis.program, sizes), levels: new Map(), merges: new Set(),
  };
  const root = sceneOf(options.preview?.program.root ?? analysis.program.root, analysis.program.root, maker);
  return { root, levels: [...maker.levels].sort(([a], [b]) => a - b).map(([level, size]) => ({ level, size })), merges: [...maker.merges] };
}

interface Maker {
  readonly facts: Facts;
  readonly preview: Facts | undefined;
  readonly sizes: ReadonlyMap<string, number>;
  readonly height: number | null;
  readonly levels: Map<number, string>;
  readonly merges: Set<MergeKind>;
}

/** Builds one scope. `now` is the same instance as it stands today, undefined inside a ghost. */
function sceneOf(instance: Instance, now: Instance | undefined, maker: Maker): Scene {
  const isDocument = instance.path === '';
  const facts = maker.preview ?? maker.facts;
  const { document } = facts.analysis.program;
  const mergeAt = (use: Use | undefined): MergeKind | undefined => (use === undefined ? undefined : operatorIn(document, use.node.op)?.merge);
  const wiring = drawnOnce(wiringOf(instance, now), (to) => mergeAt(instance.uses.get(to)) !== undefined);
  const inputs = isDocument ? [...instance.block.inputs.keys()].map((name) => inputItem(name, facts)) : [];
  const ordered = inDataOrder(instance.uses);
  const used = new Map(ordered.map((use) => [use.name, use]));
  const candidates = ordered.map((use) => candidateOf(use, instance, now, maker));
  const nonlinear = new Set(candidates.flatMap(({ item, operator: known }) => (known?.activation === true ? [item] : [])));
  const absent = new Set(candidates.flatMap(({ item }) => (item.state === 'absent' ? [item.path] : [])));
  const pieces = dock(inputs, candidates, wiring);
  const pieceOf = new Map<string, Piece>();
  for (const piece of pieces) for (const item of itemsOf(piece)) pieceOf.set(item.name, piece);

  const entries: Entry[] = isDocument ? [] : [...instance.block.inputs.keys()].map((name) => ({ id: `${instance.path}>${name}`, name }));
  const exits: Exit[] = instance.block.outputs.map((output, index) => ({ id: `${instance.path}<${index}`, index, name: output.name ?? `output ${index}`, pill: isDocument && instance.block.outputs.length > 1 }));
  const drafts = wiring.flatMap((wire) => {
    const from = pieceOf.get(wire.from);
    const to = wire.to === undefined ? undefined : pieceOf.get(wire.to);
    if (from !== undefined && from === to) return [];
    const id = `${instance.path}/${wire.from}.${wire.output}>${wire.to ?? ''}.${wire.input}`;
    return [{ ...wire, id, from: from?.item.path ?? `${instance.path}>${wire.from}`, source: wire.from, to: to?.item.path ?? `${instance.path}<${wire.input}`, reader: wire.to }];
  });
  const layers = (piece: Piece): number => {
    const use = used.get(piece.item.name);
    return use === undefined ? 0 : layersOf(use, facts);
  };
  const lanes = findLanes(
    pieces.map((piece) => ({ id: piece.item.path, layers: layers(piece), carried: (piece.kind === 'card' || piece.kind === 'pill') && !itemsOf(piece).some((item) => nonlinear.has(item)) })),
    drafts.map((draft) => ({ id: draft.id, from: draft.from, to: draft.to, off: draft.off, kind: mergeAt(draft.reader === undefined ? undefined : used.get(draft.reader)) ?? '' })),
  );
  const laneOf = new Map<string, Lane>();
  const carried = new Set<string>();
  for (const lane of lanes) {
    for (const wire of lane.wires) laneOf.set(wire, lane);
    for (const id of lane.through) carried.add(id);
  }
  /** What has no input, a learned Parameter, has no batch either. */
  const hasSource = (name: string): boolean => operatorIn(document, used.get(name)?.node.op ?? '')?.inputs.length !== 0;
  const draftOf = new Map(drafts.map((draft) => [draft.id, draft]));
  const shapeInto = new Map<string, Shape | null>();
  for (const draft of drafts) if (!shapeInto.has(draft.to)) shapeInto.set(draft.to, draft.shape);

  const links = drafts.map((draft): Link => {
    const lane = laneOf.get(draft.id);
    const last = lane === undefined || lane.through.length === 0 || lane.wires.indexOf(draft.id) === lane.wires.length - 1;
    const final = last ? draft : draftOf.get(lane.wires[lane.wires.length - 1]!) ?? draft;
    const reader = final.reader === undefined ? undefined : used.get(final.reader);
    const bare = lane === undefined || lane.through.every((id) => absent.has(id));
    const skip = skipOf({ draft, lane, end: { reader, merge: mergeAt(reader), input: final.input, off: final.off }, last, facts: maker.facts, scope: instance.path, bare });
    const level = levelOf(draft.shape, maker.height, maker.sizes);
    if (typeof level === 'number' && skip === undefined && !maker.levels.has(level)) maker.levels.set(level, formatDim(draft.shape![draft.shape!.length - 2]!));
    if (skip !== undefined) maker.merges.add(skip.merge);
    return {
      id: draft.id,
      from: { id: draft.from, item: used.get(draft.source) === undefined ? (isDocument ? draft.source : `${instance.path}.${draft.source}`) : pathOf(draft.source, pieceOf) ?? draft.source, output: draft.output },
      to: { id: draft.to, item: draft.reader === undefined ? draft.to : pathOf(draft.reader, pieceOf) ?? draft.to, input: draft.input },
      shape: draft.shape, label: labelOf(draft.shape, shapeInto.get(draft.from), hasSource(draft.source)), width: widthOf(channelsOf(draft.shape, maker.sizes)), level, unknown: isUnknown(draft.shape),
      ...(skip !== undefined && { skip }),
      ...(lane !== undefined && { lane: lane.id }),
    };
  });
  const into = new Map<string, Link[]>();
  for (const link of links) into.set(link.to.id, [...(into.get(link.to.id) ?? []), link]);
  const units = pieces.map((piece): Unit => unitOf(piece, { now, maker, used, arriving: into.get(piece.item.path) ?? [], narrow: carried.has(piece.item.path) }));
  return { path: instance.path, entries, exits, units, links };
}

/** A layer that reads one tensor at several inputs (query, key, value) has one wire; a merge has one for each. */
function drawnOnce(wiring: readonly Wiring[], isMerge: (to: string) => boolean): readonly Wiring[] {
  const seen = new Set<string>();
  return wiring.filter((wire) => {
    if (wire.to === undefined || isMerge(wire.to)) return true;
    const key = `${wire.from}.${wire.output}>${wire.to}`;
    return !seen.has(key) && seen.add(key);
  });
}

function pathOf(name: string, pieceOf: ReadonlyMap<string, Piece>): string | undefined {
  const piece = pieceOf.get(name);
  return piece === undefined ? undefined : itemsOf(piece).find((item) => item.name === name)?.path;
}

function layersOf(use: Use, { analysis }: Facts): number {
  let count = 0;
  for (const each of use.each) {
    if (each.kind === 'node' && isLayer(analysis.program.nodes[each.node]!)) count++;
    else if (each.kind === 'block') count += layersIn(each.instance, analysis).length;
  }
  return count;
}

const cardFamilies: ReadonlySet<string> = new Set(['Convolution', 'Linear', 'Attention', 'Recurrent']);

function candidateOf(use: Use, instance: Instance, now: Instance | undefined, maker: Maker): Candidate {
  const current = now?.uses.get(use.name);
  const planned = maker.preview === undefined ? undefined : itemOf(use, instance, maker.preview);
  const item = current === undefined || now === undefined ? { ...(planned ?? itemOf(use, instance, maker.facts)), ...(maker.preview !== undefined && { ghost: 'added' as const }) } : withChange(itemOf(current, now, maker.facts), planned);
  const known = operatorIn((maker.preview ?? maker.facts).analysis.program.document, use.node.op);
  return { item, operator: known, role: roleOf(use, known, item, maker) };
}

/** What is today, marked where the preview says otherwise. */
function withChange(item: Item, planned: Item | undefined): Item {
  if (planned === undefined || (planned.type === item.type && planned.summary.join() === item.summary.join() && (planned.state === 'absent') === (item.state === 'absent'))) return item;
  if (item.state === 'absent' && planned.state !== 'absent') return { ...planned, ghost: 'added' };
  return { ...item, type: planned.type, summary: planned.summary, ghost: 'changed' };
}

function roleOf(use: Use, known: Operator | undefined, item: Item, maker: Maker): Candidate['role'] {
  const { each } = shownOf(use, maker.facts.view);
  if (each?.kind === 'block') return maker.facts.view.expanded.has(keyOf(item.path)) ? 'frame' : 'block';
  const { blocks, operators } = (maker.preview ?? maker.facts).analysis.program.document;
  if (blocks.has(use.node.op) || operators.has(use.node.op)) return 'card';
  if (known?.merge !== undefined) return 'merge';
  return known === undefined || cardFamilies.has(known.family) || use.node.repeat !== undefined ? 'card' : 'pill';
}

interface UnitContext {
  readonly now: Instance | undefined;
  readonly maker: Maker;
  readonly used: ReadonlyMap<string, Use>;
  readonly arriving: readonly Link[];
  readonly narrow: boolean;
}

function unitOf(piece: Piece, { now, maker, used, arriving, narrow }: UnitContext): Unit {
  const { item } = piece;
  const id = item.path;
  const use = used.get(item.name);
  const shown = use === undefined ? undefined : shownOf(use, maker.facts.view);
  const facts = maker.preview ?? maker.facts;
  switch (piece.kind) {
    case 'frame':
    case 'block': {
      if (shown?.each?.kind !== 'block' || use === undefined) return { kind: 'card', id, item, head: [], foot: [], narrow };
      const { instance } = shown.each;
      if (piece.kind === 'block') return { kind: 'block', id, item, inside: insideOf(instance, use, facts.analysis) };
      const current = now?.uses.get(item.name);
      const today = current === undefined ? undefined : shownOf(current, maker.facts.view).each;
      const instances = use.each.flatMap((each) => (each.kind === 'block' ? [each.instance] : []));
      const body = sceneOf(instance, today?.kind === 'block' ? today.instance : undefined, maker);
      const bus = busOf(use, instance, body);
      return { kind: 'frame', id, item, cost: costOf(instances, facts.analysis), uses: usesOf(use.node.op, facts.analysis), ...(bus !== undefined && { bus }), body };
    }
    case 'merge': {
      const merge = piece.merge ?? 'add';
      maker.merges.add(merge);
      const live = arriving.filter((link) => link.skip?.off !== true);
      const note = merge === 'concat' && live.length > 1 && live.every((link) => !link.unknown) ? sumOf(live.map((link) => String(evaluateDim(concatAxis(link.shape, use, maker), maker.sizes) ?? '?'))) : undefined;
      return { kind: 'merge', id, item, merge, arriving: item.problem === 'error' ? arrivalsAt(arriving, merge) : [], ...(piece.tail !== undefined && { tail: piece.tail }), ...(note !== undefined && { note }) };
    }
    case 'card': return { kind: 'card', id, item, head: piece.head, foot: piece.foot, narrow };
    default: return { kind: 'pill', id, item };
  }
}

function concatAxis(shape: Shape | null, use: Use | undefined, maker: Maker): Shape[number] {
  const node = use?.each[0]?.kind === 'node' ? maker.facts.analysis.program.nodes[use.each[0].node] : undefined;
  const dim = node?.params['dim'];
  const axis = typeof dim === 'number' ? dim : 1;
  return shape?.[axis < 0 ? shape.length + axis : axis] ?? null;
}
