/** Bilinear resizing along one axis, pixel centres aligned: `x` is [outer, size, inner], the result [outer, out, inner]. */
export function resizeAxis(x: Float32Array, outer: number, size: number, inner: number, out: number): Float32Array {
  if (size === out) return x;
  const result = new Float32Array(outer * out * inner);
  for (let o = 0; o < out; o++) {
    const place = Math.min(size - 1, Math.max(0, ((o + 0.5) * size) / out - 0.5));
    const low = Math.floor(place);
    const high = Math.min(size - 1, low + 1);
    const share = place - low;
    for (let a = 0; a < outer; a++)
      for (let i = 0; i < inner; i++) {
        const [from, to] = [x[(a * size + low) * inner + i] as number, x[(a * size + high) * inner + i] as number];
        result[(a * out + o) * inner + i] = from + share * (to - from);
      }
  }
  return result;
}
