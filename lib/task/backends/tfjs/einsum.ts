import { product } from './axes.js';
import type { Tensor, TF } from './tf.js';

/** A tensor whose axes have letters; axes under "..." are called "0", "1" ... from the right. */
interface Lettered {
  readonly tensor: Tensor;
  readonly letters: readonly string[];
}

/** torch.einsum: operands are contracted from left to right, each pair as one batch of matrix products. tfjs has no gradient for its own Einsum. */
export function einsum(tf: TF, equation: string, tensors: readonly Tensor[]): Tensor {
  const [left = '', right] = equation.replace(/\s/g, '').split('->');
  const operands = left.split(',').map((part, i) => diagonal(tf, name(part, tensors[i] as Tensor)));
  const all = operands.flatMap(({ letters }) => letters);
  const counted = (letter: string): number => left.split(letter).length - 1;
  const dots = [...new Set(all.filter((letter) => /\d/.test(letter)))].sort((a, b) => Number(b) - Number(a));
  const output = right === undefined ? [...dots, ...[...new Set(all)].filter((letter) => !/\d/.test(letter) && counted(letter) === 1).sort()] : (right.match(/\.\.\.|[A-Za-z]/g) ?? []).flatMap((letter) => (letter === '...' ? dots : [letter]));
  let result = operands[0] as Lettered;
  for (let i = 1; i < operands.length; i++) {
    const later = new Set([...output, ...operands.slice(i + 1).flatMap(({ letters }) => letters)]);
    result = multiply(tf, result, operands[i] as Lettered, later);
  }
  const kept = sumAway(tf, result, new Set(output));
  return tf.transpose(kept.tensor, output.map((letter) => kept.letters.indexOf(letter)));
}

function name(part: string, tensor: Tensor): Lettered {
  const words = part.match(/\.\.\.|[A-Za-z]/g) ?? [];
  const spread = tensor.rank - words.filter((word) => word !== '...').length;
  return { tensor, letters: words.flatMap((word) => (word === '...' ? Array.from({ length: spread }, (_, i) => String(spread - 1 - i)) : [word])) };
}

/** A letter that stands twice in one operand takes the diagonal. */
function diagonal(tf: TF, { tensor, letters }: Lettered): Lettered {
  const second = letters.findIndex((letter, i) => letters.indexOf(letter) < i);
  if (second < 0) return { tensor, letters };
  const first = letters.indexOf(letters[second] as string);
  const shape = tensor.shape.map((size, axis) => (axis === first || axis === second ? size : 1));
  const masked = tf.mul(tensor, tf.reshape(tf.eye(tensor.shape[first] as number), shape));
  return diagonal(tf, { tensor: tf.sum(masked, second), letters: letters.filter((_, i) => i !== second) });
}

function sumAway(tf: TF, { tensor, letters }: Lettered, kept: ReadonlySet<string>): Lettered {
  const axes = letters.flatMap((letter, axis) => (kept.has(letter) ? [] : [axis]));
  return axes.length ? { tensor: tf.sum(tensor, axes), letters: letters.filter((letter) => kept.has(letter)) } : { tensor, letters };
}

function multiply(tf: TF, a: Lettered, b: Lettered, later: ReadonlySet<string>): Lettered {
  // What only one of the two has, and no one wants later, is summed before.
  const left = sumAway(tf, a, new Set([...later, ...b.letters]));
  const right = sumAway(tf, b, new Set([...later, ...a.letters]));
  const sizes = new Map<string, number>();
  for (const { tensor, letters } of [left, right]) letters.forEach((letter, axis) => sizes.set(letter, Math.max(sizes.get(letter) ?? 1, tensor.shape[axis] as number)));
  const shared = left.letters.filter((letter) => right.letters.includes(letter));
  const batch = shared.filter((letter) => later.has(letter));
  const summed = shared.filter((letter) => !later.has(letter));
  const freeLeft = left.letters.filter((letter) => !shared.includes(letter));
  const freeRight = right.letters.filter((letter) => !shared.includes(letter));
  const size = (letters: readonly string[]): number => product(letters.map((letter) => sizes.get(letter) ?? 1));
  const arrange = ({ tensor, letters }: Lettered, ...groups: readonly (readonly string[])[]): Tensor => {
    const order = groups.flat();
    const turned = tf.transpose(tensor, order.map((letter) => letters.indexOf(letter)));
    return tf.reshape(tf.broadcastTo(turned, order.map((letter) => sizes.get(letter) ?? 1)), groups.map(size));
  };
  const y = tf.matMul(arrange(left, batch, freeLeft, summed), arrange(right, batch, summed, freeRight));
  const letters = [...batch, ...freeLeft, ...freeRight];
  return { tensor: tf.reshape(y, letters.map((letter) => sizes.get(letter) ?? 1)), letters };
}
