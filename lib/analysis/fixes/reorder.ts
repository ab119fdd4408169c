import { skipOf } from '../parting.js';
import { writtenAt, type Written } from '../scope.js';
import { insertedBefore, type Inserted } from './insertion.js';
import { operator } from '../../operators/index.js';
import { sameDim } from '../../shapes/index.js';
import type { MergeSite } from './merge.js';
import type { Candidate, FixContext } from './verify.js';
import type { Edit } from '../../document/edit.js';
import type { Shape } from '../../shapes/dimension.js';

/** Orders of axes that layouts differ by, the batch in its place: channels last, channels first, height and width exchanged. */
const orders: Readonly<Record<number, readonly (readonly number[])[]>> = {
  3: [[0, 2, 1]],
  4: [[0, 2, 3, 1], [0, 3, 1, 2], [0, 1, 3, 2], [0, 2, 1, 3]],
};

/** The node that puts axes in another order, as people write it. */
export function reordering(order: readonly number[]): Inserted {
  const moved = order.flatMap((from, to) => (from === to ? [] : [to]));
  const [dim0, dim1] = moved;
  return moved.length === 2 ? { wish: 'transpose', node: { op: 'Transpose', dim0: dim0!, dim1: dim1! } } : { wish: 'permute', node: { op: 'Permute', dims: order } };
}

/** "Transpose(1, 2)", "Permute(0, 2, 3, 1)". */
export function reorderingText(order: readonly number[]): string {
  const moved = order.flatMap((from, to) => (from === to ? [] : [to]));
  return moved.length === 2 ? `Transpose(${moved.join(', ')})` : `Permute(${order.join(', ')})`;
}

/** Two sides of a merge that fit as soon as one has its axes in another order: patches of a convolution (width × places) beside positions (places × width). */
export function reorderedSides(site: MergeSite): readonly Candidate[] {
  const rank = site.branch.shape.length;
  if (rank !== site.skip.shape.length) return [];
  const { node } = site.mismatch;
  const dim = node.operator.merge === 'concat' ? Number(node.params['dim']) : undefined;
  const along = dim === undefined ? undefined : dim < 0 ? dim + rank : dim;
  const fits = (a: Shape, b: Shape): boolean => a.every((size, axis) => axis === along || (along === undefined && (size === 1 || b[axis] === 1)) || (axis === 0 && (size === 1 || b[0] === 1)) || sameDim(size, b[axis]!) !== false);
  // What was learned has the shape that is written, so the other side is turned.
  const sides = [site.branch, site.skip].filter((side) => side.way.at(-1)?.node.operator.type !== 'Parameter');
  const flattenedFirst = [...sides].sort((a, b) => Number(isFlattened(b)) - Number(isFlattened(a)));
  return flattenedFirst.flatMap((side) => {
    const other = side === site.branch ? site.skip.shape : site.branch.shape;
    return (orders[rank] ?? []).filter((order) => fits(order.map((axis) => side.shape[axis]!), other)).map((order): Candidate => ({
      title: `Insert ${reorderingText(order)} before \`${site.name}\``,
      where: `turns ${side === site.skip && skipOf(site.mismatch.parting) !== undefined ? 'the skip' : 'one side'} round`,
      once: 'reorder', variants: [insertedBefore(site, side.index, [reordering(order)])],
    }));
  });
}

const isFlattened = ({ way }: MergeSite['branch']): boolean => way.at(-1)?.node.operator.type === 'Flatten';

/** A layer that looks for its features or channels where another layout has them. */
export function reorderedInput({ finding, graph }: FixContext): readonly Candidate[] {
  const written = finding === undefined ? undefined : writtenAt(graph.program, finding.node);
  const input = finding?.input ?? 0;
  const shape = written?.use.inputs[input]?.tensor.shape;
  if (finding === undefined || written === undefined || shape == null) return [];
  const sequential = operator(written.node.op)?.family;
  if (finding.code === 'wrong-rank' && shape.length >= 4 && (sequential === 'Recurrent' || sequential === 'Attention')) return placesAsSequence(written, input);
  const expected = finding.facts?.['expected'];
  if (typeof expected !== 'number' || products.has(written.node.op)) return [];
  const last = shape.length - 1;
  const [wanted, found] = finding.code === 'feature-mismatch' ? [last, 1] : finding.code === 'channel-mismatch' ? [1, last] : [-1, -1];
  if (wanted < 0 || wanted === found || last < 2 || shape[found] !== expected || shape[wanted] === expected) return [];
  const order = finding.code === 'feature-mismatch' ? [0, ...shape.slice(2).map((_, k) => k + 2), 1] : [0, last, ...shape.slice(2).map((_, k) => k + 1)];
  const { edits, says } = batchFirst(written);
  return [{ title: `Insert ${reorderingText(order)} before \`${written.name}\`${says}`, where: finding.code === 'feature-mismatch' ? 'channels go last' : 'channels go second', variants: [[...insertedBefore(written, input, [reordering(order)]), ...edits]] }];
}

/** Operators whose sides are matrices, which have fixes of their own. */
const products: ReadonlySet<string> = new Set(['MatMul', 'BMM', 'Einsum']);

/** The places of a map, one behind the other, as a recurrent layer or an attention reads them. */
function placesAsSequence(written: Written, input: number): readonly Candidate[] {
  const { edits, says } = batchFirst(written);
  return [{
    title: `Insert Flatten(2) and Transpose(1, 2) before \`${written.name}\`${says}`,
    where: 'every place of the map becomes one step',
    variants: [[...insertedBefore(written, input, [{ wish: 'flatten', node: { op: 'Flatten', start_dim: 2 } }, reordering([0, 2, 1])]), ...edits]],
  }];
}

/** What comes out of a convolution has its batch first, and layers over sequences have to be told so. */
function batchFirst({ node, instance, block, name }: Written): { readonly edits: readonly Edit[]; readonly says: string } {
  const spec = operator(node.op)?.params.get('batch_first');
  if (spec === undefined || instance.block.nodes.get(name)?.params.get('batch_first') === true) return { edits: [], says: '' };
  return { edits: [{ kind: 'set', path: [...(block === '' ? [] : ['blocks', block]), 'nodes', name, 'batch_first'], value: true }], says: ' and set batch_first' };
}
