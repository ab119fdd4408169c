import os from 'node:os';
import path from 'node:path';
import { appendTo, type Disk, systemDisk } from './disk.js';

/** Writes scalars as TensorBoard's event files: TFRecords of tensorflow.Event messages. */
export interface ScalarWriter {
  write(step: number, scalars: Readonly<Record<string, number>>): void;
}

export function createScalarWriter(folder: string, disk: Disk = systemDisk): ScalarWriter {
  const file = path.join(folder, `events.out.tfevents.${Math.floor(Date.now() / 1000)}.${os.hostname()}`);
  // Field 3 of Event: the version of the format.
  appendTo(file, record([...double(1, Date.now() / 1000), ...bytes(3, text('brain.Event:2'))]), disk);
  return {
    write(step, scalars) {
      const values = Object.entries(scalars).flatMap(([tag, value]) => bytes(1, [...bytes(1, text(tag)), ...float(2, value)]));
      appendTo(file, record([...double(1, Date.now() / 1000), ...varintField(2, step), ...bytes(5, values)]), disk);
    },
  };
}

/** Length, masked CRC of the length, data, masked CRC of the data. */
function record(data: readonly number[]): Uint8Array {
  const out = new Uint8Array(16 + data.length);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(out.subarray(12, 12 + data.length)), true);
  return out;
}

const text = (value: string): readonly number[] => [...new TextEncoder().encode(value)];

function varint(value: number): readonly number[] {
  const out: number[] = [];
  let rest = value;
  while (rest > 127) {
    out.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...out, rest];
}

const varintField = (field: number, value: number): readonly number[] => [field << 3, ...varint(value)];
const bytes = (field: number, data: readonly number[]): readonly number[] => [(field << 3) | 2, ...varint(data.length), ...data];
const double = (field: number, value: number): readonly number[] => [(field << 3) | 1, ...new Uint8Array(new Float64Array([value]).buffer)];
const float = (field: number, value: number): readonly number[] => [(field << 3) | 5, ...new Uint8Array(new Float32Array([value]).buffer)];

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  return c >>> 0;
});

/** CRC-32C, rotated and offset as the TFRecord format wants it. */
function maskedCrc(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] as number);
  crc = (crc ^ 0xffffffff) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
