import type { Call, Kernel } from './kernel.js';
import type { Tensor } from './tf.js';
import { channelsFirst, channelsLast, type Wire } from './wire.js';

export const present = (call: Call): readonly Wire[] => call.inputs.filter((wire): wire is Wire => wire !== null);

/** Brings wires into one order: channels last where they have one rank and one of them has it. Scalars fit any. */
export function aligned({ tf }: Call, wires: readonly Wire[]): { readonly tensors: readonly Tensor[]; readonly layout: Wire['layout'] } {
  const ranks = new Set(wires.filter(({ tensor }) => tensor.rank > 0).map(({ tensor }) => tensor.rank));
  const layout = ranks.size === 1 && wires.some((wire) => wire.layout === 'last') ? 'last' : 'first';
  return { layout, tensors: wires.map((wire) => (layout === 'last' ? channelsLast(tf, wire) : channelsFirst(tf, wire))) };
}

/** An elementwise operator with broadcasting, over two or more inputs from left to right. */
export const broadcast =
  (f: (call: Call, a: Tensor, b: Tensor) => Tensor): Kernel =>
  (call) => {
    const { tensors, layout } = aligned(call, present(call));
    return [{ tensor: tensors.slice(1).reduce((a, b) => f(call, a, b), tensors[0] as Tensor), layout }];
  };
