import { describe, expect, test } from 'vitest';
import { moveInput, moveOutput } from '../../lib/actions/index.js';
import { analyze, type Analysis } from '../../lib/analysis/index.js';
import { applyReplacements, patch } from '../../lib/document/index.js';
import { after, expectNoErrors, refusal } from './design.js';

const text = (outputs = '["r", "s"]') => `{
  "nnet": 1,
  // What is given, in this order.
  "inputs": {
    "image": { "shape": ["N", 3, 32, 32] },
    "words":   {"shape":["N",  7], "dtype": "int64"},
    "mask": { "shape": ["N", 7] }
  },
  "nodes": {
    "r": { "op": "ReLU", "in": ["image"] }, // first
    "s": { "op": "ReLU", "in": ["mask"] }
  },
  "outputs": ${outputs}
}
`;

const names = (analysis: Analysis): readonly string[] => [...analysis.parsed.document.root.inputs.keys()];

/** The text after an action. */
function written(analysis: Analysis, before: string, action: ReturnType<typeof moveInput>): string {
  if ('refused' in action) throw new Error(action.refused);
  const replacements = patch(analysis.parsed, action.edits);
  if ('refused' in replacements) throw new Error(replacements.refused);
  return applyReplacements(before, replacements);
}

describe('an input of the network', () => {
  test('moves up and down, with its shape and type', () => {
    const analysis = analyze(text());
    const moved = after(analysis, moveInput(analysis, 'words', -1));
    expect(names(moved)).toEqual(['words', 'image', 'mask']);
    expect(moved.parsed.valueAt(['inputs'])).toEqual({ words: { shape: ['N', 7], dtype: 'int64' }, image: { shape: ['N', 3, 32, 32] }, mask: { shape: ['N', 7] } });
    expect(names(after(analysis, moveInput(analysis, 'words', 1)))).toEqual(['image', 'mask', 'words']);
    expectNoErrors(moved);
  });

  test('changes the lines of the two inputs and nothing else', () => {
    const analysis = analyze(text());
    const [before, now] = [text().split('\n'), written(analysis, text(), moveInput(analysis, 'words', -1)).split('\n')];
    expect(now).toHaveLength(before.length);
    expect(before.flatMap((line, k) => (line === now[k] ? [] : [k]))).toEqual([4, 5]);
  });

  test('is where it was after it moved down and up again', () => {
    const analysis = analyze(text());
    const there = analyze(written(analysis, text(), moveInput(analysis, 'image', 1)));
    expect(after(there, moveInput(there, 'image', -1)).parsed.valueAt(['inputs'])).toEqual(analysis.parsed.valueAt(['inputs']));
  });

  test('that is the first or the last goes no further, nor does one that is gone', () => {
    const analysis = analyze(text());
    expect(refusal(moveInput(analysis, 'image', -1))).toBe('`image` is the first input already.');
    expect(refusal(moveInput(analysis, 'mask', 1))).toBe('`mask` is the last input already.');
    expect(refusal(moveInput(analysis, 'gone', 1))).toBe('There is no input `gone` any more.');
  });

  test('whose name stands beside one with an underscore moves as well', () => {
    const design = analyze(JSON.stringify({ nnet: 1, inputs: { a: { shape: ['N', 1] }, a_: { shape: ['N', 2] } }, nodes: {}, outputs: ['a'] }));
    expect(after(design, moveInput(design, 'a', 1)).parsed.valueAt(['inputs'])).toEqual({ a_: { shape: ['N', 2] }, a: { shape: ['N', 1] } });
  });
});

describe('an output of the network', () => {
  test('moves in a list', () => {
    const analysis = analyze(text());
    expect(after(analysis, moveOutput(analysis, 1, -1)).parsed.valueAt(['outputs'])).toEqual(['s', 'r']);
  });

  test('moves with its name', () => {
    const analysis = analyze(text('{ "first": "r", "second": "s" }'));
    const moved = after(analysis, moveOutput(analysis, 0, 1));
    expect(moved.parsed.document.root.outputs.map(({ name }) => name)).toEqual(['second', 'first']);
    expect(moved.parsed.valueAt(['outputs'])).toEqual({ second: 's', first: 'r' });
    expect(refusal(moveOutput(moved, 0, -1))).toBe('The output second is the first already.');
  });
});
