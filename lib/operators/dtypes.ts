import { isFloat, type DType, type Tensor } from '../shapes/index.js';
import type { Report } from './operator.js';

/** What a function of real numbers gives: whole numbers and bools become float32. */
export function floated(dtype: DType): DType {
  return isFloat(dtype) ? dtype : 'float32';
}

/** What counting with bools gives: whole numbers. */
export function counted(dtype: DType): DType {
  return dtype === 'bool' ? 'int64' : dtype;
}

/** For layers that have weights only with some parameters: those are float32, and PyTorch mixes no types there. */
export function needFloat32(type: string, { dtype }: Tensor, report: Report): void {
  if (dtype !== 'float32' && isFloat(dtype)) report({ code: 'wrong-dtype', input: 0, message: `${type} takes float32, as its weights are, but ${dtype} arrives.`, facts: { dtype, wanted: 'float32' } });
}

/** For products of matrices: both sides have one type, and it is not bool. */
export function needOneType(type: string, tensors: readonly Tensor[], report: Report): void {
  const first = tensors[0]?.dtype;
  const other = tensors.findIndex(({ dtype }) => dtype !== first);
  if (other >= 0) report({ code: 'wrong-dtype', input: other, message: `${type} takes inputs of one type, but ${tensors.map(({ dtype }) => dtype).join(' and ')} arrive.`, facts: { dtype: tensors[other]?.dtype, wanted: first } });
  else if (first === 'bool') report({ code: 'wrong-dtype', input: 0, message: `${type} multiplies numbers, but bool arrives.`, facts: { dtype: first, wanted: 'number' } });
}
