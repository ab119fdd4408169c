import type { Shape } from './dimension.js';

export type DType = 'float32' | 'float64' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint8' | 'bool';

export interface Tensor {
  /** null when not even the rank is known. */
  readonly shape: Shape | null;
  readonly dtype: DType;
}
