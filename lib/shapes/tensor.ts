import type { Shape } from './dimension.js';

export type DType = 'float32' | 'float64' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint8' | 'bool';

export interface Tensor {
  /** null when not even the rank is known. */
  readonly shape: Shape | null;
  readonly dtype: DType;
}

/** What an erroneous or missing source gives. */
export const unknownTensor: Tensor = { shape: null, dtype: 'float32' };

const order: readonly DType[] = ['bool', 'uint8', 'int8', 'int16', 'int32', 'int64', 'float16', 'bfloat16', 'float32', 'float64'];

export function isFloat(dtype: DType): boolean {
  return order.indexOf(dtype) >= order.indexOf('float16');
}

/** Whole numbers; bool is not one. */
export function isInteger(dtype: DType): boolean {
  return dtype !== 'bool' && !isFloat(dtype);
}

/**
 * The dtype in which tensors meet (PyTorch's type promotion): the highest kind wins (bool, whole, float), and within a kind tensors with
 * axes win over scalars.
 */
export function promote(tensors: readonly Tensor[]): DType {
  const kind = (dtype: DType): number => (dtype === 'bool' ? 0 : isFloat(dtype) ? 2 : 1);
  let result: DType | undefined;
  let weight = -1;
  for (const { shape, dtype } of tensors) {
    const own = kind(dtype) * 2 + (shape?.length === 0 ? 0 : 1);
    if (result === undefined) [result, weight] = [dtype, own];
    else if (kind(dtype) > kind(result)) [result, weight] = [dtype, own];
    else if (kind(dtype) === kind(result)) {
      if (own > weight) [result, weight] = [dtype, own];
      else if (own === weight) result = join(result, dtype);
    }
  }
  return result ?? 'float32';
}

function join(a: DType, b: DType): DType {
  if (a === b) return a;
  const [low, high] = order.indexOf(a) < order.indexOf(b) ? [a, b] : [b, a];
  // Neither of these pairs holds all values of the other.
  if (low === 'float16' && high === 'bfloat16') return 'float32';
  if (low === 'uint8' && high === 'int8') return 'int16';
  return high;
}
