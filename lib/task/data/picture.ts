import { convertIndexedToRgb, decode as decodePng } from 'fast-png';
import { decodeJpeg } from './jpeg.js';

/** An image as it is stored: bytes, channels last, grey (1) or red, green and blue (3). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** Decodes a PNG or JPEG file by its first bytes; or says what is wrong with it. Transparency is dropped, as Pillow's convert("RGB") drops it. */
export function decodePicture(bytes: Uint8Array): Picture | string {
  const kind = kindOf(bytes);
  if (kind === undefined) return bytes.length ? `its first bytes (${[...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}) are neither those of a PNG nor of a JPEG file` : 'it is empty';
  try {
    return kind === 'png' ? png(bytes) : decodeJpeg(bytes);
  } catch (error) {
    const { message, cause } = error as Error & { readonly cause?: Error };
    return `it cannot be decoded: ${cause?.message ?? message}`;
  }
}

/** A cheap look at both ends of a file, which finds most of those that were cut. */
export function looksWhole(start: Uint8Array, end: Uint8Array): string | undefined {
  const kind = kindOf(start);
  if (kind === undefined) return start.length ? 'it is neither a PNG nor a JPEG file' : 'it is empty';
  const tail = Buffer.from(end);
  if (kind === 'png') return tail.includes('IEND', 0, 'latin1') ? undefined : 'it ends without the chunk IEND: it was cut';
  return tail.includes(Buffer.from([0xff, 0xd9])) ? undefined : 'it ends without the marker FF D9: it was cut';
}

function kindOf(bytes: Uint8Array): 'png' | 'jpeg' | undefined {
  if (bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47) return 'png';
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff ? 'jpeg' : undefined;
}

function png(bytes: Uint8Array): Picture {
  const image = decodePng(bytes, { checkCrc: true });
  const { width, height, channels, depth, palette } = image;
  const count = width * height;
  if (palette && channels === 1) {
    const colours = convertIndexedToRgb(image);
    return { width, height, channels: 3, data: strip(colours, count, colours.length / count, 3) };
  }
  if (depth < 8) return { width, height, channels: 1, data: unpack(image.data, width, height, depth) };
  // Of 16 bits the high byte counts, as in Pillow.
  const data = depth === 16 ? Uint8Array.from(image.data, (value) => value >> 8) : Uint8Array.from(image.data);
  if (data.length !== count * channels) throw new Error(`${data.length} bytes of ${count * channels} are there`);
  const kept = channels < 3 ? 1 : 3;
  return { width, height, channels: kept, data: strip(data, count, channels, kept) };
}

/** Drops the channels behind the first `kept`. */
function strip(data: Uint8Array, count: number, channels: number, kept: number): Uint8Array {
  if (channels === kept) return data;
  const result = new Uint8Array(count * kept);
  for (let i = 0; i < count; i++) for (let c = 0; c < kept; c++) result[i * kept + c] = data[i * channels + c] as number;
  return result;
}

/** Grey values of 1, 2 or 4 bits, each row beginning at a byte, spread to 0 to 255. */
function unpack(data: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array {
  const perByte = 8 / depth;
  const most = 2 ** depth - 1;
  const row = Math.ceil(width / perByte);
  if (data.length !== row * height) throw new Error(`${data.length} bytes of ${row * height} are there`);
  const result = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const byte = data[y * row + Math.floor(x / perByte)] as number;
      result[y * width + x] = (((byte >> (8 - depth * ((x % perByte) + 1))) & most) * 255) / most;
    }
  return result;
}
