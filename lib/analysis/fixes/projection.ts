import { isPointwise } from '../graph.js';
import { skipOf } from '../parting.js';
import { freshName, nodePath, plainParam, scopePath } from '../scope.js';
import { formatDim } from '../../shapes/index.js';
import { formatSource } from '../../document/source.js';
import { isSequence } from './resize.js';
import { keepingPaddings } from './match.js';
import { listed } from '../axes.js';
import { distinct, handedEdits, tupleValue } from './setting.js';
import type { LineStep } from './line.js';
import type { MergeSite, Side } from './merge.js';
import type { Candidate } from './verify.js';
import type { Edit } from '../../document/edit.js';
import type { JsonObject, JsonValue } from '../../document/json.js';

/**
 * The projection shortcut (He et al. 2015, option B): a convolution of kernel 1 that gives the skip the branch's channels, with the
 * branch's stride, and a BatchNorm where the branch ends with one. A skip that has a projection keeps it: its values are set instead.
 */
export function projectionCandidates(site: MergeSite): readonly Candidate[] {
  const { branch, skip } = site;
  const rank = branch.shape.length;
  // A learned tensor is no skip: it has the shape that is written.
  if (rank !== skip.shape.length || rank < 2 || skip.way.at(-1)?.node.operator.type === 'Parameter') return [];
  // Beside a longer or wider branch a layer of kernel 1 is the skip's projection; beside an equal one it is a branch of its own.
  const existing = skipOf(site.mismatch.parting) === undefined ? undefined : skip.steps.find((step) => isProjection(step));
  if (existing !== undefined) return existingCandidates(site, existing);
  // Of a sequence the second axis is its length, which no projection changes.
  if (rank === 3 && site.axes.includes(1) && isSequence(site)) return [];
  const linear = rank === 2 || (rank === 3 && site.axes.every((axis) => axis === 2) && branch.steps.some((step) => step.written.op === 'Linear'));
  const channelAxis = linear ? rank - 1 : 1;
  const spatial = site.axes.some((axis) => axis >= 2);
  const strides = linear ? [] : spatial ? stridesBetween(skip.shape.slice(2), branch.shape.slice(2)) : branch.shape.slice(2).map(() => 1);
  const title = linear ? 'Insert a Linear projection' : `Insert a 1×1 projection${strides === undefined || strides.every((stride) => stride === 1) ? '' : `, stride ${strideText(strides)}`}`;
  if (site.axes.includes(0)) return [];
  if (strides === undefined || (linear && site.axes.some((axis) => axis !== channelAxis))) {
    const axis = site.axes.find((at) => at !== channelAxis) ?? channelAxis;
    const padded = linear || !site.axes.includes(channelAxis) ? [] : paddedProjection(site, channelAxis);
    return [...padded, { title, variants: [], refusal: `no stride makes ${formatDim(branch.shape[axis]!)} of ${formatDim(skip.shape[axis]!)}` }];
  }
  const width = widthOf(branch, channelAxis);
  if (width === undefined) return [{ title, variants: [], refusal: 'the channels of the branch are not known' }];
  const norm = branch.steps.at(-1);
  const normed = norm !== undefined && /^BatchNorm\dd$/.test(norm.written.op) && !linear;
  const variants = strideChoices(branch, strides).flatMap((stride) => conditions(site, width, stride, channelAxis).map((when) => insertion(site, linear, width, stride, when, normed ? norm.written.op : undefined)));
  return [{ title, where: 'on the skip', shown: true, variants }];
}

/** A branch whose windows are not padded is padded, so that a projection can meet it. */
function paddedProjection(site: MergeSite, channelAxis: number): readonly Candidate[] {
  const changes = keepingPaddings(site, site.branch);
  const width = widthOf(site.branch, channelAxis);
  if (changes.length === 0 || width === undefined) return [];
  const strides = site.branch.steps.flatMap((step) => { const stride = [step.node?.params['stride'] ?? 1].flat()[0]; return step.node?.operator.family === 'Convolution' && typeof stride === 'number' && !step.node.operator.type.startsWith('ConvTranspose') ? [stride] : []; });
  const stride = strides.reduce((product, each) => product * each, 1);
  const paddings = [...new Set(changes.map(({ says }) => says))];
  return [{
    title: `Set ${listed(paddings)} on ${listed([...new Set(changes.map(({ name }) => `\`${name}\``))])} and insert a 1×1 projection${stride === 1 ? '' : `, stride ${stride}`}`, where: 'on both sides',
    variants: [[...distinct(changes.flatMap(({ edits }) => edits)), ...insertion(site, false, width, stride === 1 ? undefined : stride, undefined, undefined)]],
  }];
}

/** A layer of kernel 1, there or absent in this instance. */
function isProjection(step: LineStep): boolean {
  if (step.node !== undefined) return isPointwise(step.node);
  const kernel = step.written.params.get('kernel_size');
  return step.written.op === 'Linear' || (/^Conv\dd$/.test(step.written.op) && (kernel === 1 || (Array.isArray(kernel) && kernel.every((size) => size === 1))));
}

/** Strides that make one size of the other along each axis, with kernel 1 and no padding: ⌊(n − 1) / s⌋ + 1. Undefined where there are none. */
export function stridesBetween(from: readonly unknown[], to: readonly unknown[]): readonly number[] | undefined {
  const strides: number[] = [];
  for (const [axis, size] of from.entries()) {
    const wanted = to[axis];
    if (typeof size !== 'number' || typeof wanted !== 'number') {
      if (textOf(size) !== textOf(wanted)) return undefined;
      strides.push(1);
      continue;
    }
    if (wanted < 1 || size < wanted) return undefined;
    const near = Math.round(size / wanted);
    const stride = [near, near + 1, near - 1].find((s) => s >= 1 && Math.floor((size - 1) / s) + 1 === wanted);
    if (stride === undefined) return undefined;
    strides.push(stride);
  }
  return strides;
}

const textOf = (size: unknown): string => (typeof size === 'object' && size !== null && 'text' in size ? String(size.text) : String(size));
const strideText = (strides: readonly number[]): string => (strides.every((stride) => stride === strides[0]) ? String(strides[0]) : `[${strides.join(', ')}]`);

/** The branch's width as the file writes it where the scope has it, so that the projection follows the block's parameters; else the number. */
function widthOf(branch: Side, channelAxis: number): JsonValue | undefined {
  const size = branch.shape[channelAxis]!;
  for (const step of [...branch.steps].reverse()) {
    for (const param of ['out_channels', 'out_features']) {
      const value = step.written.params.get(param);
      if (value !== undefined && step.node?.params[param] === size) return value;
    }
  }
  return typeof size === 'number' ? size : undefined;
}

/** The stride as the branch writes it, where several of its layers have one as their product, so that it is right in every use; and as a number. */
function strideChoices(branch: Side, strides: readonly number[]): readonly (JsonValue | undefined)[] {
  const written = branch.steps.flatMap((step) => (step.absent || /^ConvTranspose/.test(step.written.op) ? [] : (step.written.params.get('stride') ?? [])));
  const one = strides.every((stride) => stride === 1);
  const literal = one ? undefined : tupleValue(strides);
  if (!written.some((value) => typeof value === 'string')) return [literal];
  const factors = written.filter((value) => value !== 1).map((value) => bare(value as JsonValue));
  const evaluated = branch.steps.filter((step) => typeof step.written.params.get('stride') === 'string').map((step) => step.node?.params['stride']);
  // A single expression may be a pair; a product is of numbers.
  const single = factors.length === 1 || evaluated.some((value) => Array.isArray(value) && value.some((stride) => stride !== value[0])) ? written.filter((value) => typeof value === 'string') : [];
  return [...new Set<JsonValue | undefined>([...(factors.length > 1 ? [`=${factors.join(' * ')}`] : []), ...(single as JsonValue[]), literal])];
}

/** Conditions under which the projection is there: none where every use needs it. */
function conditions(site: MergeSite, width: JsonValue, stride: JsonValue | undefined, channelAxis: number): readonly (string | undefined)[] {
  if (!site.partly) return [undefined];
  // dim() may look at an input of the block from every node, so the norm behind the projection can have the same condition.
  const { inputs } = site.instance.block;
  const source = formatSource(site.skip.source);
  const sources = [...(inputs.has(source) ? [source] : []), ...[...inputs.keys()].filter((name) => name !== source)];
  const scalar = typeof stride === 'string' ? [`${stride.includes(' ') ? stride.replace(/^=\s*/, '') : bare(stride)} != 1`] : [];
  const param = plainParam(stride);
  const element = param !== undefined && param.index === undefined ? [`${param.name}[0] != 1`] : [];
  const parts = sources.flatMap((name) => {
    const channels = `dim(${name}, ${channelAxis}) != ${bare(width)}`;
    return [...[...scalar, ...element].map((part) => `${part} || ${channels}`), channels];
  });
  return [...parts, ...scalar, undefined].map((part) => (part === undefined ? undefined : `=${part}`));
}

/** The text of a value inside an expression. */
function bare(value: JsonValue): string {
  if (typeof value !== 'string') return String(value);
  const text = value.replace(/^=\s*/, '');
  return /^[\w.]+(\[\d+\])?$/.test(text) ? text : `(${text})`;
}

function insertion(site: MergeSite, linear: boolean, width: JsonValue, stride: JsonValue | undefined, when: string | undefined, norm: string | undefined): readonly Edit[] {
  const { block } = site.instance;
  const name = freshName(block, 'proj');
  const normName = freshName(block, 'proj_bn', new Set([name]));
  const source = formatSource(site.skip.source);
  const biased = site.branch.steps.some((step) => step.written.params.get('bias') === false);
  const guard: JsonObject = when === undefined ? {} : { when };
  const projection: JsonObject = linear
    ? { op: 'Linear', in: [source], out_features: width, ...guard }
    : { op: `Conv${site.branch.shape.length - 2}d`, in: [source], out_channels: width, kernel_size: 1, ...(stride === undefined ? {} : { stride }), ...(norm !== undefined || biased ? { bias: false } : {}), ...guard };
  const nodes = [...scopePath(site.block), 'nodes'];
  const edits: Edit[] = [{ kind: 'insert', path: nodes, key: name, value: projection, after: site.after }];
  if (norm !== undefined) edits.push({ kind: 'insert', path: nodes, key: normName, value: { op: norm, in: [name], ...guard }, after: name });
  edits.push({ kind: 'set', path: [...nodePath(site.block, site.name), 'in', site.skip.index], value: norm === undefined ? name : normName });
  return edits;
}

/** Fixes that set the projection which the skip has, or turn it on. */
function existingCandidates(site: MergeSite, existing: LineStep): readonly Candidate[] {
  const { branch, skip } = site;
  const { program } = site.context.graph;
  const linear = existing.written.op === 'Linear';
  const channelAxis = linear ? branch.shape.length - 1 : 1;
  const width = widthOf(branch, channelAxis);
  if (width === undefined) return [];
  const values: Edit[] = [{ kind: 'set', path: [...nodePath(site.block, existing.name), linear ? 'out_features' : 'out_channels'], value: width }];
  const entering = existing.node?.inputs[0]?.tensor.shape ?? skip.shape;
  // A projection whose map has the right size already keeps its stride.
  const spatial = !linear && (site.axes.some((axis) => axis >= 2) || existing.absent);
  const strides = spatial ? stridesBetween(entering.slice(2), branch.shape.slice(2)) : [];
  if (strides === undefined) {
    const axis = site.axes.find((at) => at >= 2) ?? 2;
    return [{ title: `Set the projection \`${existing.name}\``, variants: [], refusal: `no stride makes ${formatDim(branch.shape[axis] ?? null)} of ${formatDim(entering[axis] ?? null)}` }];
  }
  const strided = (stride: JsonValue | undefined): readonly Edit[] => (linear || sameWritten(existing.written.params.get('stride') ?? 1, stride ?? 1) ? [] : [{ kind: 'set', path: [...nodePath(site.block, existing.name), 'stride'], value: stride ?? 1 }]);
  const choices = spatial ? strideChoices(branch, strides) : [existing.written.params.get('stride')];
  const sets = choices.map((stride) => [...(sameWritten(existing.written.params.get(linear ? 'out_features' : 'out_channels'), width) ? [] : values), ...strided(stride)]);
  // Only what changes is said.
  const widened = existing.node?.params[linear ? 'out_features' : 'out_channels'] !== branch.shape[channelAxis];
  const changes = [...(widened ? [`${linear ? 'out_features' : 'out_channels'} ${formatDim(branch.shape[channelAxis]!)}`] : []), ...(strides.some((stride) => stride !== 1) ? [`stride ${strideText(strides)}`] : [])];
  const settings = changes.length === 0 ? 'stride 1' : changes.join(', ');
  const guarded = skip.steps.filter((step) => step.written.when !== undefined && sameWritten(step.written.when, existing.written.when));
  if (!existing.absent) return [{ title: `Set the projection \`${existing.name}\` to ${settings}`, where: 'on the skip', shown: true, variants: sets }];
  const turnedOn = handedEdits(program, site.instance, existing.written.when, true) ?? [];
  const conditional = choices.flatMap((stride, index) => conditions(site, width, stride, channelAxis).map((when): readonly Edit[] => [
    ...sets[index]!,
    ...guarded.map((step): Edit => (when === undefined ? { kind: 'remove', path: [...nodePath(site.block, step.name), 'when'] } : { kind: 'set', path: [...nodePath(site.block, step.name), 'when'], value: when })),
  ]));
  return [{ title: `Turn on the projection \`${existing.name}\``, where: 'on the skip', shown: true, variants: [...(turnedOn.length > 0 ? [turnedOn, ...sets.map((set) => [...turnedOn, ...set])] : []), ...conditional] }];
}

const sameWritten = (a: JsonValue | undefined, b: JsonValue | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);
