import { describe, expect, it } from 'vitest';
import { operators } from '../../lib/operators/index.js';
import { formatDim, formatShape, type DType, type Tensor } from '../../lib/shapes/index.js';
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

/** What PyTorch's own counter counts: products. It says 0 for some (dot products, shared heads), which are then not compared; recurrent layers and bilinear forms it does not know. */
const counted = new Set(['Conv1d', 'Conv2d', 'Conv3d', 'ConvTranspose1d', 'ConvTranspose2d', 'ConvTranspose3d', 'Linear', 'MatMul', 'BMM', 'Einsum', 'SDPA', 'MultiheadAttention', 'TransformerEncoderLayer', 'TransformerDecoderLayer']);

function ours(type: string, attrs: Readonly<Record<string, unknown>>, inputs: readonly (Tensor | null)[], withMacs: boolean): string {
  const { outputs, findings, params } = call(type, attrs, inputs);
  if (findings.some(isError)) return 'refused';
  const weights = known(type).weights(inputs, params).map(({ name, shape, learned }) => `${name} ${formatShape(shape)}${learned ? '' : ' buffer'}`);
  const macs = withMacs ? [`macs ${formatDim(known(type).macs(filled(type, inputs), outputs, params))}`] : [];
  return [...outputs.map(({ shape, dtype }) => `${formatShape(shape)} ${dtype}`), ...weights, ...macs].join('\n');
}

/** Inputs up to the declared ones. */
function filled(type: string, inputs: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
  const { inputs: declared } = known(type);
  return [...inputs, ...declared.slice(inputs.length).filter(({ variadic }) => variadic !== true).map(() => null)];
}

function torchs({ out, state = [], macs }: Verdict): string {
  if (out === undefined) return 'refused';
  return [...out.map(([shape, dtype]) => `${formatShape(shape)} ${dtype}`), ...state.map(([name, shape, learned]) => `${name} ${formatShape(shape)}${learned ? '' : ' buffer'}`), ...(macs === undefined || macs === 0 ? [] : [`macs ${macs}`])].join('\n');
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
    return { ...question(op, call(type, attrs, inputs).params, filled(type, inputs)), macs: counted.has(type) && inputs[0]?.dtype === 'float32' };
  });
  const verdicts = ask(questions);
  return asked.map(({ type, attrs, inputs }, i) => ({
    title: `${type} ${JSON.stringify(attrs)} of ${inputs.map((each) => (each === null ? 'nothing' : `${formatShape(each.shape)} ${each.dtype}`)).join(', ')}`,
    ours: ours(type, attrs, inputs, (verdicts[i]?.macs ?? 0) > 0), torchs: torchs(verdicts[i] as Verdict), message: `${verdicts[i]?.message ?? ''} [${questions[i]?.module ?? ''} ${questions[i]?.call ?? ''}]`,
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
