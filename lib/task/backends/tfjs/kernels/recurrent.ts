import { unstacked } from '../gradient.js';
import { type Call, type Kernel, flag, needWeight, number, required, text } from '../kernel.js';
import type { Tensor } from '../tf.js';
import { channelsFirst, first } from '../wire.js';
import { linear } from './linear.js';

/** The state of a cell: hidden, and for an LSTM what it remembers. */
interface State {
  readonly h: Tensor;
  readonly c?: Tensor;
}

/** One step: `gates` is what the input contributes (weight_ih · x + bias_ih), [N, gates · hidden]. */
type Cell = (call: Call, gates: Tensor, state: State, suffix: string) => State;

const recurrent = ({ tf, weight }: Call, h: Tensor, suffix: string, of: (name: string) => Tensor): Tensor => linear(tf, h, of(`weight_hh${suffix}`), weight(`bias_hh${suffix}`));

const rnnCell: Cell = (call, gates, { h }, suffix) => {
  const sum = call.tf.add(gates, recurrent(call, h, suffix, (name) => needWeight(call, name)));
  return { h: text(call.p['nonlinearity'], 'tanh') === 'relu' ? call.tf.relu(sum) : call.tf.tanh(sum) };
};

const lstmCell: Cell = (call, gates, { h, c }, suffix) => {
  const { tf } = call;
  const [input, forget, cell, output] = tf.split(tf.add(gates, recurrent(call, h, suffix, (name) => needWeight(call, name))), 4, 1) as [Tensor, Tensor, Tensor, Tensor];
  const next = tf.add(tf.mul(tf.sigmoid(forget), c as Tensor), tf.mul(tf.sigmoid(input), tf.tanh(cell)));
  const hidden = tf.mul(tf.sigmoid(output), tf.tanh(next));
  const projection = call.weight(`weight_hr${suffix}`);
  return { h: projection ? linear(tf, hidden, projection) : hidden, c: next };
};

const gruCell: Cell = (call, gates, { h }, suffix) => {
  const { tf } = call;
  const [ir, iz, candidate] = tf.split(gates, 3, 1) as [Tensor, Tensor, Tensor];
  const [hr, hz, hn] = tf.split(recurrent(call, h, suffix, (name) => needWeight(call, name)), 3, 1) as [Tensor, Tensor, Tensor];
  const update = tf.sigmoid(tf.add(iz, hz));
  const fresh = tf.tanh(tf.add(candidate, tf.mul(tf.sigmoid(tf.add(ir, hr)), hn)));
  return { h: tf.add(tf.mul(tf.sub(1, update), fresh), tf.mul(update, h)) };
};

/** Layers and directions of torch.nn.RNN, LSTM and GRU, unrolled over time. Ports: output, h_n (and c_n). */
const unrolled =
  (cell: Cell, remembers: boolean): Kernel =>
  (call) => {
    const { tf, p, training } = call;
    const given = channelsFirst(tf, required(call));
    const batchFirst = flag(p['batch_first'], false);
    const unbatched = given.rank === 2;
    const batched = unbatched ? tf.expandDims(given, batchFirst ? 0 : 1) : given;
    let sequence = batchFirst ? tf.transpose(batched, [1, 0, 2]) : batched;
    const [time, n] = sequence.shape as [number, number];
    const hidden = number(p['hidden_size'], 1);
    const projected = number(p['proj_size'], 0) || hidden;
    const directions = flag(p['bidirectional'], false) ? 2 : 1;
    const layers = number(p['num_layers'], 1);
    const initial = (index: number, size: number): Tensor[] => {
      const wire = call.inputs[index];
      if (!wire) return Array.from({ length: layers * directions }, () => tf.zeros([n, size]));
      const states = channelsFirst(tf, wire);
      return [...unstacked(tf, unbatched ? tf.expandDims(states, 1) : states)];
    };
    const [h0, c0] = [initial(1, projected), remembers ? initial(2, hidden) : []];
    const ends: State[] = [];
    const rate = number(p['dropout'], 0);
    const generator = training && rate > 0 ? call.random() : undefined;
    for (let layer = 0; layer < layers; layer++) {
      if (layer > 0 && generator) {
        const mask = Float32Array.from({ length: sequence.size }, () => (generator.uniform() < rate ? 0 : 1 / (1 - rate)));
        sequence = tf.mul(sequence, tf.tensor(mask, sequence.shape));
      }
      const outputs = Array.from({ length: directions }, (_, direction) => {
        const suffix = `_l${layer}${direction ? '_reverse' : ''}`;
        // What the input contributes is one product for all steps.
        const steps = unstacked(tf, linear(tf, sequence, needWeight(call, `weight_ih${suffix}`), call.weight(`bias_ih${suffix}`)));
        const order = direction ? [...steps].reverse() : steps;
        const start = layer * directions + direction;
        let state: State = { h: h0[start] as Tensor, ...(remembers && { c: c0[start] as Tensor }) };
        const hs = order.map((gates) => {
          state = cell(call, gates, state, suffix);
          return state.h;
        });
        ends.push(state);
        return tf.stack(direction ? hs.reverse() : hs, 0);
      });
      sequence = directions === 2 ? tf.concat(outputs, 2) : (outputs[0] as Tensor);
    }
    const output = tf.reshape(sequence, [time, n, projected * directions]);
    const ordered = batchFirst ? tf.transpose(output, [1, 0, 2]) : output;
    const stacked = (of: (state: State) => Tensor): Tensor => {
      const all = tf.stack(ends.map(of), 0);
      return unbatched ? tf.squeeze(all, [1]) : all;
    };
    const result = [unbatched ? tf.squeeze(ordered, [batchFirst ? 0 : 1]) : ordered, stacked((state) => state.h)];
    if (remembers) result.push(stacked((state) => state.c as Tensor));
    return result.map(first);
  };

/** torch.nn.RNNCell, LSTMCell and GRUCell: one step. */
const single =
  (cell: Cell, remembers: boolean): Kernel =>
  (call) => {
    const { tf, p } = call;
    const given = channelsFirst(tf, required(call));
    const unbatched = given.rank === 1;
    const enter = (x: Tensor): Tensor => (unbatched ? tf.expandDims(x, 0) : x);
    const x = enter(given);
    const state = (index: number): Tensor => {
      const wire = call.inputs[index];
      return wire ? enter(channelsFirst(tf, wire)) : tf.zeros([x.shape[0] as number, number(p['hidden_size'], 1)]);
    };
    const gates = linear(tf, x, needWeight(call, 'weight_ih'), call.weight('bias_ih'));
    const { h, c } = cell(call, gates, { h: state(1), ...(remembers && { c: state(2) }) }, '');
    return (c ? [h, c] : [h]).map((each) => first(unbatched ? tf.squeeze(each, [0]) : each));
  };

export const recurrentKernels: Readonly<Record<string, Kernel>> = {
  RNN: unrolled(rnnCell, false),
  LSTM: unrolled(lstmCell, true),
  GRU: unrolled(gruCell, false),
  RNNCell: single(rnnCell, false),
  LSTMCell: single(lstmCell, true),
  GRUCell: single(gruCell, false),
};
