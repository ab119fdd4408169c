import { inflateRawSync } from 'node:zlib';
import { crc32 } from './crc.js';
import { openAccess, type Place } from './files.js';
import { DataProblem } from './problem.js';

/** The members of a ZIP archive by name, unpacked when they are asked for. Sizes come from the central directory; checksums are compared. */
export function readZip(place: Place): ReadonlyMap<string, () => Buffer> {
  const file = openAccess(place);
  const wrong = (message: string): DataProblem => new DataProblem('data-corrupt', `${place.shown}: ${message}`, ['path']);
  const tail = file.read(Math.max(0, file.size - 65_557), Math.min(file.size, 65_557));
  const end = tail.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
  if (end < 0 || end + 22 > tail.length) throw wrong(`it has no directory at its end, so it is no .npz file or was cut at byte ${file.size.toLocaleString('en-US')}.`);
  const [count, size, start] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (start === 0xffffffff || start + size > file.size) throw wrong(start === 0xffffffff ? 'archives above 4 GB are not read; save the arrays as .npy files.' : `its directory lies at byte ${start}, behind its end.`);
  const directory = file.read(start, size);
  const members = new Map<string, () => Buffer>();
  for (let at = 0, i = 0; i < count; i++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50) throw wrong(`entry ${i} of its directory, at byte ${start + at}, is damaged.`);
    const [method, crc, packed, whole, local] = [directory.readUInt16LE(at + 10), directory.readUInt32LE(at + 16), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 24), directory.readUInt32LE(at + 42)];
    const [named, extra, comment] = [directory.readUInt16LE(at + 28), directory.readUInt16LE(at + 30), directory.readUInt16LE(at + 32)];
    const name = directory.toString('utf8', at + 46, at + 46 + named);
    members.set(name, () => {
      if (packed === 0xffffffff || whole === 0xffffffff) throw wrong(`${name} is above 4 GB; save it as an .npy file.`);
      if (method !== 0 && method !== 8) throw wrong(`${name} is packed with method ${method}; NumPy writes 0 or 8.`);
      const header = file.read(local, 30);
      if (header.readUInt32LE(0) !== 0x04034b50) throw wrong(`${name} does not begin at byte ${local}, where the directory says.`);
      const bytes = file.read(local + 30 + header.readUInt16LE(26) + header.readUInt16LE(28), packed);
      let data: Buffer;
      try {
        data = method === 8 ? inflateRawSync(bytes, { maxOutputLength: Math.max(1, whole) }) : bytes;
      } catch (error) {
        throw wrong(`${name} cannot be unpacked: ${(error as Error).message}.`);
      }
      if (data.length !== whole || crc32(data) !== crc) throw wrong(`the checksum of ${name} is not that of the directory.`);
      return data;
    });
    at += 46 + named + extra + comment;
  }
  return members;
}
