import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { analyze, type Condition } from '../../lib/analysis/index.js';
import { evaluateDim } from '../../lib/shapes/index.js';
import { root } from '../support/paths.js';
import { convertAten, evaluateSize, type AtenNet } from './aten.js';

const folder = path.join(root, 'test/fixtures/truth/nets_aten');
const names = readdirSync(folder).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
const read = (name: string): AtenNet => JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as AtenNet;
let compared = 0;

/** What must hold for PyTorch, too: the bounds and guards that it derived. */
const conditions: Readonly<Record<string, readonly string[]>> = {
  squeezenet1_1_N_hw: ['s53 and s0 must be at least 17'],
  unet_same_bn_256_N_hw: ['s53 and s0 must be divisible by 16 (nearest to 100: 96, 112)'],
};

describe('networks with named sizes as PyTorch exported them', () => {
  it.each(names)('%s: the shape of every call is PyTorch\'s at every size tried', (name) => {
    const net = read(name);
    const { text, rows } = convertAten(net);
    const analysis = analyze(text);
    expect(analysis.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
    expect(analysis.conditions.map((condition) => condition.text)).toEqual(conditions[name] ?? []);
    expect(analysis.totals.params).toBe(net.totals.params_in_graph);
    const shapes = rows.map(({ id }) => analysis.program.node(id)!.outputs[0]!.shape!);
    for (const sizes of points(net, analysis.conditions)) {
      const found = shapes.map((shape, k) => `${rows[k]!.id} ${shape.map((dim) => evaluateDim(dim, sizes)).join('×')}`);
      expect(found).toEqual(rows.map(({ id, shape }) => `${id} ${shape!.map((size) => evaluateSize(size, sizes)).join('×')}`));
    }
    compared += rows.length;
  });

  it('a size below PyTorch\'s least one is refused', () => {
    const { text } = convertAten(read('squeezenet1_1_N_hw'));
    const errors = (height: number): number => analyze(text.replace('"s53"', String(height))).problems.filter(({ severity }) => severity === 'error').length;
    expect([16, 17].map((height) => errors(height) > 0)).toEqual([true, false]);
  });

  afterAll(() => console.info(`${compared} calls of ${names.length} networks compared at 48 sizes each`));
});

/** Sizes within PyTorch's bounds that divide as the network asks. */
function points({ ranges }: AtenNet, demands: readonly Condition[]): readonly ReadonlyMap<string, number>[] {
  const step = (name: string): number => Number(demands.find(({ kind, symbols }) => kind === 'divisible' && symbols.includes(name))?.value ?? 1);
  return Array.from({ length: 48 }, (_, k) => new Map(Object.entries(ranges).map(([name, range], axis) => {
    const least = Number(/\[(\d+)/u.exec(range)![1]);
    return [name, least + step(name) * Math.floor(k * (axis + 3) + (k * k * (axis + 1)) / 2)];
  })));
}
