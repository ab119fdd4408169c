import type { Program } from '../../../program/program.js';
import type { NotFinite } from '../backend.js';
import { createReadings, listeningTaps, type Taps } from './taps.js';
import type { Tensor, TF } from './tf.js';

interface Backward {
  readonly value: Tensor;
  readonly right: Tensor | undefined;
  readonly gradients: ReadonlyMap<string, Tensor>;
}

/** The first node that makes a value that is no number from numbers alone: on the way forward, else on the way back. `backward` runs both, with these taps. */
export async function firstNotFinite(tf: TF, program: Program, backward: (taps: Taps) => Backward): Promise<NotFinite | undefined> {
  const readings = createReadings(tf);
  const found: { forward?: string; back?: string } = {};
  // A sum of x · 0 is zero exactly where every value is finite.
  const check = (tensor: Tensor, bad: () => void): void => readings.add(() => tf.sum(tf.mul(tf.cast(tensor, 'float32'), 0)), (sum) => sum !== 0 && bad());
  const listening = listeningTaps(tf, (gradient, from) => check(gradient, () => (found.back ??= from)));
  const { value, right, gradients } = backward({
    input: (reader, from, wire) => listening.input(reader, from, wire),
    output(node, wires) {
      for (const { tensor } of wires) check(tensor, () => (found.forward ??= node.path));
      return wires;
    },
  });
  // What is added up over its readers may overflow though no part of it does, and so may the gradient of a weight: it is told of its own node.
  const late: string[] = [];
  for (const [key, gradient] of gradients) check(gradient, () => late.push(program.nodes[program.weights.get(key)?.owner ?? -1]?.path ?? ''));
  await readings.read();
  tf.dispose([value, right ?? [], ...gradients.values()] as never);
  if (found.forward !== undefined) return { node: found.forward, pass: 'forward' };
  // What comes out of the loss itself is no node's.
  if (found.back?.startsWith('output ')) return undefined;
  const node = found.back ?? late.at(-1);
  return node === undefined ? undefined : { node, pass: 'backward' };
}
