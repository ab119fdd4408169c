import { listed, withoutBatch } from '../axes.js';
import { freshName, nodePath, scopePath } from '../scope.js';
import { formatSource } from '../../document/source.js';
import { skipOf } from '../parting.js';
import { inputSizeCandidates } from './input-size.js';
import { tupleValue } from './setting.js';
import type { MergeSite, Side } from './merge.js';
import type { Candidate } from './verify.js';
import type { JsonObject } from '../../document/json.js';
import type { Shape } from '../../shapes/dimension.js';

/** Fixes that cut, fill or resample one side where only heights and widths differ, and that flatten one where the ranks do. */
export function resizeCandidates(site: MergeSite): readonly Candidate[] {
  const { branch, skip } = site;
  if (branch.shape.length !== skip.shape.length) return flattening(site);
  // Positions of a ViT fit one size of the image.
  if (branch.shape.length === 3 && site.axes.every((axis) => axis === 1) && isSequence(site)) return inputSizeCandidates(site.context);
  if (site.axes.length === 0 || site.axes.some((axis) => axis < 2)) return [];
  // The last axis of a sequence holds features: to cut or stretch those means nothing.
  if (branch.shape.length === 3 && isSequence(site)) return [];
  const sides: readonly (readonly [Side, Side])[] = [[skip, branch], [branch, skip]];
  return [...inputSizeCandidates(site.context), ...sides.flatMap(([side, other]) => resized(site, side, other))];
}

/** Whether no one-dimensional layer is near, which would have its channels second. */
export function isSequence({ branch, skip }: MergeSite): boolean {
  return ![...branch.way, ...skip.way].some((step) => /1d$/u.test(step.node.operator.type));
}

function resized(site: MergeSite, side: Side, other: Side): readonly Candidate[] {
  const own = numbers(side.shape.slice(2));
  const wanted = numbers(other.shape.slice(2));
  if (own === undefined || wanted === undefined) return [];
  const what = skipOf(site.mismatch.parting) === undefined ? `\`${formatSource(side.source)}\`` : side === site.skip ? 'the skip' : 'the branch';
  const becomes = withoutBatch([side.shape[0]!, side.shape[1]!, ...wanted]);
  const insert = (name: string, node: JsonObject): Candidate['variants'] => {
    const fresh = freshName(site.instance.block, name);
    return [[
      { kind: 'insert', path: [...scopePath(site.block), 'nodes'], key: fresh, value: { ...node, in: [formatSource(side.source)] }, after: site.after },
      { kind: 'set', path: [...nodePath(site.block, site.name), 'in', side.index], value: fresh },
    ]];
  };
  // A pooled map of one pixel is stretched, not surrounded, and nothing is cut down to one.
  const larger = own.every((size, axis) => size >= wanted[axis]!) && wanted.some((size) => size > 1);
  const smaller = own.every((size, axis) => size <= wanted[axis]!) && own.some((size) => size > 1);
  const candidates: Candidate[] = [];
  if (larger) candidates.push({ title: `Crop ${what} to ${becomes}`, where: `keeps the middle`, variants: insert('crop', { op: 'Crop', size: wanted.length === 2 ? tupleValue(wanted) : wanted }) });
  if (smaller) {
    const pad = wanted.map((size, axis) => size - own[axis]!).reverse().flatMap((missing) => [Math.floor(missing / 2), Math.ceil(missing / 2)]);
    candidates.push({ title: `Pad ${what} to ${becomes}`, where: 'with zeros around', variants: insert('pad', { op: 'Pad', pad }) });
  }
  if (wanted.some((size) => size > 1)) candidates.push({ title: `Resize ${what} to ${becomes}`, where: `from ${listed(own.map(String))}`, variants: insert('resize', { op: 'Interpolate', size: tupleValue(wanted) }) });
  return candidates;
}

function flattening(site: MergeSite): readonly Candidate[] {
  const side = site.branch.shape.length > site.skip.shape.length ? site.branch : site.skip;
  const fresh = freshName(site.instance.block, 'flatten');
  return [{
    title: `Flatten ${formatSource(side.source)} first`,
    variants: [[
      { kind: 'insert', path: [...scopePath(site.block), 'nodes'], key: fresh, value: { op: 'Flatten', in: [formatSource(side.source)] }, after: site.after },
      { kind: 'set', path: [...nodePath(site.block, site.name), 'in', side.index], value: fresh },
    ]],
  }];
}

function numbers(sizes: Shape): readonly number[] | undefined {
  return sizes.every((size): size is number => typeof size === 'number') ? sizes : undefined;
}
