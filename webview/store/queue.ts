import type { Edit } from '../../lib/document/edit.js';
import type { Channel } from '../../lib/protocol/channel.js';
import type { ToEditor, ToHost } from '../../lib/protocol/messages.js';

export interface QueuedEdit {
  readonly edits: readonly Edit[];
  readonly label: string;
  /** Paths to select once it is done. */
  readonly select?: readonly string[];
}

export interface EditQueue {
  add(edit: QueuedEdit): void;
  /** Runs what needs the text with every edit before it: at once where nothing is under way, else in its turn. */
  after(run: () => void): void;
  /** The document has come: what waited for its text goes on. */
  arrived(): void;
  /** Whether something is under way that will select what it made. */
  selects(): boolean;
}

/** At most one edit is in flight; the rest wait their turn, so that each is applied to a text that has the ones before it. */
export function createEditQueue(
  channel: Channel<ToHost, ToEditor>,
  base: () => number,
  done: (edit: QueuedEdit, version: number) => void,
  refused: (message: string) => void,
): EditQueue {
  const waiting: QueuedEdit[] = [];
  /** What waits until every edit has its answer and its text. */
  const then: (() => void)[] = [];
  let flying: QueuedEdit | undefined;
  /** The version that the last edit has made. */
  let made = 0;
  const isCurrent = () => flying === undefined && waiting.length === 0 && base() >= made;
  // What goes on may send an edit, for which the rest waits again.
  const goOn = () => {
    while (then.length > 0 && isCurrent()) then.shift()?.();
  };
  const next = async () => {
    const edit = flying ? undefined : waiting.shift();
    if (!edit) return;
    flying = edit;
    try {
      const reply = await channel.request({ type: 'edit', base: base(), label: edit.label, edits: edit.edits }, 'edited');
      if (reply.ok) {
        made = reply.version;
        done(edit, reply.version);
      } else refused(`${edit.label}: ${reply.reason ?? 'the change no longer applies.'}`);
    } catch (error) {
      refused(`${edit.label}: ${error instanceof Error ? error.message : String(error)}`);
    }
    flying = undefined;
    goOn();
    void next();
  };
  return {
    add(edit) {
      waiting.push(edit);
      void next();
    },
    after(run) {
      then.push(run);
      goOn();
    },
    arrived: goOn,
    selects: () => then.length > 0 || [flying, ...waiting].some((edit) => edit?.select !== undefined),
  };
}
