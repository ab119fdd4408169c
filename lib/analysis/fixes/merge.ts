import { axisNames, listed, unequal, withoutBatch } from '../axes.js';
import { instancesOf, nameBefore, nodePath, writtenAt, type Written } from '../scope.js';
import { linesOf, wayOf, type Line } from './line.js';
import { gateCandidates } from './gate.js';
import { inputSizeCandidates } from './input-size.js';
import { skipOf, type Parting } from '../parting.js';
import { projectionCandidates } from './projection.js';
import { reorderedSides } from './reorder.js';
import { isSequence, resizeCandidates } from './resize.js';
import { settingEdits } from './setting.js';
import { matchCandidates, windowCandidates, type MatchSide, type MatchSite } from './match.js';
import { formatSource } from '../../document/source.js';
import type { Candidate, FixContext } from './verify.js';
import type { Mismatch } from '../explain.js';

/** A merge whose inputs do not fit, as its fixes see it. */
export interface MergeSite extends Written, MatchSite {
  /** The side that gives the shape, and the skip. */
  readonly branch: Side;
  readonly skip: Side;
  /** Not every use of the block has this problem: what a fix adds must leave the others as they are. */
  readonly partly: boolean;
  /** Key after which new nodes are written, so that they stand just before the merge. */
  readonly after: string | null;
}

export interface Side extends Line, MatchSide {}

export function mergeCandidates(context: FixContext, mismatch: Mismatch): readonly Candidate[] {
  const site = siteOf(context, mismatch);
  if (site === undefined) return derivedCandidates(context, mismatch);
  const elementwise = site.node.op !== 'Concat';
  const otherAxis = elementwise ? [] : axisCandidates(site);
  // Channels are what is concatenated; along another axis only a size was missed.
  const byChannels = site.axes[0] === 1;
  return [
    ...reorderedSides(site), ...gateCandidates(site),
    ...parameterCandidates(site),
    // A gate and a branch beside an equal one get the other's width; a skip gets a projection.
    ...(elementwise && (context.graph.program.nodes[mismatch.node.index]?.operator.merge === 'gate' || skipOf(mismatch.parting) === undefined) && site.axes.every((axis) => !isSpatial(site, axis)) ? matchCandidates(site) : []),
    ...(elementwise ? projectionCandidates(site) : byChannels ? otherAxis : []),
    ...windowCandidates(site),
    ...matchCandidates(site),
    ...(elementwise && !(branchRank(site) === 3 && isSequence(site)) ? [concatCandidate(site)] : []),
    ...resizeCandidates(site),
    ...(byChannels ? [] : otherAxis),
    // Whoever drew the skip wants it, so cutting it comes last.
    ...cutCandidates(site),
  ];
}

/** At a merge that a dense repetition makes: only the layers of its repetitions can be set. */
function derivedCandidates(context: FixContext, mismatch: Mismatch): readonly Candidate[] {
  const { parting, node, axes } = mismatch;
  const sides: readonly [MatchSide, MatchSide] = [{ shape: mismatch.first, way: wayOf(context.graph, parting.first) }, { shape: mismatch.second, way: wayOf(context.graph, parting.second) }];
  const swapped = isSwapped(parting);
  const site: MatchSite = { context, mismatch, scope: node.scope, axes, branch: sides[swapped ? 1 : 0], skip: sides[swapped ? 0 : 1] };
  return [...windowCandidates(site), ...matchCandidates(site), ...(axes.some((axis) => axis >= 2) ? inputSizeCandidates(context) : [])];
}

const branchRank = ({ branch }: MergeSite): number => branch.shape.length;

const isSpatial = ({ branch }: MergeSite, axis: number): boolean => axis >= 2 && branch.shape.length >= 4;

/** Whether the first input is the skip; where neither is, the one with more layers gives the shape. */
function isSwapped(parting: Parting): boolean {
  return (skipOf(parting) ?? (parting.second.layers > parting.first.layers ? 'first' : 'second')) === 'first';
}

function siteOf(context: FixContext, mismatch: Mismatch): MergeSite | undefined {
  const { program } = context.graph;
  const written = writtenAt(program, mismatch.node.path);
  const block = written?.instance.block;
  if (written === undefined || block === undefined || written.node.in.length < 2) return undefined;
  const kept = written.node.in.flatMap((_, index) => (written.use.cut[index] === true ? [] : [index]));
  const first = kept[mismatch.parting.first.input];
  const second = kept[mismatch.parting.second.input];
  if (first === undefined || second === undefined) return undefined;
  const [one, other] = linesOf(program, written.instance, written.node, first, second);
  const sides: readonly [Side, Side] = [
    { ...one, shape: mismatch.first, way: wayOf(context.graph, mismatch.parting.first) },
    { ...other, shape: mismatch.second, way: wayOf(context.graph, mismatch.parting.second) },
  ];
  const swapped = isSwapped(mismatch.parting);
  const broken = program.findings.filter((finding) => finding.code === context.finding?.code && finding.place.join('/') === context.finding?.place.join('/')).length;
  return {
    ...written, context, mismatch, scope: written.instance.path,
    branch: swapped ? sides[1] : sides[0],
    skip: swapped ? sides[0] : sides[1],
    axes: mismatch.axes,
    partly: written.block !== '' && broken < instancesOf(program, written.block).length,
    after: nameBefore(block, written.name),
  };
}

/** A concatenation whose inputs differ along one other axis alone was meant along that one. */
function axisCandidates(site: MergeSite): readonly Candidate[] {
  const { branch, skip, axes } = site;
  const [axis] = axes;
  if (axis === undefined || axes.length !== 1 || branch.shape.length !== skip.shape.length) return [];
  return [{ title: `Set dim ${axis}`, where: `joins them along ${axisNames(branch.shape.length)[axis]}`, variants: [[{ kind: 'set', path: [...nodePath(site.block, site.name), 'dim'], value: axis }]] }];
}

function concatCandidate(site: MergeSite): Candidate {
  const title = 'Concatenate instead';
  const { branch, skip, axes } = site;
  const rank = branch.shape.length;
  if (rank !== skip.shape.length) return { title, variants: [], refusal: `needs equal ranks: ${unequal(rank, skip.shape.length)}` };
  const others = axes.filter((axis) => axis !== 1);
  if (rank < 2 || others.length > 0) {
    const names = axisNames(rank);
    const numbers = [...new Set(others.map((axis) => unequal(skip.shape[axis]!, branch.shape[axis]!)))];
    return { title, variants: [], refusal: `needs equal ${listed(others.map((axis) => names[axis]!))}: ${listed(numbers)}` };
  }
  const path = nodePath(site.block, site.name);
  return { title, where: `\`${site.name}\` becomes Concat along ${axisNames(rank)[1]}`, shown: true, variants: [[{ kind: 'set', path: [...path, 'op'], value: 'Concat' }, { kind: 'set', path: [...path, 'dim'], value: 1 }]] };
}

/** A learned tensor that is merged (positions, layer scale) gets the other side's sizes. */
function parameterCandidates(site: MergeSite): readonly Candidate[] {
  return [site.skip, site.branch].flatMap((side): readonly Candidate[] => {
    const step = side.way.at(-1);
    const other = side === site.skip ? site.branch.shape : site.skip.shape;
    if (step?.node.operator.type !== 'Parameter') return [];
    const offset = other.length - side.shape.length;
    const shape = side.shape.map((size, axis) => (size === 1 ? 1 : other[axis + offset]));
    if (!shape.every((size): size is number => typeof size === 'number')) return [];
    return [{ title: `Set shape of \`${step.node.name}\` to [${shape.join(', ')}]`, variants: [settingEdits(site.context.graph.program, step.instance, step.node.name, 'shape', shape)] }];
  });
}

function cutCandidates(site: MergeSite): readonly Candidate[] {
  if (site.context.graph.program.nodes[site.mismatch.node.index]?.operator.merge === undefined) return [];
  const source = formatSource(site.skip.source);
  const everywhere = site.block !== '' && instancesOf(site.context.graph.program, site.block).length > 1 ? ` in every use of ${site.block}` : '';
  return [{
    title: `Cut the ${skipOf(site.mismatch.parting) !== undefined ? 'skip' : 'wire'} from \`${source}\`${everywhere}`,
    where: `\`${site.name}\` passes on ${withoutBatch(site.branch.shape)}`,
    variants: [[{ kind: 'set', path: [...nodePath(site.block, site.name), 'off'], value: [...site.node.off, source] }]],
  }];
}
