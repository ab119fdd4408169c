import { describe, expect, it } from 'vitest';
import { operators } from '../../lib/operators/index.js';
import { knownSavings, savedBy, savedBytes } from '../../lib/operators/saving.js';
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

const workspaces: readonly (readonly [number, number, number, number, number])[] = [
  [1, 1, 1, 1, 28672],
  [5, 3, 10, 6, 28672],
  [500, 3, 10, 15, 1429504],
  [500, 3, 10, 17, 2240512],
  [500, 3, 10, 64, 5869568],
  [500, 3, 10, 256, 23855104],
  [40, 16, 100, 1, 1867776],
  [40, 16, 100, 60, 3178496],
  [100, 8, 300, 20, 6520832],
  [50, 32, 64, 128, 12554240],
  [20, 64, 256, 256, 20996096],
];

describe('what autograd keeps', () => {
  it('is told for operators that there are', () => {
    expect([...knownSavings].filter((type) => !operators.has(type))).toEqual([]);
  });

  it('is, byte for byte, what PyTorch keeps', () => {
    const verdicts = ask(uses.map(({ type, params, inputs }) => ({ ...question(known(type), params, inputs), saved: true })));
    const wrong = uses.flatMap(({ type, attrs, inputs, outputs, params }, i) => {
      const { saved: all, workspace = 0, message } = verdicts[i] as Verdict;
      // The workspace of an LSTM hangs on the processor.
      const saved = all === undefined ? undefined : all - workspace;
      const ours = Number(savedBytes(type, inputs, outputs, params, known(type).weights(inputs, params).length > 0)) - (savedBy(type, inputs, outputs, params).workspace ?? 0);
      expect(workspace > 0, type).toBe((savedBy(type, inputs, outputs, params).workspace ?? 0) > 0);
      return saved === undefined ? [`${type} ${JSON.stringify(attrs)}: ${message}`] : saved === ours ? [] : [`${type} ${JSON.stringify(attrs)} of ${inputs.map((each) => formatShape(each?.shape ?? null)).join(', ')}: PyTorch ${saved}, here ${String(ours)}`];
    });
    console.log(`${uses.length} uses of ${new Set(uses.map(({ type }) => type)).size} operators keep what PyTorch keeps; ${[...operators.keys()].filter((type) => !knownSavings.has(type)).length} operators are taken to keep what goes in and what comes out.`);
    expect(wrong.join('\n')).toBe('');
  }, 240_000);

  it('is, of the workspace of an LSTM, what oneDNN 3 kept where it was measured', () => {
    // Length, batch, width, hidden, and bytes: test/operators/workspace.py on a CPU with AVX2.
    for (const [length, batch, width, hidden, bytes] of workspaces) {
      const { inputs, outputs, params } = { inputs: [{ shape: [length, batch, width], dtype: 'float32' as const }, null, null], ...call('LSTM', { hidden_size: hidden }, [{ shape: [length, batch, width], dtype: 'float32' }]) };
      expect(savedBy('LSTM', inputs, outputs, params).workspace, [length, batch, width, hidden].join()).toBe(bytes);
    }
  });
});
