import { describe, expect, test } from 'vitest';
import { drawSkip, skipFit, skipTargets, toggleOff } from '../../lib/actions/index.js';
import { analyze } from '../../lib/analysis/index.js';
import { add, bn, conv, design, example, relu, template } from '../analysis/design.js';
import { after, expectNoErrors, node, refusal, shapeOf } from './design.js';

const chain = (more: Readonly<Record<string, unknown>> = {}) => design({ nodes: { a: conv('x', 64), r: relu('a'), b: conv('r', 64), s: relu('b'), c: conv('s', 64) }, outputs: ['c'], ...more });

describe('drawing a skip', () => {
  test('to a wire makes an Add there', () => {
    const analysis = chain();
    const action = drawSkip(analysis, 'x', { kind: 'wire', wire: { to: 's', input: 0 } }, 'add');
    const result = after(analysis, action);
    expect([node(result, 'sum'), node(result, 's')]).toEqual([add('b', 'x'), relu('sum')]);
    expect('select' in action && action.select).toEqual(['sum']);
    expect(result.skips).toMatchObject([{ from: 'x', to: 'sum', kind: 'identity', merge: 'add', layers: 2 }]);
  });
  test('to a layer merges with what it puts out', () => {
    const analysis = chain();
    const result = after(analysis, drawSkip(analysis, 'r', { kind: 'node', path: 'c' }, 'add'));
    expect([node(result, 'sum'), result.parsed.valueAt(['outputs'])]).toEqual([add('c', 'r'), ['sum']]);
  });
  test('to an Add that is there gives it one more source', () => {
    const analysis = design({ nodes: { a: conv('x', 64), b: conv('a', 64), sum: add('b', 'x') }, outputs: ['sum'] });
    expect(node(after(analysis, drawSkip(analysis, 'a', { kind: 'wire', wire: { to: 'sum', input: 0 } }, 'add')), 'sum')).toEqual(add('b', 'x', 'a'));
  });
  test('to an Add that was put on a wire takes the place of its number', () => {
    const analysis = design({ nodes: { a: conv('x', 64), sum: { op: 'Add', in: ['a', 0] } }, outputs: ['sum'] });
    expect(node(after(analysis, drawSkip(analysis, 'x', { kind: 'node', path: 'sum' }, 'add')), 'sum')).toEqual(add('a', 'x'));
  });
  test('concatenates', () => {
    const analysis = chain();
    const result = after(analysis, drawSkip(analysis, 'a', { kind: 'wire', wire: { to: 'c', input: 0 } }, 'concat'));
    expect(node(result, 'cat')).toEqual({ op: 'Concat', in: ['s', 'a'], dim: 1 });
    expect(shapeOf(result, 'cat')).toBe('N × 128 × 25 × 25');
    expectNoErrors(result);
  });
  test('gates as a highway does', () => {
    const analysis = chain();
    const result = after(analysis, drawSkip(analysis, 'x', { kind: 'wire', wire: { to: 'c', input: 0 } }, 'gate'));
    expectNoErrors(result);
    expect(['gate', 'transform', 'gated', 'carry', 'carried', 'sum'].map((name) => node(result, name))).toEqual([
      { op: 'Conv2d', in: ['x'], out_channels: 64, kernel_size: 1 }, { op: 'Sigmoid', in: ['gate'] }, { op: 'Mul', in: ['s', 'transform'] },
      { op: 'Sub', in: [1, 'transform'] }, { op: 'Mul', in: ['carry', 'x'] }, { op: 'Add', in: ['gated', 'carried'] },
    ]);
    expect(result.skips).toMatchObject([{ from: 'x', to: 'carried', merge: 'gate' }]);
  });
  test('over a change of shape gets the projection that it needs', () => {
    const analysis = design({ nodes: { a: conv('x', 64), an: bn('a'), r: relu('an'), b: conv('r', 128, { stride: 2, bias: false }), bnb: bn('b'), s: relu('bnb') }, outputs: ['s'] });
    for (const merge of ['add', 'gate'] as const) {
      const result = after(analysis, drawSkip(analysis, 'x', { kind: 'wire', wire: { to: 's', input: 0 } }, merge));
      expectNoErrors(result);
      expect(result.program.nodes.filter(({ name }) => name.startsWith('proj')).length).toBeGreaterThan(0);
    }
    const result = after(analysis, drawSkip(analysis, 'x', { kind: 'wire', wire: { to: 's', input: 0 } }, 'add'));
    expect([node(result, 'proj'), node(result, 'proj_bn')]).toEqual([{ op: 'Conv2d', in: ['x'], out_channels: 128, kernel_size: 1, stride: 2, bias: false }, bn('proj')]);
  });
  test('in a block fits every use of it', () => {
    const analysis = analyze(example('residual-20').replace('"in": ["bn2", "pad"], "when": "=skip"', '"in": ["bn2", "pad"], "when": false'));
    const result = after(analysis, drawSkip(analysis, 'stage1[0].x', { kind: 'wire', wire: { to: 'stage1[0].relu2', input: 0 } }, 'add'));
    expectNoErrors(result);
    expect(result.skips.length).toBe(9);
  });
  test('may start at a block\'s own input, as an identity skip does', () => {
    const analysis = analyze(template('transformer'));
    expect(skipFit(analysis, 'encoder[1].x', { kind: 'node', path: 'encoder[1].attn' })).toEqual({ fits: true, projection: false });
    const plain = design({ nodes: { body: { op: 'Body', in: ['x'] } }, outputs: ['body'], blocks: { Body: { inputs: ['y'], nodes: { a: conv('y', 64), b: conv('a', 64) }, outputs: ['b'] } } });
    const result = after(plain, drawSkip(plain, 'body.y', { kind: 'node', path: 'body.b' }, 'add'));
    expect([node(result, 'sum', 'Body'), result.skips.length]).toEqual([add('b', 'y'), 1]);
    expect(refusal(drawSkip(plain, 'body.y', { kind: 'node', path: 'body' }, 'add'))).toMatch(/inside/);
  });
  test('may start on a wire, whichever output it carries', () => {
    const analysis = design({ nodes: { parts: { op: 'Split', in: ['x'], sizes: 32, dim: 1 }, a: conv('parts.1', 32), b: conv('a', 32) }, outputs: ['b'] });
    const result = after(analysis, drawSkip(analysis, { to: 'a', input: 0 }, { kind: 'node', path: 'b' }, 'add'));
    expect(node(result, 'sum')).toEqual(add('b', 'parts.1'));
    expectNoErrors(result);
    expect(refusal(drawSkip(analysis, { to: 'a', input: 3 }, { kind: 'node', path: 'b' }, 'add'))).toMatch(/wire is not/);
    expect(skipTargets(analysis, { to: 'a', input: 0 }).filter(({ fit }) => fit.fits).length).toBeGreaterThan(1);
  });
  test.each([
    ['to what stands before', 's', { kind: 'node', path: 'a' } as const, /cycle/],
    ['to itself', 'a', { kind: 'node', path: 'a' } as const, /no layer between/],
    ['to its own wire', 'a', { kind: 'wire', wire: { to: 'r', input: 0 } } as const, /no layer between/],
    ['from nowhere', 'gone', { kind: 'node', path: 'a' } as const, /not? .*in the design/],
  ])('%s is refused', (_, from, target, why) => {
    expect(refusal(drawSkip(chain(), from, target, 'add'))).toMatch(why);
  });
  test('into a block from outside is refused, out of it only from its output', () => {
    const analysis = analyze(template('resnet34-head'));
    expect(refusal(drawSkip(analysis, 'pool', { kind: 'node', path: 'stage1[0].conv2' }, 'add'))).toMatch(/cannot enter/);
    expect(refusal(drawSkip(analysis, 'stage1[0].conv1', { kind: 'node', path: 'stage2' }, 'add'))).toMatch(/only what the block puts out/);
  });
});

describe('where a skip may end', () => {
  test('is told with the reason why not', () => {
    const analysis = design({ nodes: { a: conv('x', 128, { padding: 0 }), r: relu('a'), b: conv('r', 128), p: { op: 'MaxPool2d', in: ['b'], kernel_size: 2 } }, outputs: ['p'] });
    expect(skipFit(analysis, 'x', { kind: 'node', path: 'b' })).toEqual({ fits: false, reason: '25 ≠ 23' });
    expect(skipFit(analysis, 'a', { kind: 'node', path: 'b' })).toEqual({ fits: true, projection: false });
    expect(skipFit(analysis, 'a', { kind: 'node', path: 'p' })).toEqual({ fits: false, reason: '23 ≠ 11' });
  });
  test('is every later node and wire of the scope', () => {
    const fitting = skipTargets(chain(), 'r').filter(({ fit }) => fit.fits).map(({ target }) => (target.kind === 'node' ? target.path : 'to' in target.wire ? `→${target.wire.to}` : 'out'));
    expect(fitting).toEqual(['b', 's', '→s', 'c', '→c', 'out']);
  });
});

describe('cutting a skip', () => {
  test('writes `off`, and takes it out again', () => {
    const analysis = design({ nodes: { a: conv('x', 64), sum: add('a', 'x') }, outputs: ['sum'] });
    const cut = after(analysis, toggleOff(analysis, 'sum', 1));
    expect(node(cut, 'sum')).toEqual({ ...add('a', 'x'), off: ['x'] });
    expect(cut.skips).toEqual([]);
    expect(after(cut, toggleOff(cut, 'sum', 1)).parsed.text).toBe(analysis.parsed.text);
  });
  test('leaves one source', () => {
    const analysis = design({ nodes: { a: conv('x', 64), sum: { ...add('a', 'x'), off: ['x'] } }, outputs: ['sum'] });
    expect(refusal(toggleOff(analysis, 'sum', 0))).toMatch(/needs one source/);
  });
});
