import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DataProblem } from './problem.js';

/** A file as the recipe names it and as the system finds it. */
export interface Place {
  readonly shown: string;
  readonly absolute: string;
}

/** A path of the recipe, which is relative to the folder of the design. */
export const placeOf = (home: string, written: string): Place => ({ shown: written, absolute: path.resolve(home, written) });

export const within = ({ shown, absolute }: Place, name: string): Place => ({ shown: path.posix.join(shown.replaceAll('\\', '/'), name), absolute: path.join(absolute, name) });

/** Refuses what is not there, or is a folder where a file is wanted and the other way round. */
export function requirePlace(place: Place, kind: 'file' | 'folder', setting: string): void {
  let found;
  try {
    found = statSync(place.absolute, { throwIfNoEntry: false });
  } catch (error) {
    const { message, code } = unreadable(place.shown, error);
    throw new DataProblem(code, message, [setting]);
  }
  if (!found) throw new DataProblem('data-missing', `There is no ${kind} ${place.shown} (${place.absolute}).`, [setting]);
  if (kind === 'folder' ? !found.isDirectory() : !found.isFile()) throw new DataProblem('data-missing', `${place.shown} is not a ${kind} (${place.absolute}).`, [setting]);
}

/** The first of these files that is in one of these subfolders, as it is or as .gz. */
export function findFile(folder: Place, subfolders: readonly string[], names: readonly string[], hint = ''): Place {
  for (const sub of ['', ...subfolders])
    for (const name of names)
      for (const ending of ['', '.gz']) {
        const place = within(folder, path.posix.join(sub, name + ending));
        if (existsSync(place.absolute)) return place;
      }
  throw new DataProblem('data-missing', `There is no ${names[0]} in ${folder.shown} (${folder.absolute}).${hint}`, ['path']);
}

/** The bytes of a file; a .gz file is unpacked, and its checksum compared. */
export function readBytes(place: Place): Uint8Array {
  const bytes = read(place);
  if (!place.shown.endsWith('.gz')) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'Z_BUF_ERROR' ? `it ends in the middle, after ${bytes.length.toLocaleString('en-US')} bytes` : message;
    throw new DataProblem('data-corrupt', `${place.shown} cannot be unpacked: ${why}.`, ['path']);
  }
}

function read({ shown, absolute }: Place): Uint8Array {
  try {
    return readFileSync(absolute);
  } catch (error) {
    throw unreadable(shown, error);
  }
}

/** Reads parts of a file without holding all of it. */
export interface RandomAccess {
  readonly size: number;
  /** Exactly these bytes; a file that has become shorter is a problem. */
  read(start: number, length: number): Buffer;
  close(): void;
}

/** Files up to this size are held in memory. */
const held = 512 * 1024 * 1024;

export function openAccess(place: Place, inMemory = held): RandomAccess {
  const { shown, absolute } = place;
  const { size } = statSync(absolute);
  const whole = (bytes: Buffer, length: number): Buffer => {
    if (bytes.length < length) throw new DataProblem('data-corrupt', `${shown} ends at byte ${size.toLocaleString('en-US')}; more is needed.`);
    return bytes;
  };
  if (size <= inMemory) {
    const all = Buffer.from(read(place));
    return { size, read: (start, length) => whole(all.subarray(start, start + length), length), close: () => undefined };
  }
  const descriptor = openSync(absolute, 'r');
  return {
    size,
    read(start, length) {
      const bytes = Buffer.allocUnsafe(length);
      let got = 0;
      for (let more = -1; got < length && more !== 0; got += more) more = readSync(descriptor, bytes, got, length - got, start + got);
      return whole(bytes.subarray(0, got), length);
    },
    close: () => closeSync(descriptor),
  };
}

export function unreadable(shown: string, error: unknown): DataProblem {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new DataProblem('data-missing', `There is no file ${shown}.`);
  const missing: Readonly<Record<string, string>> = { EACCES: 'no permission', EISDIR: 'it is a folder', ELOOP: 'a link on its path leads back to itself', ENAMETOOLONG: 'its name is too long', ENOTDIR: 'a part of its path is a file' };
  const known = missing[code ?? ''];
  return new DataProblem(known ? 'data-missing' : 'data-corrupt', `${shown} cannot be read: ${known ?? message}.`);
}
