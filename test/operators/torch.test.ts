import { describe, expect, it } from 'vitest';
import { operators } from '../../lib/operators/index.js';
import { formatShape, type DType, type Tensor } from '../../lib/shapes/index.js';
import { call, isError, known } from './calling.js';
import { cases } from './grid.js';
import { ask, question, type Verdict } from './oracle.js';

/** Operators that PyTorch alone does not have. */
const leftOut: Readonly<Record<string, string>> = { StochasticDepth: 'it belongs to torchvision, which the test environment does not install' };

interface Compared {
  readonly title: string;
  readonly ours: string;
  readonly torchs: string;
  readonly message: string;
}

function ours(type: string, attrs: Readonly<Record<string, unknown>>, inputs: readonly (Tensor | null)[]): string {
  const { outputs, findings, params } = call(type, attrs, inputs);
  if (findings.some(isError)) return 'refused';
  const weights = known(type).weights(inputs, params).map(({ name, shape, learned }) => `${name} ${formatShape(shape)}${learned ? '' : ' buffer'}`);
  return [...outputs.map(({ shape, dtype }) => `${formatShape(shape)} ${dtype}`), ...weights].join('\n');
}

function torchs({ out, state = [] }: Verdict): string {
  if (out === undefined) return 'refused';
  return [...out.map(([shape, dtype]) => `${formatShape(shape)} ${dtype}`), ...state.map(([name, shape, learned]) => `${name} ${formatShape(shape)}${learned ? '' : ' buffer'}`)].join('\n');
}

const other: readonly DType[] = ['int64', 'bool', 'float64'];
/** Every case as it stands, and again with its first input of other types. */
const asked = cases.filter(([type]) => leftOut[type] === undefined).flatMap(([type, attrs, inputs]) => {
  const [first] = inputs;
  const variants = first == null || first.dtype !== 'float32' ? [] : other.map((dtype) => [{ ...first, dtype }, ...inputs.slice(1)]);
  return [inputs, ...variants].map((each) => ({ type, attrs, inputs: each }));
});

function compare(): readonly Compared[] {
  const questions = asked.map(({ type, attrs, inputs }) => {
    const op = known(type);
    const filled = [...inputs];
    while (filled.length < op.inputs.length && op.inputs[filled.length]?.variadic !== true) filled.push(null);
    return question(op, call(type, attrs, inputs).params, filled);
  });
  const verdicts = ask(questions);
  return asked.map(({ type, attrs, inputs }, i) => ({
    title: `${type} ${JSON.stringify(attrs)} of ${inputs.map((each) => (each === null ? 'nothing' : `${formatShape(each.shape)} ${each.dtype}`)).join(', ')}`,
    ours: ours(type, attrs, inputs), torchs: torchs(verdicts[i] as Verdict), message: `${verdicts[i]?.message ?? ''} [${questions[i]?.module ?? ''} ${questions[i]?.call ?? ''}]`,
  }));
}

describe('beside PyTorch', () => {
  it('every operator is compared', () => {
    const covered = new Set(cases.map(([type]) => type));
    const missing = [...operators.keys()].filter((type) => !covered.has(type) && leftOut[type] === undefined);
    expect(missing).toEqual([]);
  });

  it('shapes, types, weights and refusals are the same', () => {
    const compared = compare();
    const wrong = compared.filter((each) => each.ours !== each.torchs);
    console.log(`${compared.length} operators are compared with PyTorch.${Object.entries(leftOut).map(([type, reason]) => `\n  left out: ${type}, since ${reason}`).join('')}`);
    expect(wrong.map((each) => `${each.title}\n   PyTorch: ${each.torchs.replaceAll('\n', '; ')} ${each.message}\n   Here: ${each.ours.replaceAll('\n', '; ')}`).join('\n')).toBe('');
  }, 120_000);
});
