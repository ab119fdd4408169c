import type { Edit } from '../../lib/document/edit.js';
import type { Channel } from '../../lib/protocol/channel.js';
import type { ToEditor, ToHost } from '../../lib/protocol/messages.js';

export interface QueuedEdit {
  readonly edits: readonly Edit[];
  readonly label: string;
  /** Paths to select once it is done. */
  readonly select?: readonly string[];
}

/** At most one edit is in flight; the rest wait their turn, so that each is applied to a text that has the ones before it. */
export function createEditQueue(
  channel: Channel<ToHost, ToEditor>,
  base: () => number,
  done: (edit: QueuedEdit, version: number) => void,
  refused: (message: string) => void,
): { add(edit: QueuedEdit): void; after(run: () => void): void } {
  const waiting: QueuedEdit[] = [];
  /** What waits until every edit has its answer. */
  const then: (() => void)[] = [];
  let flying = false;
  const next = async () => {
    const edit = waiting.shift();
    if (flying || !edit) return;
    flying = true;
    try {
      const reply = await channel.request({ type: 'edit', base: base(), label: edit.label, edits: edit.edits }, 'edited');
      if (reply.ok) done(edit, reply.version);
      else refused(`${edit.label}: ${reply.reason ?? 'the change no longer applies.'}`);
    } catch (error) {
      refused(`${edit.label}: ${error instanceof Error ? error.message : String(error)}`);
    }
    flying = false;
    if (waiting.length === 0) for (const run of then.splice(0)) run();
    void next();
  };
  return {
    add(edit) {
      waiting.push(edit);
      if (!flying) void next();
    },
    after(run) {
      if (flying || waiting.length > 0) then.push(run);
      else run();
    },
  };
}
