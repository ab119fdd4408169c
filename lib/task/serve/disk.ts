import { readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { reason } from '../system-error.js';

/** What stands in the file now. `bytes` is there when it is no UTF-8 text: such a file is shown and never written. */
export type DiskText = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'missing' } | { readonly kind: 'binary' } | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads a file whole; total. A byte order mark stays in the text, so that saving keeps it. */
export function readDisk(file: string): DiskText {
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file)) };
  } catch (error) {
    if (error instanceof TypeError) return { kind: 'binary' };
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'missing' };
    return { kind: 'unreadable', reason: reason(error) };
  }
}

/** Writes whole or not at all: a crash in the middle leaves the old file. */
export function writeDisk(file: string, text: string): void {
  const temporary = path.join(path.dirname(file), `.netwright-${process.pid}.tmp`);
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Calls `changed` some time after the file was written, replaced, deleted or made; returns what ends that. Its folder is watched, since editors replace files. */
export function watchDisk(file: string, changed: () => void): () => void {
  const name = path.basename(file);
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(path.dirname(file), { persistent: false }, (_event, touched) => {
    if (touched !== null && touched !== name) return;
    clearTimeout(timer);
    // Writers truncate first and fill later: the rest after the last event is waited for.
    timer = setTimeout(changed, 60);
  });
  watcher.on('error', () => undefined);
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
