import type { Tensor } from '../shapes/index.js';
import type { Arrival, Rule, Saved } from './saved.js';

/**
 * What recurrent layers and attention keep, measured with saved-tensor hooks in PyTorch 2.13 on the CPU: each is several operations, whose results are kept
 * or not. Counts are of float32 elements. All is exact but the workspace of an LSTM without projection, which is one call of oneDNN: that is laid out as
 * `workspace` says on CPUs up to AVX2, where it was measured, and oneDNN is free to lay it out otherwise on others.
 */
interface Sequence {
  readonly length: number;
  readonly batch: number;
  readonly width: number;
  readonly batched: boolean;
  /** Turned round in memory, so that what is kept is a copy. */
  readonly copied: boolean;
}

function sequenceOf(tensor: Tensor | null | undefined, batchFirst: unknown): Sequence | null {
  const shape = tensor?.shape;
  if (shape == null || !shape.every((size): size is number => typeof size === 'number') || shape.length < 2) return null;
  const [first, second, width] = shape as readonly number[];
  if (shape.length === 2) return { length: first!, batch: 1, width: second!, batched: false, copied: false };
  const [length, batch] = batchFirst === true ? [second!, first!] : [first!, second!];
  return { length, batch, width: width!, batched: true, copied: batchFirst === true && length > 1 && batch > 1 };
}

const unknown: Saved = { inputs: [], outputs: [], more: null };
const whole = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const present = (inputs: readonly (Tensor | null)[], ...which: readonly number[]): readonly number[] => which.filter((k) => inputs[k] != null);

/** Bytes of what oneDNN keeps of one layer in one direction: gates, hidden states, and states with their gradients, each on pages of its own. */
function workspace(length: number, batch: number, entering: number, hidden: number): number {
  const row = (width: number): number => { const padded = 16 * Math.ceil(width / 16); return padded % 256 === 0 ? padded + 16 : padded; };
  const steps = length * batch;
  const states = 2 * (length + 1) * batch;
  const widest = row(Math.max(entering, hidden));
  const pages = [steps * row(4 * hidden), steps * row(hidden), states * widest, states * hidden, states * hidden, states * widest, states * widest].map((count) => Math.ceil((4 * count) / 4096));
  return pages.reduce((sum, count) => sum + count, 0) * 4096;
}

function recurrent(type: 'LSTM' | 'GRU' | 'RNN'): Rule {
  return (inputs, _outputs, p) => {
    const input = sequenceOf(inputs[0], p['batch_first']);
    const [hidden, layers] = [whole(p['hidden_size']), whole(p['num_layers'] ?? 1)];
    if (input === null || hidden === null || layers === null) return unknown;
    const { length, batch, width, copied } = input;
    const directions = p['bidirectional'] === true ? 2 : 1;
    const out = typeof p['proj_size'] === 'number' && p['proj_size'] > 0 ? p['proj_size'] : hidden;
    const dropped = typeof p['dropout'] === 'number' && p['dropout'] > 0;
    const runs = layers * directions;
    const state = batch * hidden;
    const between = length * batch * directions * out;
    const fused = type === 'LSTM' && out === hidden && length * batch * width > 0;
    // States that are not given are zeros, and kept like any others.
    const zeros = runs * batch * ((inputs[1] == null ? out : 0) + (type === 'LSTM' && inputs[2] == null ? hidden : 0));
    // Two directions that are not of one call each read a copy of their own.
    let count = (copied ? (fused ? 1 : directions) * length * batch * width : 0) + zeros + (dropped ? (layers - 1) * between : 0);
    let bytes = 0;
    if (fused) {
      for (let layer = 0; layer < layers; layer += 1) {
        const entering = layer === 0 ? width : directions * hidden;
        // Biases that there are not are given as zeros of the weights' shapes.
        count += directions * (2 * state + (p['bias'] === false ? 4 * hidden * (entering + hidden) : 0));
        bytes += directions * workspace(length, batch, entering, hidden);
        // The result of the last layer is put out as it is, unless two directions are joined.
        if (directions === 2 || layer < layers - 1) count += directions * length * state;
        if (layer > 0 && (directions === 2 || dropped)) count += between;
      }
    } else {
      const each = type === 'GRU' ? 7 * length * state - state : type === 'RNN' ? length * state : 6 * length * state + (length - 1) * (batch * out + state);
      count += runs * Math.max(0, each) + (layers - 1) * between;
    }
    return { inputs: [...(copied ? [] : [0]), ...present(inputs, 1, 2)], outputs: fused && directions === 1 ? [0] : [], more: 4 * count + bytes, workspace: bytes };
  };
}

/** Elements of a cell's state, of which `kept` are kept; a state that is not given is zeros. */
function cell(kept: number, outputs: readonly number[]): Rule {
  return (inputs, _outputs, p) => {
    const shape = inputs[0]?.shape;
    const [hidden, batch] = [whole(p['hidden_size']), shape?.length === 1 ? 1 : whole(shape?.[0])];
    if (hidden === null || batch === null) return unknown;
    return { inputs: present(inputs, 0, 1, 2), outputs, more: 4 * batch * hidden * (kept + (inputs[1] == null ? 1 : 0)) };
  };
}

/** nn.MultiheadAttention that also gives its weights, as it does unless told otherwise: products of its own, not the fused kernel. */
const multihead: Rule = (inputs, _outputs, p, { same }) => {
  const [query, key, value] = [0, 1, 2].map((k) => sequenceOf(inputs[k], p['batch_first']));
  const heads = whole(p['num_heads']);
  if (!query || !key || !value || heads === null) return unknown;
  const width = whole(p['embed_dim']) ?? query.width;
  const extra = (p['add_bias_kv'] === true ? 1 : 0) + (p['add_zero_attn'] === true ? 1 : 0);
  const [rows, attended] = [query.length * query.batch, (key.length + extra) * query.batch];
  // One product makes query, key and value of one tensor, which keeps them together.
  const together = query.batched && same(0, 1) && same(1, 2) && extra === 0 && key.width === width && value.width === width;
  const copies = [query, key, value].map((each, k) => (each.copied && !Array.from({ length: k }, (_, j) => j).some((j) => same(j, k)) ? each.length * each.batch * each.width : 0)).reduce((sum, count) => sum + count, 0);
  const scores = query.batch * heads * query.length * (key.length + extra);
  const dropped = typeof p['dropout'] === 'number' && p['dropout'] > 0;
  const count = copies + (together ? 3 * rows * width : 2 * attended * width) + rows * width + scores * (dropped ? 3 : 1) + rows * width;
  return { inputs: [query, key, value].flatMap(({ copied }, k) => (copied ? [] : [k])), outputs: [], more: 4 * count };
};

interface Masks {
  readonly scores: number;
  readonly places: number;
}

/** Attention inside a layer of a Transformer: the fused kernel where nothing is dropped and no mask learns, else products. */
function attended(inputs: readonly (Tensor | null)[], query: Sequence, key: Sequence, itself: boolean, heads: number, dropped: boolean, { scores: mask, places }: Masks, arrival: Arrival): { readonly count: number; readonly inputs: readonly number[] } {
  const [rows, others] = [query.length * query.batch * query.width, key.length * key.batch * query.width];
  const table = query.batch * heads * query.length * key.length;
  const learns = [mask, places].some((k) => inputs[k] != null && arrival.learns(k));
  if (dropped || learns) {
    // Query and key are scaled apart; what is kept of the value is all that one product made.
    const values = !query.batched ? others : itself ? 3 * rows : 2 * others;
    return { count: rows + others + values + table * (dropped ? 3 : 1) + rows, inputs: [] };
  }
  const [score, place] = [inputs[mask], inputs[places]];
  const asGiven = score != null && place == null && score.dtype !== 'bool';
  const size = score != null && place != null ? table : place != null ? query.batch * heads * key.length : score != null && !asGiven ? (score.shape ?? []).reduce<number>((total, each) => total * (typeof each === 'number' ? each : NaN), 1) : 0;
  return { count: rows + 2 * others + query.batch * heads * query.length + rows + size, inputs: asGiven ? [mask] : [] };
}

/** Layers of a Transformer: their attentions, a norm for each part, dropout, and two linear layers. */
function transformer(decoder: boolean): Rule {
  return (inputs, _outputs, p, arrival) => {
    const target = sequenceOf(inputs[0], p['batch_first']);
    const memory = decoder ? sequenceOf(inputs[1], p['batch_first']) : target;
    const [heads, wide] = [whole(p['nhead']), whole(p['dim_feedforward'])];
    if (target === null || memory === null || heads === null || wide === null) return unknown;
    const dropped = typeof p['dropout'] === 'number' && p['dropout'] > 0;
    const rows = target.length * target.batch;
    const own = attended(inputs, target, target, true, heads, dropped, decoder ? { scores: 2, places: 4 } : { scores: 1, places: 2 }, arrival);
    const other = decoder ? attended(inputs, target, memory, false, heads, dropped, { scores: 3, places: 5 }, arrival) : { count: 0, inputs: [] };
    const parts = decoder ? 3 : 2;
    // Each part keeps what goes into it and what its norm reads, with two statistics a row; dropout keeps its noise.
    const around = parts * (2 * rows * target.width + 2 * rows + (dropped ? rows * target.width : 0)) - rows * target.width;
    const between = rows * wide * (dropped ? 3 : p['activation'] === 'gelu' ? 2 : 1);
    // What comes in is kept turned round by attention, or as it is by the norm before that.
    const turned = target.copied && p['norm_first'] !== true;
    const copies = (turned ? rows * target.width : 0) + (decoder && memory.copied ? memory.length * memory.batch * memory.width : 0);
    return { inputs: [...(turned ? [] : [0]), ...(decoder && !memory.copied ? [1] : []), ...own.inputs, ...other.inputs], outputs: [], more: 4 * (own.count + other.count + around + between + copies) };
  };
}

/** torch's scaled_dot_product_attention: one kernel where all goes together and nothing is dropped, else two products and a softmax. */
const sdpa: Rule = ([query, key, value, mask], [output], p, { learns }) => {
  const shapes = [query, key, value, output].map((each) => each?.shape);
  if (!shapes.every((shape): shape is readonly number[] => shape?.every((size) => typeof size === 'number') === true)) return unknown;
  const [q, k, v, o] = shapes as unknown as readonly [readonly number[], readonly number[], readonly number[], readonly number[]];
  const size = (shape: readonly number[]): number => shape.reduce((total, each) => total * each, 1);
  if (size(o) === 0) return { inputs: [], outputs: [], more: 0 };
  const dropped = p['dropout_p'] !== 0 && p['dropout_p'] !== undefined;
  const grouped = p['enable_gqa'] === true;
  const fused = !dropped && [q, k, v].every((shape) => shape.length === 4 && shape[0] === q[0] && shape[3] === q[3] && !shape.includes(0)) && k[1] === v[1] && (grouped || k[1] === q[1]) && !(mask != null && learns(3));
  if (fused) return { inputs: [0, 1, 2, ...(mask != null && mask.dtype !== 'bool' ? [3] : [])], outputs: [0], more: 4 * (size(q.slice(0, 3)) + (mask?.dtype === 'bool' ? size((mask.shape ?? []) as readonly number[]) : 0)) };
  const batch = size(o.slice(0, -2));
  const [length, other] = [q.at(-2) ?? 1, k.at(-2) ?? 1];
  const scores = batch * length * other;
  const spread = size(v) !== batch * other * (v.at(-1) ?? 1);
  return { inputs: spread ? [] : [2], outputs: [], more: 4 * (batch * length * (q.at(-1) ?? 1) + batch * other * (k.at(-1) ?? 1) + (spread ? batch * other * (v.at(-1) ?? 1) : 0) + scores * (dropped ? 3 : 1)) };
};

export const sequenceRules: readonly (readonly [string, Rule])[] = [
  ['LSTM', recurrent('LSTM')], ['GRU', recurrent('GRU')], ['RNN', recurrent('RNN')],
  ['LSTMCell', cell(5, [])], ['GRUCell', cell(6, [])], ['RNNCell', cell(0, [0])],
  ['MultiheadAttention', multihead], ['TransformerEncoderLayer', transformer(false)], ['TransformerDecoderLayer', transformer(true)], ['SDPA', sdpa],
];
