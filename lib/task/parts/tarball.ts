import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Unpacks those files of an npm tarball that `keep` wants, without the folder that all of them stand in. Throws an Error where it is no such tarball. */
export function unpack(tarball: string, folder: string, keep: (name: string) => boolean = () => true): void {
  for (const { name, data, executable } of entries(gunzipSync(readFileSync(tarball)))) {
    const inner = name.split('/').slice(1).join('/');
    if (inner === '' || !keep(inner)) continue;
    const file = path.resolve(folder, inner);
    if (!file.startsWith(path.resolve(folder) + path.sep)) throw new Error(`${tarball} holds ${name}, which lies outside`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, data, { mode: executable ? 0o755 : 0o644 });
  }
}

interface Entry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly executable: boolean;
}

const block = 512;

/** The plain files of a tar archive (POSIX ustar with pax and GNU's long names). Links are not followed: packages have none. */
function* entries(archive: Buffer): Iterable<Entry> {
  let long: string | undefined;
  for (let at = 0; at + block <= archive.length; ) {
    const header = archive.subarray(at, at + block);
    if (header[0] === 0) return;
    const size = Number.parseInt(text(header, 124, 12).trim() || '0', 8);
    if (!Number.isFinite(size) || text(header, 257, 5) !== 'ustar') throw new Error('it is no tar archive');
    const data = archive.subarray(at + block, at + block + size);
    at += block + Math.ceil(size / block) * block;
    const type = text(header, 156, 1);
    if (type === 'x') long = /(?:^|\n)\d+ path=(.*)\n/.exec(data.toString('utf8'))?.[1];
    else if (type === 'L') long = data.toString('utf8').replace(/\0+$/, '');
    else {
      const prefix = text(header, 345, 155);
      if (type === '' || type === '0') yield { name: long ?? (prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`), data, executable: (Number.parseInt(text(header, 100, 8).trim(), 8) & 0o111) !== 0 };
      long = undefined;
    }
  }
}

/** A field of a header, up to its first zero. */
function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}
