import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';

/** What bytes are written with; a test puts a disk in its place that fails. */
export interface Disk {
  /** Answers how many bytes were written, which may be fewer. */
  write(descriptor: number, bytes: Uint8Array): number;
  sync(descriptor: number): void;
}

export const systemDisk: Disk = { write: (descriptor, bytes) => writeSync(descriptor, bytes), sync: fsyncSync };

/** A file of a run that cannot be written; the message names it, the reason and the disk. */
export class DiskError extends Error {
  constructor(
    readonly file: string,
    /** Whether there is no more room. */
    readonly full: boolean,
    reason: string,
  ) {
    super(`${file} cannot be written: ${reason}`);
  }
}

/** Adds bytes at the end of a file. */
export function appendTo(file: string, bytes: Uint8Array, disk: Disk): void {
  told(file, () => {
    const descriptor = openSync(file, 'a');
    try {
      writeAll(descriptor, bytes, disk);
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Makes a folder and those around it; what is there already is enough. */
export function makeFolder(folder: string): void {
  told(folder, () => void mkdirSync(folder, { recursive: true }));
}

/** Writes a file whole: under another name, through to the disk, then in place of the old one, which is there until that moment. */
export function replaceFile(file: string, bytes: Uint8Array, disk: Disk = systemDisk): void {
  told(file, () => {
    const fresh = `${file}.${process.pid}`;
    try {
      const descriptor = openSync(fresh, 'w');
      try {
        writeAll(descriptor, bytes, disk);
        disk.sync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renamed(fresh, file);
    } catch (error) {
      // Half a file would take the room that the last record needs.
      rmSync(fresh, { force: true });
      throw error;
    }
    syncFolder(path.dirname(file));
  });
}

/** Windows refuses for the moment that somebody reads the old file. */
function renamed(from: string, to: string): void {
  for (let tries = 0; ; tries++) {
    try {
      return renameSync(from, to);
    } catch (error) {
      if (process.platform !== 'win32' || tries === 10) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function writeAll(descriptor: number, bytes: Uint8Array, disk: Disk): void {
  for (let at = 0; at < bytes.length; ) at += disk.write(descriptor, bytes.subarray(at));
}

/** The new name is on the disk too; Windows opens no folders. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return;
  }
}

/** Does what writes a file or folder; where that fails, the error says what and why. */
export function told<T>(file: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const disk = `the disk ${diskOf(file)}`;
    const reasons: Readonly<Record<string, string>> = {
      ENOSPC: `${disk} is full`,
      EDQUOT: `the quota on ${disk} is used up`,
      EFBIG: `it would be larger than files may be here (ulimit -f, or ${disk})`,
      EROFS: `${disk} is read-only`,
      EIO: `${disk} fails`,
      ENOENT: 'its folder is gone',
      ENOTDIR: 'a part of its path is a file',
      EEXIST: 'there is a file of that name',
      EACCES: 'that is not allowed',
      EPERM: 'that is not allowed',
      ELOOP: 'a link on its path leads back to itself',
      ENAMETOOLONG: 'its name is too long',
    };
    throw new DiskError(file, code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG', reasons[code ?? ''] ?? message);
  }
}

/** "/mnt/data (2.1 GB, 0 bytes free)". */
function diskOf(file: string): string {
  const mounted = mountOf(path.resolve(file));
  try {
    const { bsize, blocks, bavail } = statfsSync(path.dirname(file));
    return `${mounted} (${size(blocks * bsize)}, ${size(bavail * bsize)} free)`;
  } catch {
    return mounted;
  }
}

/** Where the file's disk is mounted, as far as the system tells. */
function mountOf(file: string): string {
  let found = path.parse(file).root;
  try {
    for (const line of readFileSync('/proc/self/mounts', 'utf8').split('\n')) {
      const place = (line.split(' ')[1] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
      if (place.length > found.length && file.startsWith(place.endsWith('/') ? place : `${place}/`)) found = place;
    }
  } catch {
    return found;
  }
  return found;
}

function size(bytes: number): string {
  const power = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return power === 0 ? `${bytes} bytes` : `${(bytes / 1000 ** power).toPrecision(3)} ${['', 'kB', 'MB', 'GB', 'TB'][power]}`;
}
