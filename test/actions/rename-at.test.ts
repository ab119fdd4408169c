import { describe, expect, test } from 'vitest';
import { renamableAt } from '../../lib/actions/index.js';
import { analyze } from '../../lib/analysis/index.js';
import { after, expectNoErrors } from './design.js';

const text = `{
  "nnet": 1,
  "params": { "width": 8 },
  "inputs": { "image": { "shape": ["N", 3, 8, 8] } },
  "nodes": {
    "conv": { "op": "Conv2d", "in": ["image"], "out_channels": "=width * 2", "kernel_size": 3, "padding": 1 }, // first
    "body": { "op": "Body", "in": ["conv"], "planes": "=dim(conv, 1)" }
  },
  "outputs": ["body"],
  "blocks": { "Body": { "params": { "planes": 1 }, "inputs": ["x"], "nodes": { "a": { "op": "Conv2d", "in": ["x"], "out_channels": "=planes", "kernel_size": 1 } }, "outputs": ["a"] } }
}
`;
const analysis = analyze(text);

/** Renames what stands at the mark "|" of a piece of the text. */
function renamed(marked: string, to: string): string | undefined {
  const mark = marked.indexOf('|');
  const offset = text.indexOf(marked.replace('|', '')) + mark;
  const found = renamableAt(analysis, offset);
  if (found === undefined) return undefined;
  expect(text.slice(found.range.start, found.range.end)).toBe(found.name);
  const result = after(analysis, found.rename(to));
  expectNoErrors(result);
  return result.parsed.text;
}

describe('a name in the text is renamed everywhere', () => {
  test.each([
    ['a layer at its key', '"co|nv": {', 'conv', 'stem'],
    ['a layer where it is read', '"in": ["con|v"]', 'conv', 'stem'],
    ['a layer in dim()', 'dim(co|nv, 1)', 'conv', 'stem'],
    ['an input', '"ima|ge": {', 'image', 'photo'],
    ['an output', '"outputs": ["bo|dy"]', 'body', 'tail'],
    ['a parameter at its key', '"wid|th": 8', 'width', 'channels'],
    ['a parameter in an expression', '"=wid|th * 2"', 'width', 'channels'],
    ["a block's parameter at a use", '"plan|es": "=dim', 'planes', 'channels'],
    ["a block's input", '"inputs": ["|x"]', 'x', 'y'],
    ['a block at a use', '"op": "Bo|dy"', 'Body', 'Basic'],
    ['a block at its key', '"Bod|y": {', 'Body', 'Basic'],
  ])('%s', (_, marked, from, to) => {
    const result = renamed(marked, to);
    expect(result).toBe(text.replace(new RegExp(`(?<=["=( ])${from}(?=[",* ])`, 'g'), to));
  });
  test('an operator, a number and a word of the format are not', () => {
    expect([renamed('"op": "Conv|2d"', 'x'), renamed('"kernel_size": |3', 'x'), renamed('"out_cha|nnels": "=w', 'x'), renamed('"no|des": {\n', 'x')]).toEqual([undefined, undefined, undefined, undefined]);
  });
});
