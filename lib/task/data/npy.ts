import { openAccess, type Place } from './files.js';
import { DataProblem } from './problem.js';

/** An array of NumPy, row-major, read row by row along axis 0. */
export interface NpyArray {
  /** For messages: "data/x.npy", "x in data/d.npz". */
  readonly shown: string;
  readonly shape: readonly number[];
  /** "uint8", "float64". */
  readonly dtype: string;
  readonly kind: 'integer' | 'float';
  /** Elements of one row. */
  readonly rowSize: number;
  /** The values of a row as numbers; those of int64 beyond 2^53 lose digits, as in float64. */
  row(index: number): ArrayLike<number>;
}

interface Type {
  readonly dtype: string;
  readonly kind: 'integer' | 'float';
  readonly width: number;
  read(bytes: ArrayBuffer): ArrayLike<number>;
}

const types: Readonly<Record<string, Type>> = {
  b1: { dtype: 'bool', kind: 'integer', width: 1, read: (bytes) => new Uint8Array(bytes) },
  u1: { dtype: 'uint8', kind: 'integer', width: 1, read: (bytes) => new Uint8Array(bytes) },
  i1: { dtype: 'int8', kind: 'integer', width: 1, read: (bytes) => new Int8Array(bytes) },
  u2: { dtype: 'uint16', kind: 'integer', width: 2, read: (bytes) => new Uint16Array(bytes) },
  i2: { dtype: 'int16', kind: 'integer', width: 2, read: (bytes) => new Int16Array(bytes) },
  u4: { dtype: 'uint32', kind: 'integer', width: 4, read: (bytes) => new Uint32Array(bytes) },
  i4: { dtype: 'int32', kind: 'integer', width: 4, read: (bytes) => new Int32Array(bytes) },
  u8: { dtype: 'uint64', kind: 'integer', width: 8, read: (bytes) => Float64Array.from(new BigUint64Array(bytes), Number) },
  i8: { dtype: 'int64', kind: 'integer', width: 8, read: (bytes) => Float64Array.from(new BigInt64Array(bytes), Number) },
  f4: { dtype: 'float32', kind: 'float', width: 4, read: (bytes) => new Float32Array(bytes) },
  f8: { dtype: 'float64', kind: 'float', width: 8, read: (bytes) => new Float64Array(bytes) },
};

/** Opens an .npy file. `setting` is the word of the recipe that names it. */
export function openNpy(place: Place, setting: string): NpyArray {
  const { size, read } = openAccess(place);
  return readNpy(place.shown, size, read, setting);
}

/** Reads the header of the NPY format (numpy.lib.format), versions 1 to 3, and compares the length with what it says. */
export function readNpy(shown: string, size: number, read: (start: number, length: number) => Buffer, setting: string): NpyArray {
  const wrong = (code: 'data-corrupt' | 'data-dtype' | 'data-shape', message: string): DataProblem => new DataProblem(code, `${shown}: ${message}`, [setting]);
  const start = read(0, Math.min(size, 12));
  if (start.length < 10 || start.toString('latin1', 0, 6) !== '\u0093NUMPY') throw wrong('data-corrupt', `it does not begin with \\x93NUMPY, so it is no .npy file.`);
  const version = start[6] as number;
  if (version < 1 || version > 3) throw wrong('data-corrupt', `version ${version} of the format is not known (byte 6).`);
  const fixed = version === 1 ? 10 : 12;
  const length = version === 1 ? start.readUInt16LE(8) : start.length < 12 ? 0 : start.readUInt32LE(8);
  if (fixed + length > size) throw wrong('data-corrupt', `its header ends at byte ${fixed + length}, the file at byte ${size}.`);
  const header = read(fixed, length).toString('latin1');
  const [descr, fortran, dims] = [/'descr':\s*'([^']*)'/.exec(header)?.[1], /'fortran_order':\s*(True|False)/.exec(header)?.[1], /'shape':\s*\(([^)]*)\)/.exec(header)?.[1]];
  if (descr === undefined && /'descr':\s*\[/.test(header)) throw wrong('data-dtype', 'records with named fields are not read; save each field as an array of its own.');
  if (descr === undefined || fortran === undefined || dims === undefined) throw wrong('data-corrupt', `its header says neither dtype nor shape: ${header.trim().slice(0, 80)}`);
  const type = types[descr.slice(1)];
  if (!type) throw wrong('data-dtype', `values of ${descr === '|O' ? 'Python objects' : `dtype ${JSON.stringify(descr)}`} are not read; save it as one of ${Object.values(types).map(({ dtype }) => dtype).join(', ')}.`);
  if (descr.startsWith('>')) throw wrong('data-dtype', `its values are big-endian (${descr}); save x.astype(${JSON.stringify(`<${descr.slice(1)}`)}).`);
  const shape = dims.split(',').map((each) => each.trim()).filter(Boolean).map(Number);
  if (!shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) throw wrong('data-corrupt', `its shape (${dims}) is not one.`);
  if (!shape.length) throw wrong('data-shape', 'it is a single number; samples lie along axis 0.');
  if (fortran === 'True' && shape.length > 1) throw wrong('data-shape', 'its values are in Fortran order, in which a sample is scattered over the file; save np.ascontiguousarray(x).');
  const [count = 0, ...each] = shape;
  const rowSize = each.reduce((all, dim) => all * dim, 1);
  const bytes = rowSize * type.width;
  const data = fixed + length;
  if (data + count * bytes > size) throw wrong('data-corrupt', `shape (${shape.join(', ')}) of ${type.dtype} takes ${(data + count * bytes).toLocaleString('en-US')} bytes, but the file ends at byte ${size.toLocaleString('en-US')}, in row ${Math.floor((size - data) / Math.max(1, bytes))}.`);
  if (data + count * bytes < size) throw wrong('data-corrupt', `shape (${shape.join(', ')}) of ${type.dtype} ends at byte ${data + count * bytes}, and ${size - data - count * bytes} more bytes follow.`);
  return {
    shown,
    shape,
    dtype: type.dtype,
    kind: type.kind,
    rowSize,
    row(index) {
      const part = read(data + index * bytes, bytes);
      return type.read(part.buffer.slice(part.byteOffset, part.byteOffset + bytes) as ArrayBuffer);
    },
  };
}
