import path from 'node:path';
import { openChannel, type Wire } from '../../protocol/channel.js';
import type { EditorSettings, HostCommand, ToEditor, ToHost } from '../../protocol/messages.js';
import { createSession } from '../../session/session.js';
import { readTemplates } from './assets.js';
import { readDisk, watchDisk, writeDisk } from './disk.js';
import { createRuns } from './runs.js';

/** The host of one file for any number of pages: it holds the document, its history, the file on disk and the runs. */
export interface Desk {
  /** Joins a page; returns what ends that. */
  join(wire: Wire<ToEditor, ToHost>): () => void;
  close(): void;
}

export interface DeskOptions {
  readonly file: string;
  /** The package's folder: templates and the built command are found in it. */
  readonly packageFolder: string;
}

export function openDesk({ file, packageFolder }: DeskOptions): Desk {
  const name = path.basename(file);
  const disk = readDisk(file);
  const readOnly = disk.kind === 'binary' || disk.kind === 'unreadable';
  const session = createSession(disk.kind === 'text' ? disk.text : '');
  /** What we last saw in the file; undefined while it does not exist. */
  let seen = disk.kind === 'text' ? disk.text : undefined;
  const pages = new Set<(message: ToEditor) => void>();
  const tell = (message: ToEditor) => pages.forEach((page) => page(message));
  const warn = (message: string, actions?: Extract<ToEditor, { type: 'notice' }>['actions']) => tell({ type: 'notice', level: 'warning', message, ...(actions && { actions }) });

  const templates = readTemplates(packageFolder);
  const runs = createRuns({ file, packageFolder, tell });
  const settings = (): EditorSettings => ({ trusted: true, readOnly, diff: false, host: 'browser', templates, runLabel: 'Run' });
  const document = (): ToEditor => ({ type: 'document', version: session.version, text: session.text, name, dirty: session.dirty || (seen === undefined && session.text !== '') });
  session.onChange(() => tell(document()));

  /** Writes the text, unless the file has become another one meanwhile: then the person chooses. */
  const save = (force = false): boolean => {
    if (readOnly) {
      warn(`${name} is no UTF-8 text: it is shown and not written.`);
      return false;
    }
    const now = readDisk(file);
    if (!force && now.kind === 'text' && now.text !== seen && now.text !== session.text) {
      conflict();
      return false;
    }
    try {
      writeDisk(file, session.text);
    } catch (error) {
      tell({ type: 'notice', level: 'error', message: `${name} could not be written: ${error instanceof Error ? error.message : String(error)}` });
      return false;
    }
    seen = session.text;
    session.saved();
    return true;
  };
  const conflict = () =>
    warn(`${name} was changed on disk and has unsaved changes here.`, [
      { title: 'Reload from disk', command: 'reload' },
      { title: 'Overwrite the file', command: 'overwrite' },
    ]);
  const takeDisk = () => {
    const now = readDisk(file);
    if (now.kind !== 'text') return warn(`${name} cannot be read from disk any more.`);
    seen = now.text;
    session.setText(now.text, { label: 'Reload from disk', saved: true });
  };
  const stopWatching = watchDisk(file, () => {
    const now = readDisk(file);
    if (now.kind === 'text') {
      if (now.text === seen) return;
      if (now.text === session.text) {
        seen = now.text;
        session.saved(now.text);
      } else if (session.dirty) conflict();
      else takeDisk();
    } else if (now.kind === 'missing' && seen !== undefined) {
      seen = undefined;
      warn(`${name} was deleted or renamed on disk. Save writes it again.`);
      tell(document());
    }
  });

  const commands: Partial<Record<HostCommand, (argument?: string) => void>> = {
    undo: () => void session.undo(),
    redo: () => void session.redo(),
    save: () => void save(),
    reload: takeDisk,
    overwrite: () => void save(true),
    openTemplate: (id) => {
      const template = templates.find((t) => t.id === id);
      if (template) session.setText(template.text, { label: `Start from ${template.title}` });
    },
    train: (recipe) => {
      // The run copies the file as it is on disk, so an unsaved document is saved first.
      if ((!session.dirty && seen !== undefined) || save()) runs.train(recipe);
    },
    stop: () => runs.stop(),
    resume: (id) => runs.train(undefined, id),
  };

  return {
    join(wire) {
      const channel = openChannel<ToEditor, ToHost>(wire);
      const page = (message: ToEditor) => channel.send(message);
      channel.on('ready', () => {
        pages.add(page);
        page({ type: 'settings', settings: settings() });
        page(document());
        page({ type: 'runs', runs: runs.all() });
        if (disk.kind === 'binary') page({ type: 'notice', level: 'error', message: `${name} is no UTF-8 text: it is shown and not written.` });
        if (disk.kind === 'unreadable') page({ type: 'notice', level: 'error', message: `${name} cannot be read: ${disk.reason}` });
      });
      channel.answer('edit', ({ edits, base, label }) => {
        if (readOnly) return { type: 'edited' as const, ok: false, reason: `${name} is read-only.`, version: session.version };
        const applied = session.apply(edits, { base, label });
        return 'refused' in applied ? { type: 'edited' as const, ok: false, reason: applied.refused, version: session.version } : { type: 'edited' as const, ok: true, version: applied.version };
      });
      channel.on('command', ({ command, argument }) => commands[command]?.(argument));
      return () => {
        pages.delete(page);
        channel.close();
      };
    },
    close() {
      stopWatching();
      runs.close();
    },
  };
}
