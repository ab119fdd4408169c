import { describe, expect, it } from 'vitest';
import { operators } from '../../lib/operators/index.js';
import { knownSavings, savedBytes } from '../../lib/operators/saving.js';
import { formatShape } from '../../lib/shapes/index.js';
import { call, isError, known } from './calling.js';
import { cases } from './grid.js';
import { ask, question, type Verdict } from './oracle.js';

/** The uses that work, on inputs of more than one element: a scalar's copy is taken for itself. */
const uses = cases.flatMap(([type, attrs, inputs]) => {
  if (!knownSavings.has(type) || !inputs.every((input) => input === null || (input.dtype !== 'float64' && (input.shape?.length ?? 0) > 0))) return [];
  const filled = [...inputs, ...known(type).inputs.slice(inputs.length).filter(({ variadic }) => variadic !== true).map(() => null)];
  const called = call(type, attrs, inputs);
  return called.findings.some(isError) || inputs.length === 0 ? [] : [{ type, attrs, inputs: filled, ...called }];
});

describe('what autograd keeps', () => {
  it('is told for operators that there are', () => {
    expect([...knownSavings].filter((type) => !operators.has(type))).toEqual([]);
  });

  it('is, byte for byte, what PyTorch keeps', () => {
    const verdicts = ask(uses.map(({ type, params, inputs }) => ({ ...question(known(type), params, inputs), saved: true })));
    const wrong = uses.flatMap(({ type, attrs, inputs, outputs, params }, i) => {
      const { saved, message } = verdicts[i] as Verdict;
      const ours = savedBytes(type, inputs, outputs, params, known(type).weights(inputs, params).length > 0);
      return saved === undefined ? [`${type} ${JSON.stringify(attrs)}: ${message}`] : saved === ours ? [] : [`${type} ${JSON.stringify(attrs)} of ${inputs.map((each) => formatShape(each?.shape ?? null)).join(', ')}: PyTorch ${saved}, here ${String(ours)}`];
    });
    console.log(`${uses.length} uses of ${new Set(uses.map(({ type }) => type)).size} operators keep what PyTorch keeps; ${[...operators.keys()].filter((type) => !knownSavings.has(type)).length} operators are taken to keep what goes in and what comes out.`);
    expect(wrong.join('\n')).toBe('');
  }, 120_000);
});
