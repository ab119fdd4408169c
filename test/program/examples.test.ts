import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from '../../lib/document/index.js';
import { buildProgram, type BuildOptions, type Program } from '../../lib/program/index.js';
import { evaluateDim, formatShape, product } from '../../lib/shapes/index.js';
import { root } from '../support/paths.js';

function example(name: string, options?: BuildOptions): Program {
  const parsed = parse(readFileSync(path.join(root, 'test/fixtures/examples', `${name}.nnet.json`), 'utf8'));
  expect(parsed.problems).toEqual([]);
  const program = buildProgram(parsed.document, options);
  expect(program.findings).toEqual([]);
  return program;
}

const parameters = (program: Program): unknown => [...program.weights.values()].filter(({ learned }) => learned).reduce((sum, { shape }) => sum + Number(product(shape)), 0);
const macs = (program: Program): number => program.nodes.reduce((sum, node) => sum + Number(evaluateDim(node.macs, new Map([['N', 1]]))), 0);
const output = (program: Program): string => formatShape(program.outputs[0]!.value.tensor.shape);

describe('the examples of the format', () => {
  it('resnet34-head has 387,008 parameters and gives N × 128 × 13 × 13', () => {
    const program = example('resnet34-head');
    expect(parameters(program)).toBe(387_008);
    expect(output(program)).toBe('N × 128 × 13 × 13');
    expect(program.node('stage1[0].bn2')).toMatchObject({ shared: true, parameters: 128 });
    expect([...program.weights.keys()]).toContain('stage1.1.bn.running_mean');
    expect(program.node('stage1[0].down')).toBeUndefined();
  });

  it('dense-block has 344,576 parameters and gives N × 256 × 24 × 24', () => {
    const program = example('dense-block');
    expect(parameters(program)).toBe(344_576);
    expect(output(program)).toBe('N × 256 × 24 × 24');
    expect(program.nodes.filter(({ path: p }) => p.endsWith('$concat')).map(({ path: p, inputs }) => `${p} ${inputs.length}`))
      .toEqual(['dense[1].$concat 2', 'dense[2].$concat 3', 'dense[3].$concat 4', 'dense[4].$concat 5', 'dense[5].$concat 6', 'dense.$concat 7']);
  });

  it('residual-20 has 269,722 parameters and 40,551,040 MACs', () => {
    const program = example('residual-20');
    expect(parameters(program)).toBe(269_722);
    expect(macs(program)).toBe(40_551_040);
    expect(output(program)).toBe('N × 10');
  });

  it('residual-20 with depth=56 has 853,018 parameters', () => expect(parameters(example('residual-20', { set: { depth: 56 } }))).toBe(853_018));

  it('residual-20 with skip=false is plain-20: the same parameters and no merge', () => {
    const program = example('residual-20', { set: new Map([['skip', false]]) });
    expect(parameters(program)).toBe(269_722);
    expect(program.nodes.some(({ operator }) => operator.type === 'Add')).toBe(false);
  });
});
