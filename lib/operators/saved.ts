import { mul, product, type Dim, type Tensor } from '../shapes/index.js';
import type { ParamValues } from './operator.js';

/** What a layer keeps for the backward pass, as PyTorch's derivatives do (tools/autograd/derivatives.yaml). */
export interface Saved {
  /** Inputs that are kept, by index. */
  readonly inputs: readonly number[];
  /** Of two inputs each is kept for the other's gradient. */
  readonly crosswise?: boolean;
  /** Outputs that are kept, by port. */
  readonly outputs: readonly number[];
  /** Bytes of what is kept beside these: statistics, indices, masks. */
  readonly more: Dim;
  /** Of these, bytes that a library lays out as it likes. */
  readonly workspace?: number;
}

/** What is known of the tensors that arrive, beside their shapes. */
export interface Arrival {
  /** Whether a gradient is asked of an input. */
  learns(input: number): boolean;
  /** Whether two inputs are one tensor: query and key of self-attention. */
  same(a: number, b: number): boolean;
}
export type Rule = (inputs: readonly (Tensor | null)[], outputs: readonly Tensor[], p: ParamValues, arrival: Arrival) => Saved;

export const elements = (tensor: Tensor | null | undefined): Dim => (tensor?.shape ? product(tensor.shape) : null);
export const floats = (count: Dim): Dim => mul(4, count);
