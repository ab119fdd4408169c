import { describe, expect, it, vi } from 'vitest';
import { parse } from '../../lib/document/index.js';
import { operator } from '../../lib/operators/index.js';
import { buildProgram } from '../../lib/program/index.js';
import { build, codes } from './design.js';

describe('limits', () => {
  it('layers of a chain of 10,000 that are alike are inferred once', () => {
    const nodes = Object.fromEntries(Array.from({ length: 10_000 }, (_, k) => [`n${k}`, k % 2 === 0 ? { op: 'Conv2d', in: [k === 0 ? 'x' : `n${k - 1}`], out_channels: 8, kernel_size: 3, padding: 1 } : { op: 'ReLU', in: [`n${k - 1}`] }]));
    const { document } = parse(JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 3, 8, 8] } }, nodes, outputs: ['n9999'] }));
    const infer = ['Conv2d', 'ReLU'].map((type) => vi.spyOn(operator(type)!, 'infer'));
    const program = buildProgram(document);
    expect(infer.map(({ mock }) => mock.calls.length)).toEqual([2, 1]);
    infer.forEach((spy) => spy.mockRestore());
    expect(program.findings).toEqual([]);
    expect(program.nodes).toHaveLength(10_000);
  });

  it('more than 200,000 nodes are one problem at their place', () => {
    const doubled = Object.fromEntries(Array.from({ length: 40 }, (_, k) => [`B${k}`, { inputs: ['a'], nodes: k === 0 ? {} : { p: { op: `B${k - 1}`, in: ['a'] }, q: { op: `B${k - 1}`, in: ['p'] } }, outputs: [k === 0 ? 'a' : 'q'] }]));
    const program = build({ blocks: doubled, nodes: { all: { op: 'B39', in: ['x'] } }, outputs: ['all'] });
    expect(program.findings.map(({ code }) => code)).toEqual(['too-many-nodes']);
    const repeated = build({ blocks: { C: { inputs: ['a'], nodes: { r: { op: 'ReLU', in: ['a'], repeat: 1000 } }, outputs: ['r'] } }, nodes: { c: { op: 'C', in: ['x'], repeat: 1000 } }, outputs: ['c'] });
    expect(repeated.findings.map(({ code }) => code)).toEqual(['too-many-nodes']);
    expect(repeated.nodes.length).toBeLessThanOrEqual(200_000);
  });

  it('a dense repetition that reads more than 200,000 tensors is one problem at its `repeat`, told before it is expanded', () => {
    const dense = (times: number) => build({ inputs: { x: { shape: ['N', 3, 8, 8] } }, nodes: { a: { op: 'Conv2d', in: ['x'], out_channels: 4, kernel_size: 3, padding: 1, repeat: { times, wiring: 'dense' } } }, outputs: ['a'] });
    const refused = dense(20_000);
    expect(codes(refused)).toEqual(['too-many-nodes a nodes.a.repeat']);
    expect(refused.findings[0]!.message).toBe('`a` repeated densely 20,000 times reads 200,010,000 tensors; at most 200,000 are expanded.');
    expect(refused.nodes).toHaveLength(0);
    expect(codes(dense(632))).toEqual(['too-many-nodes a nodes.a.repeat']);
    const fine = dense(100);
    expect(codes(fine)).toEqual([]);
    expect(fine.outputs[0]!.value.tensor.shape!.slice(1)).toEqual([403, 8, 8]);
  });

  it('dense repetitions that only together read more than 200,000 tensors are one problem', () => {
    const blocks = { D: { inputs: ['x'], nodes: { r: { op: 'ReLU', in: ['x'], repeat: { times: 100, wiring: 'dense' } } }, outputs: ['r[0]'] } };
    const program = build({ blocks, nodes: { d: { op: 'D', in: ['x'], repeat: 1000 } }, outputs: ['d'] });
    expect(codes(program)).toEqual(['too-many-nodes d[39].r blocks.D.nodes.r.repeat']);
    expect(program.findings[0]!.message).toBe('`r` repeated densely 100 times reads 5,050 tensors, with the dense repetitions before it 202,000; at most 200,000 are expanded.');
  });

  it('blocks nested 1,000 deep are one problem, not an overflow', () => {
    const blocks = Object.fromEntries(Array.from({ length: 1000 }, (_, k) => [`B${k}`, { inputs: ['a'], nodes: { n: k === 999 ? { op: 'ReLU', in: ['a'] } : { op: `B${k + 1}`, in: ['a'] } }, outputs: ['n'] }]));
    expect(build({ blocks, nodes: { b: { op: 'B0', in: ['x'] } }, outputs: ['b'] }).findings.map(({ code }) => code)).toEqual(['nesting-depth']);
  });

  it('a cycle of 20,000 nodes is one problem, and 10,000 dangling names are one each', () => {
    const cycle = Object.fromEntries(Array.from({ length: 20_000 }, (_, k) => [`n${k}`, { op: 'ReLU', in: [`n${(k + 1) % 20_000}`] }]));
    expect(codes(build({ nodes: cycle, outputs: ['n0'] }))).toEqual(['cycle n0 nodes.n0.in.0']);
    const dangling = Object.fromEntries(Array.from({ length: 10_000 }, (_, k) => [`n${k}`, { op: 'ReLU', in: [`m${k}`] }]));
    expect(build({ nodes: dangling, outputs: ['n0'] }).findings).toHaveLength(10_000);
  });

  it('names like __proto__ and constructor are names like others', () => {
    const text = '{"nnet":1,"params":{"constructor":4},"inputs":{"__proto__":{"shape":[1,3,8,8]}},"blocks":{"toString":{"params":{"__proto__":2},"inputs":["valueOf"],"nodes":{"hasOwnProperty":{"op":"Conv2d","in":["valueOf"],"out_channels":"=__proto__","kernel_size":1}},"outputs":["hasOwnProperty"]}},"nodes":{"constructor":{"op":"toString","in":["__proto__"],"__proto__":"=constructor"}},"outputs":["constructor"]}';
    const program = buildProgram(parse(text).document);
    expect(codes(program)).toEqual([]);
    expect(program.outputs[0]!.value.tensor.shape).toEqual([1, 4, 8, 8]);
    expect(build({ nodes: { a: { op: 'constructor', in: ['toString'] } }, outputs: ['a'] }).findings.map(({ code }) => code)).toEqual(['unknown-operator', 'unknown-source']);
  });
});
