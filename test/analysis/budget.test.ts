import { describe, expect, it } from 'vitest';
import { analyze } from '../../lib/analysis/index.js';
import { design, edited, template } from './design.js';

const body = { nodes: { pool: { op: 'AdaptiveAvgPool2d', in: ['x'], output_size: 1 }, flat: { op: 'Flatten', in: ['pool'] }, fc: { op: 'Linear', in: ['flat'], out_features: 10 } }, outputs: ['fc'] };
const said = (budget: unknown) => design({ ...body, budget }).problems.map(({ code, severity, message }) => [code, severity, message]);

describe('a budget', () => {
  it('is kept by a design that costs no more', () => {
    expect(said({ params: 650, macs: 640, activation_bytes: 100_000 })).toEqual([]);
  });

  it('is checked like a type: what is over stands as an error with the numbers', () => {
    expect(said({ params: 600, macs: 639 })).toEqual([
      ['over-budget', 'error', 'The design has 650 parameters, but its budget is 600 (50 or 8.3 % more).'],
      ['over-budget', 'error', 'The design has 640 MACs, but its budget is 639 (1 or 0.2 % more).'],
    ]);
  });

  it('names the layers that cost the most, repetitions together', () => {
    const analysis = analyze(template('resnet34').replace('"nnet": 1,', '"nnet": 1, "budget": { "params": 20e6 },'));
    const [problem] = analysis.problems;
    expect(problem?.message).toBe('The design has 21,797,672 parameters, but its budget is 20,000,000 (1,797,672 or 9 % more).');
    expect(problem?.explanation.map(({ text }) => text)).toHaveLength(3);
    expect(problem?.explanation[0]?.text).toMatch(/^`.*`.*, \d+ times, has [\d,]+ of them \([\d.]+ %\)\.$/u);
    expect(analysis.parsed.text.slice(problem?.range?.start, problem?.range?.end)).toBe('20e6');
  });

  it('can be raised to what the design costs', () => {
    const analysis = design({ ...body, budget: { params: 600 } });
    expect(edited(analysis, analysis.problems[0]!.fixes[0]!.edits).problems).toEqual([]);
  });

  it('of a design with named sizes is broken only where every size breaks it', () => {
    const open = (budget: number) => analyze(JSON.stringify({ nnet: 1, budget: { macs: budget }, inputs: { x: { shape: ['N', 3, 'H', 'W'] } }, nodes: { c: { op: 'Conv2d', in: ['x'], out_channels: 8, kernel_size: 3, padding: 1 } }, outputs: ['c'] })).problems.map(({ message }) => message);
    expect(open(216)).toEqual([]);
    expect(open(215)).toEqual(['The design has 216*H*W MACs, but its budget is 215.']);
  });

  it('says what it cannot read', () => {
    expect(said(5e6)).toEqual([['wrong-type', 'error', 'The budget must be an object with limits, such as { "params": 5000000 }.']]);
    expect(said({ params: 'few' })).toEqual([['wrong-type', 'error', 'The budget\'s `params` must be a number of parameters, not "few".']]);
    expect(said({ parms: 5e6 })).toEqual([['unknown-key', 'warning', 'A budget has no `parms`; it limits `params`, `macs`, `activation_bytes`. Was `params` meant?']]);
  });
});
