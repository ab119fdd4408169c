import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../lib/analysis/index.js';
import { hover } from '../../lib/language/index.js';
import { root } from '../support/paths.js';

const text = readFileSync(path.join(root, 'media/templates/residual-20.nnet.json'), 'utf8');
const analysis = analyze(text);

/** What hovering says on the first `word` after `after`. */
function said(word: string, after = ''): string | undefined {
  return hover(analysis, text.indexOf(word, text.indexOf(after)) + 2)?.markdown;
}

describe('hover', () => {
  it('says of a node what it does, its shape, parameters and MACs', () => {
    const words = said('"conv":');
    expect(words).toContain('**conv** · Conv2d');
    expect(words).toContain('N × 16 × 32 × 32');
    expect(words).toContain('432 parameters · 442,368 MACs');
  });
  it('sums over the places in which a node of a block stands', () => {
    const words = said('"conv1":');
    expect(words).toContain('N × 16 × 32 × 32 or N × 32 × 16 × 16 or N × 64 × 8 × 8');
    expect(words).toContain('Stands in 9 places');
  });
  it('says of a use of a block what is in it', () => expect(said('"stage2":')).toMatch(/\*\*stage2\*\* · Basic.*N × 32 × 16 × 16.*51,072 parameters/s));
  it('gives the values of an expression', () => {
    expect(said('"=i == 0', '"stage2"')).toBe('`i == 0 ? 2 : 1` = 2, 1');
    expect(said('"=channels"', '"conv1"')).toBe('`channels` = 16, 32, 64');
    expect(said('"=(depth', '"stage1"')).toBe('`(depth - 2) / 6` = 3');
    expect(said('"=size"')).toBe('`size` = 32');
  });
  it('gives the shape of a source, of an input and of an output', () => {
    expect(said('"stage3"', '"pool"')).toBe('N × 64 × 8 × 8');
    expect(said('"image":')).toBe('`image`: N × 3 × 32 × 32');
    expect(said('"fc"', '"outputs"')).toBe('N × 10');
  });
  it('says whose parameter a key is', () => expect(said('"stride":', '"stage2"')).toBe('`stride` · parameter of the block Basic, default 1'));
  it('says when a node is not there', () => expect(hover(analyze(text.replace('"skip": true }', '"skip": false }')), text.indexOf('"sum":') + 3)?.markdown).toContain('not there'));
  it('answers at every offset', () => {
    for (let offset = 0; offset <= text.length; offset += 3) hover(analysis, offset);
    const broken = analyze(text.slice(0, 900));
    for (let offset = 0; offset <= 900; offset += 3) hover(broken, offset);
  });
  it('says what an operator of the design and its parameters are', () => {
    const own = '{ "nnet": 1, "inputs": { "x": { "shape": ["N", 8] } }, "operators": { "Own": { "doc": "Mixes.", "inputs": { "x": ["N", "C"] }, "params": { "k": { "type": "integer", "default": 2, "min": 1, "doc": "Copies." } }, "outputs": [["N", "=C * k"]], "python": "a.B" } }, "nodes": { "mix": { "op": "Own", "in": ["x"], "k": 3 } }, "outputs": ["mix"] }';
    const read = analyze(own);
    expect(hover(read, own.indexOf('"mix"') + 2)?.markdown).toMatch(/\*\*mix\*\* · Own.*Mixes\..*Output N × 24/s);
    expect(hover(read, own.indexOf('"k": 3') + 1)?.markdown).toBe('`k` · Copies. At least 1. Default 2.');
  });
});
