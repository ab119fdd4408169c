import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from '../../lib/document/parse.js';
import { buildProgram } from '../../lib/program/index.js';
import { initialWeights } from '../../lib/task/initialise.js';
import { lastNorms } from '../../lib/task/residual.js';
import { root } from '../support/paths.js';

const template = (name: string) => buildProgram(parse(readFileSync(path.join(root, 'media/templates', `${name}.nnet.json`), 'utf8')).document);
const paths = (name: string) => lastNorms(template(name)).map((node) => node.path);

describe('the last norms of residual branches', () => {
  test('are the second norms of residual-20, one a block', () => {
    expect(paths('residual-20')).toEqual(['stage1', 'stage2', 'stage3'].flatMap((stage) => [0, 1, 2].map((k) => `${stage}[${k}].bn2`)));
  });
  test('are not those of projections', () => {
    const found = paths('resnet34');
    expect(found).toHaveLength(16);
    expect(found.every((each) => each.endsWith('bn2'))).toBe(true);
  });
  test('are none without a skip, and none where a branch ends in another layer', () => {
    expect(paths('plain-20')).toEqual([]);
    expect(paths('transformer')).toEqual([]);
  });
  test('begin at zero where the recipe asks for that, and no other tensor does', () => {
    const program = template('residual-20');
    const begun = (zero_last_bn: boolean) => initialWeights(program, 0, new Map(), { initialize: { name: 'default', zero_last_bn } });
    const [plain, zeroed] = [begun(false), begun(true)];
    const changed = [...plain.keys()].filter((key) => String(plain.get(key)?.data) !== String(zeroed.get(key)?.data));
    expect(changed).toEqual(paths('residual-20').map((each) => `${each.replace(/\[(\d)\]/, '.$1')}.weight`));
    for (const key of changed) expect([...(zeroed.get(key)?.data ?? [])].every((value) => value === 0)).toBe(true);
  });
});

test('a node begins by its own `initialize`, or that of its block, in place of the recipe', () => {
  const program = template('residual-20');
  const of = (nodes: ReadonlyMap<number, { readonly name: 'xavier'; readonly gain: 1; readonly distribution: 'uniform'; readonly zero_last_bn: false }>) => initialWeights(program, 0, new Map(), { initialize: { name: 'default', zero_last_bn: false }, nodes });
  const conv = program.node('stage1[1].conv1');
  const [plain, own] = [of(new Map()), of(new Map([[conv?.index ?? -1, { name: 'xavier', gain: 1, distribution: 'uniform', zero_last_bn: false }]]))];
  expect([...plain.keys()].filter((key) => String(plain.get(key)?.data) !== String(own.get(key)?.data))).toEqual(['stage1.1.conv1.weight']);
});
