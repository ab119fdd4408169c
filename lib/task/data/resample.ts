/** Bits behind the point of a coefficient, as in Pillow's Resample.c for bytes. */
const precision = 22;

/**
 * An image of bytes, channels last, in another size: the triangle filter of Pillow's Image.resize(BILINEAR), which averages over what a smaller image leaves
 * out. Byte for byte that of Pillow 12; Pillow 13 takes the vertical pass first where that is cheaper, which rounds some bytes to a neighbour.
 */
export function resample(data: Uint8Array, width: number, height: number, channels: number, newWidth: number, newHeight: number): Uint8Array {
  const wide = width === newWidth ? data : pass(data, height, width, channels, newWidth, true);
  return height === newHeight ? wide : pass(wide, newWidth, height, channels, newHeight, false);
}

/** One axis: `lines` of `size` places each, side by side (horizontal) or one above the other. */
function pass(data: Uint8Array, lines: number, size: number, channels: number, out: number, horizontal: boolean): Uint8Array {
  const windows = windowsOf(size, out);
  const result = new Uint8Array(lines * out * channels);
  for (let line = 0; line < lines; line++)
    for (let place = 0; place < out; place++) {
      const { start, weights } = windows[place] as Window;
      for (let c = 0; c < channels; c++) {
        let sum = 1 << (precision - 1);
        for (let k = 0; k < weights.length; k++) {
          const at = horizontal ? line * size + start + k : (start + k) * lines + line;
          sum += (data[at * channels + c] as number) * (weights[k] as number);
        }
        const to = horizontal ? line * out + place : place * lines + line;
        result[to * channels + c] = Math.max(0, Math.min(255, sum >> precision));
      }
    }
  return result;
}

interface Window {
  readonly start: number;
  readonly weights: Int32Array;
}

function windowsOf(size: number, out: number): readonly Window[] {
  const scale = size / out;
  const support = Math.max(1, scale);
  return Array.from({ length: out }, (_, place) => {
    const center = (place + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(size, Math.trunc(center + support + 0.5)) - start;
    const raw = Array.from({ length: count }, (_, k) => Math.max(0, 1 - Math.abs((k + start - center + 0.5) * (1 / support))));
    const sum = raw.reduce((all, weight) => all + weight, 0);
    return { start, weights: Int32Array.from(raw, (weight) => Math.trunc(0.5 + (sum ? weight / sum : weight) * 2 ** precision)) };
  });
}
