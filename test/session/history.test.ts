import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Replacement } from '../../lib/document/edit.js';
import { createHistory, difference, inverse } from '../../lib/session/history.js';

/** Applies sorted, disjoint replacements, written out here so that this file checks arithmetic only. */
const apply = (text: string, replacements: readonly Replacement[]) => [...replacements].reverse().reduce((t, r) => t.slice(0, r.start) + r.text + t.slice(r.end), text);

describe('text patches of an undo stack', () => {
  it('the inverse of any replacements takes them back', () => {
    const cut = fc.tuple(fc.string({ minLength: 0, maxLength: 40 }), fc.array(fc.tuple(fc.nat(40), fc.string({ maxLength: 4 })), { maxLength: 6 }));
    fc.assert(
      fc.property(cut, ([text, raw]) => {
        const points = [...new Set(raw.map(([at]) => Math.min(at, text.length)))].sort((a, b) => a - b);
        const replacements = points.slice(0, -1).flatMap((start, k) => (k % 2 === 0 ? [{ start, end: points[k + 1]!, text: raw[k]![1] }] : []));
        expect(apply(apply(text, replacements), inverse(text, replacements))).toBe(text);
      }),
    );
  });

  it('the difference of two texts turns one into the other and touches only what changed', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => apply(a, difference(a, b)) === b));
    expect(difference('stride 1, bias', 'stride 2, bias')).toEqual([{ start: 7, end: 8, text: '2' }]);
    expect(difference('same', 'same')).toEqual([]);
  });
});

describe('a history', () => {
  const step = (label: string) => ({ label, forward: [], back: [] });
  it('forgets what was undone once something new is done', () => {
    const history = createHistory();
    history.push(step('a'));
    history.push(step('b'));
    expect(history.undo()?.label).toBe('b');
    history.push(step('c'));
    expect(history.redo()).toBeUndefined();
    expect([history.undo()?.label, history.undo()?.label, history.undo()?.label]).toEqual(['c', 'a', undefined]);
    expect(history.redo()?.label).toBe('a');
  });

  it('keeps at most its limit, and forgets the oldest', () => {
    const history = createHistory(2);
    for (const label of ['a', 'b', 'c']) history.push(step(label));
    expect([history.undo()?.label, history.undo()?.label, history.undo()?.label]).toEqual(['c', 'b', undefined]);
  });
});
