import { type Place, readBytes } from './files.js';
import { DataProblem } from './problem.js';

/** An array of bytes from an IDX file, the format of MNIST (http://yann.lecun.com/exdb/mnist). */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const types: Readonly<Record<number, string>> = { 0x08: 'uint8', 0x09: 'int8', 0x0b: 'int16', 0x0c: 'int32', 0x0d: 'float32', 0x0e: 'float64' };

/** Reads an IDX file of bytes with so many axes. Its length has to be what its header says, to the byte. */
export function readIdx(place: Place, axes: number): IdxArray {
  const bytes = readBytes(place);
  const wrong = (message: string): DataProblem => new DataProblem('data-corrupt', `${place.shown}: ${message}`, ['path']);
  const header = 4 + 4 * axes;
  if (bytes.length < header) throw wrong(`${bytes.length} bytes are no IDX file; its header alone has ${header}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [zero, type, rank] = [view.getUint16(0), bytes[2] as number, bytes[3] as number];
  if (zero !== 0 || types[type] === undefined) throw wrong(`the first four bytes are ${[...bytes.subarray(0, 4)].join(' ')}, not the mark of an IDX file (0 0 8 ${axes}).`);
  if (types[type] !== 'uint8') throw new DataProblem('data-dtype', `${place.shown}: the values are ${types[type]} (byte 2 is ${type}); images and labels are uint8 (8).`, ['path']);
  if (rank !== axes) throw new DataProblem('data-shape', `${place.shown} has ${rank} axes (byte 3); ${axes === 3 ? 'images have 3' : 'labels have 1'}.`, ['path']);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const [count = 0, ...each] = shape;
  const size = each.reduce((all, dim) => all * dim, 1);
  const data = bytes.subarray(header);
  if (data.length < count * size) throw wrong(`the header says ${count} × ${size} bytes, but the file ends at byte ${bytes.length} of ${header + count * size}, in entry ${Math.floor(data.length / Math.max(1, size))}.`);
  if (data.length > count * size) throw wrong(`the header says ${count} × ${size} bytes, and ${data.length - count * size} more follow at byte ${header + count * size}.`);
  return { shape, data };
}
