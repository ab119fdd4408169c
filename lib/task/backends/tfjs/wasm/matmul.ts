import type { Tensor, TF } from '../tf.js';

interface MatMul {
  readonly inputs: { readonly a: Tensor; readonly b: Tensor };
  readonly attrs: { readonly transposeA: boolean; readonly transposeB: boolean };
}

/**
 * tfjs-backend-wasm 4.22 hands a matrix product to XNNPACK only where nothing is transposed, and keeps the packed right side by the id of its data: the same
 * data in another shape (a reshape) then reads out of bounds. This kernel turns matrices first, and copies a right side that it has seen in another shape.
 */
export function replaceMatMul(tf: TF): void {
  const { kernelFunc, setupFunc, disposeFunc } = tf.getKernel('BatchMatMul', 'wasm');
  const original = kernelFunc as unknown as (kernel: MatMul) => object;
  const seen = new WeakMap<object, string>();
  tf.unregisterKernel('BatchMatMul', 'wasm');
  tf.registerKernel({
    kernelName: 'BatchMatMul',
    backendName: 'wasm',
    ...(setupFunc && { setupFunc }),
    ...(disposeFunc && { disposeFunc }),
    kernelFunc: (given) => {
      const kernel = given as unknown as MatMul & { readonly backend: unknown };
      const { inputs, attrs } = kernel;
      const single = [inputs.a, inputs.b].every(({ shape }) => shape.slice(0, -2).every((size) => size === 1));
      if (!single) return original(kernel) as never;
      const made: Tensor[] = [];
      const straight = (matrix: Tensor, transposed: boolean): Tensor => {
        if (!transposed) return matrix;
        const turned = tf.tidy(() => tf.transpose(matrix, [...matrix.shape.slice(0, -2).keys(), matrix.shape.length - 1, matrix.shape.length - 2]));
        made.push(turned);
        return turned;
      };
      const a = straight(inputs.a, attrs.transposeA);
      let b = straight(inputs.b, attrs.transposeB);
      const shape = b.shape.join();
      const before = seen.get(b.dataId);
      if (before === undefined) seen.set(b.dataId, shape);
      else if (before !== shape) {
        b = tf.tidy(() => tf.add(b, 0));
        made.push(b);
      }
      const result = original({ ...kernel, inputs: { a, b }, attrs: { transposeA: false, transposeB: false } });
      tf.dispose(made);
      return result as never;
    },
  });
}
