import { describe, expect, it } from 'vitest';
import { analyze } from '../../lib/analysis/index.js';
import { openChannel } from '../../lib/protocol/channel.js';
import type { ToEditor, ToHost } from '../../lib/protocol/messages.js';
import { createSession } from '../../lib/session/session.js';
import type { Host } from '../../webview/host.js';
import { createEditor, type Editor } from '../../webview/store/editor.js';
import { openAtFirst } from '../../webview/store/opening.js';
import { insert, setWord } from '../../webview/store/operations.js';
import { isEmpty } from '../../webview/store/state.js';
import { isThere, subjectAt } from '../../webview/store/subject.js';

const text = `{
  "nnet": 1,
  "inputs": { "image": { "shape": ["N", 3, 8, 8] } },
  "nodes": {
    "conv": { "op": "Conv2d", "in": ["image"], "out_channels": 8, "kernel_size": 3, "padding": 1 },
    "body": { "op": "Body", "in": ["conv"], "repeat": 2 }
  },
  "outputs": ["body"],
  "blocks": { "Body": { "inputs": ["x"], "nodes": { "act": { "op": "ReLU", "in": ["x"] }, "sum": { "op": "Add", "in": ["act", "x"] } }, "outputs": ["sum"] } }
}
`;

/** An editor before a host that holds a session, as both real hosts do. */
function opened(initial = text, answer: (reply: () => void) => void = queueMicrotask): { editor: Editor; session: ReturnType<typeof createSession>; sent: ToHost[]; settled(): Promise<void> } {
  const session = createSession(initial);
  const sent: ToHost[] = [];
  let receive: (message: ToEditor) => void = () => undefined;
  const document = () => receive({ type: 'document', version: session.version, text: session.text, name: 'a.nnet.json', dirty: session.dirty });
  session.onChange(document);
  const host: Host = {
    kind: 'browser',
    workerUrl: undefined,
    memory: { read: () => null, write: () => undefined },
    channel: openChannel<ToHost, ToEditor>({
      post: (message) => {
        sent.push(message);
        if (message.type !== 'edit') return;
        answer(() => {
          const applied = session.apply(message.edits);
          receive('refused' in applied ? { type: 'edited', id: message.id, ok: false, reason: applied.refused, version: session.version } : { type: 'edited', id: message.id, ok: true, version: session.version });
        });
      },
      listen: (hear) => ((receive = hear), () => undefined),
    }),
  };
  const editor = createEditor(host);
  document();
  return { editor, session, sent, settled: () => new Promise((done) => setTimeout(done, 5)) };
}

describe('the editor\'s state', () => {
  it('selects what an insertion has made, once the document has it', async () => {
    const { editor, session, settled } = opened();
    insert(editor, 'BatchNorm2d', { kind: 'node', path: 'conv' });
    await settled();
    const [selected] = editor.store.get().selection;
    expect(session.analysis.program.node(selected ?? '')?.operator.type).toBe('BatchNorm2d');
    expect(session.parsed.document.root.nodes.get('body')?.in).toEqual([{ name: selected }]);
  });

  it('sends edits one after another, each on what the one before it made', async () => {
    const { editor, session, sent, settled } = opened();
    setWord(editor, 'conv', 'out_channels', 16);
    setWord(editor, 'conv', 'stride', 2);
    expect(sent.filter(({ type }) => type === 'edit')).toHaveLength(1);
    await settled();
    expect(sent.filter(({ type }) => type === 'edit')).toHaveLength(2);
    expect(session.analysis.program.node('conv')?.outputs[0]?.shape?.slice(1)).toEqual([16, 4, 4]);
  });

  it('puts a layer behind the one put in before it, however late the host answers', async () => {
    const late: (() => void)[] = [];
    const { editor, session, sent, settled } = opened(text, (reply) => late.push(reply));
    editor.select(['conv']);
    insert(editor, 'BatchNorm2d');
    // The keyboard is still on the convolution; what comes next follows what is under way.
    expect(editor.isAboutToSelect()).toBe(true);
    insert(editor, 'ReLU');
    editor.command('save');
    expect(sent.filter(({ type }) => type === 'edit')).toHaveLength(1);
    while (late.length > 0) {
      late.shift()?.();
      await settled();
    }
    const { nodes } = session.parsed.document.root;
    expect([...nodes.keys()]).toEqual(['conv', 'bn', 'relu', 'body']);
    expect(nodes.get('relu')?.in).toEqual([{ name: 'bn' }]);
    expect(nodes.get('body')?.in).toEqual([{ name: 'relu' }]);
    expect(editor.store.get().selection).toEqual(['relu']);
    expect(editor.isAboutToSelect()).toBe(false);
    // The save waited for both.
    expect(sent.filter(({ type }) => type === 'edit' || type === 'command').map(({ type }) => type)).toEqual(['edit', 'edit', 'command']);
  });

  it('keeps the last good picture while the text cannot be read, and lets nothing be changed on it', async () => {
    const { editor, session, settled } = opened();
    const before = editor.store.get().analysis;
    session.setText(text.slice(0, 120));
    expect([editor.store.get().analysis === before, typeof editor.store.get().unreadable]).toEqual([true, 'string']);
    setWord(editor, 'conv', 'stride', 2);
    await settled();
    expect(editor.store.get().notices.at(-1)?.message).toContain('cannot be read');
    session.setText(text);
    expect(editor.store.get().unreadable).toBeUndefined();
  });

  it('forgets a selection that a change has removed', () => {
    const { editor, session } = opened();
    editor.select(['conv', 'body[0].act']);
    session.setText(text.replace('"act": { "op": "ReLU", "in": ["x"] }, ', '').replace('"act", ', ''));
    expect(editor.store.get().selection).toEqual(['conv']);
  });

  it('tells the host the places of what is selected', () => {
    const { editor, sent } = opened();
    editor.select(['body[1].sum']);
    expect(sent.at(-1)).toEqual({ type: 'select', paths: [['blocks', 'Body', 'nodes', 'sum']] });
  });

  it('opens a problem with its best fix in focus, and closes it once it is gone', async () => {
    const { editor, session, settled } = opened(text.replace('"out_channels": 8', '"out_channels": 8, "groups": 2'));
    editor.nextProblem(1);
    expect(editor.store.get().problem).toBeDefined();
    session.setText(text);
    await settled();
    expect(editor.store.get().problem).toBeUndefined();
  });

  it('says why a refused edit was refused', async () => {
    const { editor, settled } = opened();
    editor.perform([{ kind: 'renameNode', scope: '', from: 'gone', to: 'x' }], 'Rename');
    await settled();
    expect(editor.store.get().notices.at(-1)?.message).toMatch(/^Rename: .*gone/);
  });
});

describe('what a path names', () => {
  const analysis = analyze(text);
  it('is found through repetitions, with or without their number', () => {
    expect(subjectAt(analysis, 'body[1].act')).toMatchObject({ kind: 'use', place: ['blocks', 'Body', 'nodes', 'act'] });
    expect(subjectAt(analysis, 'body')).toMatchObject({ kind: 'use', place: ['nodes', 'body'] });
    expect(subjectAt(analysis, 'image')).toMatchObject({ kind: 'input' });
    expect(subjectAt(analysis, 'body[0].none')).toBeUndefined();
  });
  it('may be a wire of something that is there', () => {
    expect([isThere(analysis, 'wire:body[0].sum#1'), isThere(analysis, 'wire:body[0].sum#7'), isThere(analysis, 'wire:<0')]).toEqual([true, false, true]);
  });
});

describe('a document', () => {
  it('is empty where it says nothing', () => {
    for (const nothing of ['', '  \n', '{}', '{ "nnet": 1 }']) expect(isEmpty(opened(nothing).editor.store.get())).toBe(true);
    expect(isEmpty(opened().editor.store.get())).toBe(false);
  });
  it('is opened with the blocks that can be read at once', () => {
    expect([...openAtFirst(analyze(text).parsed.document)]).toEqual(['body']);
  });
});
