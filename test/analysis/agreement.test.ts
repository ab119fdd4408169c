import { describe, expect, test } from 'vitest';
import { agreementsOf, differ } from '../../lib/analysis/conditions/agreement.js';
import { Sizes } from '../../lib/analysis/conditions/sizes.js';
import { random } from '../fuzz/draw.js';
import { design } from './design.js';

const sizes = ['N', 'M', 1, 2, 3];

describe('sizes that must agree', () => {
  test('are refused only where the rule of the merge refuses them', () => {
    const next = random(7);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;
    let refused = 0;
    for (let k = 0; k < 300; k += 1) {
      const rank = pick([1, 2, 3]);
      const drawn = (): unknown[] => Array.from({ length: rank }, () => pick(sizes));
      const merge = pick([{ op: 'Add' }, { op: 'Mul' }, { op: 'Max' }, { op: 'Concat', dim: Math.floor(next() * rank) }]);
      const inputs = Object.fromEntries(['a', 'b', 'c'].slice(0, pick([2, 3])).map((name) => [name, { shape: drawn() }]));
      const { program } = design({ inputs, nodes: { m: { ...merge, in: Object.keys(inputs) } }, outputs: ['m'] });
      const node = program.node('m');
      if (node === undefined || node.inputs.some(({ tensor }) => tensor.shape === null)) continue;
      const agreements = agreementsOf(node);
      for (const [n, m] of [[1, 1], [2, 3], [3, 2], [1, 5], [4, 4], [2, 1]] as const) {
        const at = new Sizes(new Map([['N', n], ['M', m]]));
        if (!agreements.some((agreement) => differ(agreement, at))) continue;
        let errors = 0;
        node.operator.infer(node.inputs.map(({ tensor }) => at.tensor(tensor)), node.params, ({ severity = 'error' }) => { errors += severity === 'error' ? 1 : 0; });
        expect(errors, JSON.stringify([merge, inputs, n, m])).toBeGreaterThan(0);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(200);
  });
});
