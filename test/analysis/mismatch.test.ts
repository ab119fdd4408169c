import { describe, expect, it } from 'vitest';
import { analyze } from '../../lib/analysis/index.js';
import { designOf, recorded } from './recorded.js';

/** PyTorch runs these, and whoever wrote them hardly meant it. */
const doubtful: Readonly<Record<string, string>> = {
  add_outer_product: 'broadcast y: Add `y` stretches both inputs: 5 × 1 and 1 × 7 make 5 × 7.',
  add_broadcast_batch: 'broadcast y: Add `y` stretches the batch of one input: 8 × 64 × 7 × 7 and 1 × 64 × 7 × 7.',
  in_features_warning: 'channel-mismatch y: InstanceNorm2d `y`: num_features is 16, but 8 channels arrive. PyTorch ignores the number here, since nothing is learned.',
  squeeze_not_one_ok: 'squeeze-nothing y: Squeeze `y` does nothing: axis 1 of 1 × 3 × 8 is 3, and only an axis of size 1 can be taken away.',
};

/** An input of a design has at least one element along each axis. */
const empty = recorded.filter(({ graph }) => Object.values(graph.inputs).some((shape) => shape.includes(0)));
const others = recorded.filter((each) => !empty.includes(each));

describe('a recorded network as a design', () => {
  it.each(others.filter(({ raises }) => raises).map((each) => [each.id, each] as const))('%s has an error where PyTorch raises', (_id, each) => {
    const [first, ...rest] = analyze(designOf(each)).problems.filter(({ severity }) => severity === 'error');
    // A piece that is not there is told where it is read, by an output of the design.
    expect(first?.node).toBe(each.id === 'chunk_fewer' ? '' : each.at);
    expect(first?.message).toMatch(/\.$/u);
    // What follows from an error is unknown, not wrong again.
    expect(rest.filter(({ node }) => node !== first?.node)).toEqual([]);
  });

  it.each(others.filter(({ raises }) => !raises).map((each) => [each.id, each] as const))('%s has none where PyTorch runs, and a warning only where that is doubtful', (id, each) => {
    const { problems } = analyze(designOf(each));
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(problems.filter(({ severity }) => severity === 'warning').map(({ code, node, message }) => `${code} ${node}: ${message}`)).toEqual(doubtful[id] === undefined ? [] : [doubtful[id]]);
  });

  it('is left out only where an input has no elements', () => {
    console.info(`Left out: ${empty.map(({ id }) => `${id} (an input of size 0)`).join(', ')}`);
    expect(empty.map(({ id }) => id)).toEqual(['add_zero_dim_broadcast', 'cat_empty_1d_legacy']);
  });
});
