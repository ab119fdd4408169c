/** A tensor outside any backend, in row-major order. */
export interface Weight {
  readonly shape: readonly number[];
  readonly dtype: 'F32' | 'I64';
  /** int64 values are held as numbers (exact up to 2⁵³). */
  readonly data: Float32Array | Float64Array;
}
export type Weights = ReadonlyMap<string, Weight>;

/** The SafeTensors format (https://github.com/huggingface/safetensors): 8 bytes of header length, a JSON header padded with spaces to 8 bytes, then the data. */
export function writeSafeTensors(weights: Weights, metadata?: Readonly<Record<string, string>>): Uint8Array {
  const header: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (metadata) header['__metadata__'] = metadata;
  let offset = 0;
  for (const [name, { shape, dtype, data }] of weights) {
    const bytes = data.length * width[dtype];
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + offset).fill(0x20, 8, 8 + headerBytes);
  file.set(json, 8);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  let at = 8 + headerBytes;
  for (const { dtype, data } of weights.values()) {
    if (dtype === 'F32' && littleEndian && data instanceof Float32Array) file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    else if (dtype === 'F32') for (let i = 0; i < data.length; i++) view.setFloat32(at + 4 * i, data[i] as number, true);
    else for (let i = 0; i < data.length; i++) view.setBigInt64(at + 8 * i, BigInt(Math.trunc(data[i] as number)), true);
    at += data.length * width[dtype];
  }
  return file;
}

/** Reads a SafeTensors file; throws an Error that says what is wrong with it. Only float32 and int64 tensors are held by Netwright's files. */
export function readSafeTensors(file: Uint8Array): Weights {
  const { view, headerBytes, header } = headerOf(file);
  const weights = new Map<string, Weight>();
  for (const [name, { dtype, shape, data_offsets: range }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    if (dtype !== 'F32' && dtype !== 'I64') throw new Error(`${name} has dtype ${dtype}; only F32 and I64 are read`);
    const count = shape.reduce((product, dim) => product * dim, 1);
    const start = 8 + headerBytes + range[0];
    if (range[1] - range[0] !== count * width[dtype] || 8 + headerBytes + range[1] > file.byteLength) throw new Error(`${name}: bytes ${range[0]} to ${range[1]} do not hold ${shape.join(' × ')} values of ${dtype}`);
    const data = dtype === 'F32' ? new Float32Array(count) : new Float64Array(count);
    if (data instanceof Float32Array && littleEndian) new Uint8Array(data.buffer).set(file.subarray(start, start + 4 * count));
    else for (let i = 0; i < count; i++) data[i] = dtype === 'F32' ? view.getFloat32(start + 4 * i, true) : Number(view.getBigInt64(start + 8 * i, true));
    weights.set(name, { shape, dtype, data });
  }
  return weights;
}

/** The texts that stand beside the tensors of a SafeTensors file. */
export function readMetadata(file: Uint8Array): Readonly<Record<string, string>> {
  return (headerOf(file).header as Record<string, unknown>)['__metadata__'] as Record<string, string> | undefined ?? {};
}

function headerOf(file: Uint8Array) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.byteLength < 8) throw new Error(`not SafeTensors: ${file.byteLength} bytes, shorter than the length field`);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (8 + headerBytes > file.byteLength) throw new Error(`not SafeTensors: a header of ${headerBytes} bytes in a file of ${file.byteLength}`);
  const header = JSON.parse(new TextDecoder('utf-8').decode(file.subarray(8, 8 + headerBytes))) as Record<string, { readonly dtype: string; readonly shape: readonly number[]; readonly data_offsets: readonly [number, number] }>;
  return { view, headerBytes, header };
}

/** The order of bytes of nearly every machine is the file's: values are copied as they lie. */
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const width = { F32: 4, I64: 8 } as const;
