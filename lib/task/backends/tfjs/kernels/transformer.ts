import { type Call, type Kernel, flag, needWeight, number, text } from '../kernel.js';
import type { Tensor } from '../tf.js';
import { first } from '../wire.js';
import { activationKernels } from './activation.js';
import { multiHead, named, sequences } from './attention.js';
import { dropoutOf } from './dropout.js';
import { linear } from './linear.js';
import { normaliseLast } from './normalisation.js';

/** One part of a layer, around which a skip goes. */
type Part = (x: Tensor) => Tensor;

/** x + part(x), with a LayerNorm before the part (norm_first) or after the sum. */
function residuals(call: Call, x: Tensor, parts: readonly Part[]): Tensor {
  const { tf, p } = call;
  const before = flag(p['norm_first'], false);
  return parts.reduce((value, part, i) => {
    const norm = (tensor: Tensor): Tensor => normaliseLast(call, tensor, `norm${i + 1}`, number(p['layer_norm_eps'], 1e-5));
    const sum = tf.add(value, drop(call, part(before ? norm(value) : value)));
    return before ? sum : norm(sum);
  }, x);
}

const drop = (call: Call, x: Tensor): Tensor => dropoutOf(call, first(x), number(call.p['dropout'], 0.1)).tensor;

function feedforward(call: Call): Part {
  const { tf, p } = call;
  return (x) => {
    const wide = linear(tf, x, needWeight(call, 'linear1.weight'), call.weight('linear1.bias'));
    const activation = text(p['activation'], 'relu') === 'gelu' ? activationKernels['GELU'] : activationKernels['ReLU'];
    const active = (activation as Kernel)({ ...call, p: {}, inputs: [first(wide)] })[0]?.tensor as Tensor;
    return linear(tf, drop(call, active), needWeight(call, 'linear2.weight'), call.weight('linear2.bias'));
  };
}

const attention =
  (call: Call, prefix: string, mask: string, padding: string, memory?: Tensor): Part =>
  (x) =>
    multiHead(call, prefix, { query: x, key: memory ?? x, value: memory ?? x, mask: named(call, mask), keyPadding: named(call, padding), heads: number(call.p['nhead'], 1), dropout: number(call.p['dropout'], 0.1) }).output;

const encoder: Kernel = (call) => {
  const src = named(call, 'src') as Tensor;
  const { enter, leave } = sequences(call, src);
  return [first(leave(residuals(call, enter(src), [attention(call, 'self_attn.', 'src_mask', 'src_key_padding_mask'), feedforward(call)])))];
};

const decoder: Kernel = (call) => {
  const [tgt, memory] = [named(call, 'tgt') as Tensor, named(call, 'memory') as Tensor];
  const { enter, leave } = sequences(call, tgt);
  const parts = [attention(call, 'self_attn.', 'tgt_mask', 'tgt_key_padding_mask'), attention(call, 'multihead_attn.', 'memory_mask', 'memory_key_padding_mask', enter(memory)), feedforward(call)];
  return [first(leave(residuals(call, enter(tgt), parts)))];
};

export const transformerKernels: Readonly<Record<string, Kernel>> = { TransformerEncoderLayer: encoder, TransformerDecoderLayer: decoder };

