import { formatDim, formatShape, type Tensor } from '../../lib/shapes/index.js';
import { call, isError, known } from './calling.js';
import type { Use } from './grid.js';
import { ask, question, type Verdict } from './oracle.js';

export interface Compared {
  readonly title: string;
  /** Shapes, types, weights and multiply-accumulates, one a line; or "refused". */
  readonly ours: string;
  readonly torchs: string;
  /** PyTorch's message and the Python that was run. */
  readonly message: string;
}

/** What PyTorch's own counter counts: products. It says 0 for some (dot products, shared heads), which are then not compared; recurrent layers and bilinear forms it does not know. */
const counted = new Set(['Conv1d', 'Conv2d', 'Conv3d', 'ConvTranspose1d', 'ConvTranspose2d', 'ConvTranspose3d', 'Linear', 'MatMul', 'BMM', 'Einsum', 'SDPA', 'MultiheadAttention', 'TransformerEncoderLayer', 'TransformerDecoderLayer']);

/** Asks PyTorch about all uses in one process. */
export function compareWithTorch(uses: readonly Use[]): readonly Compared[] {
  const called = uses.map(([type, attrs, inputs]) => call(type, attrs, inputs));
  const questions = uses.map(([type, attrs, inputs], i) => ({
    ...question(known(type), called[i]?.params ?? {}, filled(type, inputs)),
    // Without dropout PyTorch fuses attention, and its counter misses that.
    macs: counted.has(type) && inputs[0]?.dtype === 'float32' && !(type.startsWith('Transformer') && attrs['dropout'] === 0),
  }));
  const verdicts = ask(questions);
  return uses.map(([type, attrs, inputs], i) => {
    const verdict = verdicts[i] as Verdict;
    return {
      title: `${type} ${JSON.stringify(attrs)} of ${inputs.map((each) => (each === null ? 'nothing' : `${formatShape(each.shape)} ${each.dtype}`)).join(', ')}`,
      ours: ours(type, attrs, inputs, (verdict.macs ?? 0) > 0),
      torchs: torchs(verdict),
      message: `${verdict.message ?? ''} [${questions[i]?.module ?? ''} ${questions[i]?.call ?? ''}]`,
    };
  });
}

export function asText({ title, ours: here, torchs: there, message }: Compared): string {
  return `${title}\n   PyTorch: ${there.replaceAll('\n', '; ')} ${message}\n   Here: ${here.replaceAll('\n', '; ')}`;
}

function ours(type: string, attrs: Readonly<Record<string, unknown>>, inputs: readonly (Tensor | null)[], withMacs: boolean): string {
  const { outputs, findings, params } = call(type, attrs, inputs);
  if (findings.some(isError)) return 'refused';
  const weights = known(type).weights(filled(type, inputs), params).map(({ name, shape, learned }) => `${name} ${formatShape(shape)}${learned ? '' : ' buffer'}`);
  const macs = withMacs ? [`macs ${formatDim(known(type).macs(filled(type, inputs), outputs, params))}`] : [];
  return [...outputs.map(({ shape, dtype }) => `${formatShape(shape)} ${dtype}`), ...weights, ...macs].join('\n');
}

function torchs({ out, state = [], macs }: Verdict): string {
  if (out === undefined) return 'refused';
  return [
    ...out.map(([shape, dtype]) => `${formatShape(shape)} ${dtype}`),
    ...state.map(([name, shape, learned]) => `${name} ${formatShape(shape)}${learned ? '' : ' buffer'}`),
    ...(macs === undefined || macs === 0 ? [] : [`macs ${macs}`]),
  ].join('\n');
}

/** Inputs up to the declared ones. */
function filled(type: string, inputs: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
  return [...inputs, ...known(type).inputs.slice(inputs.length).filter(({ variadic }) => variadic !== true).map(() => null)];
}
