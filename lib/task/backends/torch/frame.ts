import type { HostTensor } from '../backend.js';

export type DType = 'float32' | 'int32' | 'int64';

/** A tensor as it travels: values in row-major order, little-endian. */
export interface Packed {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A message: one line of JSON, then the bytes of the tensors that it lists. */
export interface Frame {
  readonly message: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, Packed>;
}

const widths: Readonly<Record<DType, number>> = { float32: 4, int32: 4, int64: 8 };

/** No line of JSON is longer; what is, is none. */
const longest = 64 * 2 ** 20;

export function pack({ shape, data }: HostTensor): Packed {
  return { dtype: data instanceof Int32Array ? 'int32' : 'float32', shape, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

export function floats({ dtype, data }: Packed): Float32Array {
  const { buffer } = copied(data);
  return dtype === 'float32' ? new Float32Array(buffer) : Float32Array.from(dtype === 'int32' ? new Int32Array(buffer) : new BigInt64Array(buffer), Number);
}

export function integers({ data }: Packed): Float64Array {
  return Float64Array.from(new BigInt64Array(copied(data).buffer), Number);
}

/** In memory of its own: what arrived begins at any byte, and the slice of a Buffer shares its memory. */
const copied = (data: Uint8Array): Uint8Array => Uint8Array.from(data);

/** The parts of a message, to be written one after the other. */
export function encode({ message, tensors }: Frame): readonly Uint8Array[] {
  const specs = [...tensors].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const line = `${JSON.stringify(specs.length ? { ...message, tensors: specs } : message)}\n`;
  return [new TextEncoder().encode(line), ...[...tensors.values()].map(({ data }) => data)];
}

/** Puts messages together from what arrives. Calls `garbage` with a piece of it where that is no message. */
export function createDecoder(seen: (frame: Frame) => void, garbage: (text: string) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let length = 0;
  /** Bytes without which nothing can be done. */
  let needed = 1;
  let head: { readonly message: Frame['message']; readonly specs: readonly { readonly name: string; readonly dtype: DType; readonly shape: readonly number[]; readonly bytes: number }[] } | undefined;
  let broken = false;
  const refuse = (text: string): void => {
    broken = true;
    garbage(text);
  };
  const step = (all: Buffer): Buffer | undefined => {
    if (!head) {
      const end = all.indexOf(10);
      if (end < 0) {
        if (all.length > longest) refuse(all.toString('latin1', 0, 200));
        needed = all.length + 1;
        return undefined;
      }
      const read = header(all.toString('utf8', 0, end));
      if (!read) {
        refuse(all.toString('utf8', 0, Math.min(end, 200)));
        return undefined;
      }
      head = read;
      return all.subarray(end + 1);
    }
    const total = head.specs.reduce((sum, { bytes }) => sum + bytes, 0);
    if (all.length < total) {
      needed = total;
      return undefined;
    }
    const tensors = new Map<string, Packed>();
    let at = 0;
    for (const { name, dtype, shape, bytes } of head.specs) tensors.set(name, { dtype, shape, data: all.subarray(at, (at += bytes)) });
    const { message } = head;
    head = undefined;
    needed = 1;
    seen({ message, tensors });
    return all.subarray(total);
  };
  return (chunk) => {
    if (broken) return;
    chunks.push(chunk);
    length += chunk.length;
    if (length < needed) return;
    let rest = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    while (!broken && (rest.length || head)) {
      const next = step(rest);
      if (!next) break;
      rest = next;
    }
    chunks = rest.length ? [rest] : [];
    length = rest.length;
  };
}

function header(line: string) {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return undefined;
  const { tensors = [], ...message } = read as Record<string, unknown>;
  if (!Array.isArray(tensors)) return undefined;
  const specs = [];
  for (const each of tensors as readonly unknown[]) {
    const { name, dtype, shape } = (each ?? {}) as { readonly name?: unknown; readonly dtype?: unknown; readonly shape?: unknown };
    if (typeof name !== 'string' || typeof dtype !== 'string' || !Object.hasOwn(widths, dtype) || !Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return undefined;
    const kind = dtype as DType;
    specs.push({ name, dtype: kind, shape: shape as readonly number[], bytes: (shape as readonly number[]).reduce((all, size) => all * size, widths[kind]) });
  }
  return { message, specs };
}
