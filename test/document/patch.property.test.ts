import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply } from '../../lib/document/apply.js';
import { parse } from '../../lib/document/parse.js';
import { applyReplacements, patch } from '../../lib/document/patch.js';
import { print } from '../../lib/document/print.js';
import { document, edit, entriesOf, shuffled, untidy } from './designs.js';

const runs = Number(process.env['FUZZ'] ?? 300);

/** A text that says the document, written by someone with habits of their own. */
const text = fc.tuple(document, fc.infiniteStream(fc.nat(1_000_000))).map(([d, stream]) => {
  const random = (below: number): number => (stream.next().value as number) % below;
  return untidy(shuffled(d, random), random);
});

describe('patch', () => {
  it('of any text with any edits gives the text of the edited document, and touches nothing else', () => {
    fc.assert(
      fc.property(text.chain((t) => fc.tuple(fc.constant(t), fc.array(edit(parse(t)), { minLength: 1, maxLength: 3 }))), ([t, edits]) => {
        const before = parse(t);
        expect(before.readable).toBe(true);
        const replacements = patch(before, edits);
        const expected = apply(before.document, edits);
        if ('refused' in replacements || 'refused' in expected) return;
        const after = applyReplacements(t, replacements);
        const again = parse(after);
        expect(again.readable, after).toBe(true);
        expect(entriesOf(again.document), after).toEqual(entriesOf(expected));
        expect(entriesOf(parse(after, before).document)).toEqual(entriesOf(again.document));
        let end = 0;
        for (const one of replacements) {
          expect(one.start).toBeGreaterThanOrEqual(end);
          end = one.end;
        }
      }),
      { numRuns: runs },
    );
  });

  it('of a printed document gives the printed edited document', () => {
    fc.assert(
      fc.property(document.chain((d) => fc.tuple(fc.constant(d), fc.array(edit(parse(print(d))), { minLength: 1, maxLength: 3 }))), ([d, edits]) => {
        const before = parse(print(d));
        expect(entriesOf(before.document)).toEqual(entriesOf(d));
        const replacements = patch(before, edits);
        const expected = apply(d, edits);
        expect('refused' in replacements).toBe('refused' in expected);
        if ('refused' in replacements || 'refused' in expected) return;
        expect(applyReplacements(print(d), replacements)).toBe(print(expected));
      }),
      { numRuns: runs },
    );
  });

  it('keeps every comment that is not in or at what is removed', () => {
    fc.assert(
      fc.property(text.chain((t) => fc.tuple(fc.constant(t), edit(parse(t)))), ([t, one]) => {
        if (one.kind === 'remove' || one.kind === 'set') return;
        const replacements = patch(parse(t), [one]);
        if ('refused' in replacements) return;
        const comments = (of: string): number => of.match(/\/\/ (?:c\d|own)|\/\* (?:c\d|two)/g)?.length ?? 0;
        const after = comments(applyReplacements(t, replacements));
        // What changes places takes its comments along.
        if (one.kind === 'exchange') {
          expect(after).toBe(comments(t));
          return;
        }
        const dropped = replacements.reduce((sum, r) => sum + comments(t.slice(r.start, r.end)), 0);
        // A duplicate key that goes with a rename may carry comments with it.
        expect(after + dropped).toBe(comments(t));
      }),
      { numRuns: runs },
    );
  });
});
