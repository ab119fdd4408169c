import { describe, expect, it } from 'vitest';
import { createSession } from '../../lib/session/session.js';

const text = `{
  "nnet": 1,
  "inputs": { "image": { "shape": ["N", 3, 32, 32] } },
  "nodes": {
    // The stem.
    "conv": { "op": "Conv2d", "in": ["image"], "out_channels": 16, "kernel_size": 3,   "padding": 1 },
    "relu": { "op": "ReLU", "in": ["conv"] }
  },
  "outputs": ["relu"]
}
`;
const stride = (value: number) => [{ kind: 'set' as const, path: ['nodes', 'conv', 'stride'], value }];

describe('a session', () => {
  it('applies an action as one undo step that leaves all other bytes as they were', () => {
    const session = createSession(text);
    const applied = session.apply(stride(2), { label: 'Set stride' });
    expect('refused' in applied).toBe(false);
    expect(session.text.replace(', "stride": 2', '')).toBe(text);
    expect([session.undoable, session.dirty, session.version]).toEqual(['Set stride', true, 2]);
    expect(session.undo()).toBe(true);
    expect([session.text === text, session.dirty, session.redoable]).toEqual([true, false, 'Set stride']);
    expect(session.redo()).toBe(true);
    expect(session.analysis.program.node('conv')?.outputs[0]?.shape?.slice(2)).toEqual([16, 16]);
  });

  it('applies an edit that was made on an older version when its target is still there', () => {
    const session = createSession(text);
    session.setText(text.replace('"out_channels": 16', '"out_channels": 32'));
    expect(session.apply(stride(2), { base: 1 })).not.toHaveProperty('refused');
    expect(session.text).toContain('"out_channels": 32, "kernel_size": 3,   "padding": 1, "stride": 2');
  });

  it('refuses an edit whose target is gone, and changes nothing', () => {
    const session = createSession(text);
    expect(session.apply([{ kind: 'renameNode', scope: '', from: 'gone', to: 'here' }])).toHaveProperty('refused');
    expect([session.text, session.version, session.undoable]).toEqual([text, 1, undefined]);
  });

  it('takes back a text that came from outside, and knows what is saved', () => {
    const session = createSession(text);
    session.setText('{ broken');
    expect(session.parsed.readable).toBe(false);
    session.saved();
    expect(session.dirty).toBe(false);
    session.undo();
    expect([session.text === text, session.dirty]).toEqual([true, true]);
  });

  it('tells of every change', () => {
    const session = createSession(text);
    const versions: number[] = [];
    const end = session.onChange(() => versions.push(session.version));
    session.apply(stride(2));
    session.undo();
    end();
    session.redo();
    expect(versions).toEqual([2, 3]);
  });

  it('opens on any text', () => {
    for (const any of ['', '{', '\u0000\uffff', '[1, 2]', '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs']) expect(() => createSession(any).analysis.problems.length).not.toThrow();
  });
});
