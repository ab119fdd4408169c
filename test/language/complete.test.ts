import { describe, expect, it } from 'vitest';
import { parse } from '../../lib/document/parse.js';
import { complete } from '../../lib/language/index.js';

/** Labels offered at the mark `|`, best first. */
function offered(marked: string): string[] {
  return at(marked).map((one) => one.label);
}
function at(marked: string) {
  const offset = marked.indexOf('|');
  return [...complete(parse(marked.replace('|', '')), offset)].sort((a, b) => a.order - b.order);
}
/** The text after the proposal with this label is taken. */
function taken(marked: string, label: string): string {
  const one = at(marked).find((each) => each.label === label)!;
  const text = marked.replace('|', '');
  return text.slice(0, one.range.start) + one.insert + text.slice(one.range.end);
}

const blocks = `"blocks": {
  "Basic": { "params": { "channels": 64, "stride": null }, "inputs": ["x"], "nodes": { "bn": { "op": "BatchNorm2d", "in": ["x"] }, "inner": { "op": "Small" } }, "outputs": ["bn"] },
  "Small": { "inputs": ["x"], "nodes": { "bn": { "op": "BatchNorm2d", "in": ["x"] } }, "outputs": { "a": "bn", "b": "x" } }
}`;
const design = (nodes: string): string => `{ "nnet": 1, "params": { "width": 8 }, "inputs": { "image": { "shape": ["N", 3, 8, 8] } }, "nodes": { ${nodes} }, "outputs": [], ${blocks} }`;

describe('complete', () => {
  it('offers the blocks for `op`', () => expect(offered(design('"s": { "op": "|" }'))).toEqual(['Basic', 'Small']));
  it('offers no block inside itself or inside one that it uses', () => {
    expect(offered(design('').replace('"op": "BatchNorm2d", "in": ["x"] }, "inner"', '"op": "|" }, "inner"'))).toEqual(['Small']);
    expect(offered(design('').replace('"Small": { "inputs": ["x"], "nodes": { "bn": { "op": "BatchNorm2d"', '"Small": { "inputs": ["x"], "nodes": { "bn": { "op": "|"'))).toEqual([]);
  });

  it('offers the parameters of the block that are not written yet', () => {
    expect(offered(design('"s": { "op": "Basic", | }'))).toEqual(['channels', 'stride']);
    expect(offered(design('"s": { "op": "Basic", "stride": 2, "c|": 1 }'))).toEqual(['channels']);
    expect(taken(design('"s": { "op": "Basic", | }'), 'channels')).toContain('"op": "Basic", "channels": 64 }');
    expect(taken(design('"s": { "op": "Basic", "c|": 1 }'), 'channels')).toContain('"op": "Basic", "channels": 1 }');
  });
  it('leaves the parameters of operators to the schema', () => expect(offered(design('"s": { "op": "Conv2d", | }'))).toEqual([]));

  it('offers the operators that the design declares, their parameters, and the names of their expressions', () => {
    const own = '"operators": { "Own": { "inputs": { "x": ["N", "C"] }, "params": { "dim": "=C", "heads": 8, "k": null }, "outputs": [["N", "=C|"]], "python": "a.B" } }';
    const whole = (nodes: string, declared = own.replace('|', '')): string => design(nodes).replace('"blocks"', `${declared}, "blocks"`);
    expect(offered(whole('"s": { "op": "|" }'))).toEqual(['Basic', 'Small', 'Own']);
    expect(offered(whole('"s": { "op": "Own", | }'))).toEqual(['heads', 'k']);
    expect(offered(whole('', own))).toEqual(['N', 'C', 'dim', 'heads', 'k']);
  });

  it('offers sources, the nearest before first and what would make a cycle not at all', () => {
    const nodes = '"a": { "op": "ReLU", "in": ["image"] }, "b": { "op": "ReLU", "in": ["a"] }, "c": { "op": "Add", "in": ["b", "|"] }, "d": { "op": "ReLU", "in": ["c"] }, "e": { "op": "ReLU", "in": ["a"] }';
    expect(offered(design(nodes))).toEqual(['b', 'a', 'image', 'e']);
  });
  it('offers the ports of blocks and operators that have several', () => {
    expect(offered(design('"l": { "op": "LSTM", "in": ["image"] }, "s": { "op": "Small", "in": ["image"] }, "c": { "op": "Add", "in": [|] }'))).toEqual(['s', 's.b', 'l', 'l.h', 'l.c', 'image']);
    expect(taken(design('"c": { "op": "Add", "in": [|] }'), 'image')).toContain('"in": ["image"]');
  });
  it('offers outputs', () => expect(offered(design('"a": { "op": "ReLU", "in": ["image"] }').replace('"outputs": [],', '"outputs": ["|"],'))).toEqual(['a', 'image']));
  it('offers for `off` the sources that are not cut', () => expect(offered(design('"c": { "op": "Add", "in": ["a.h", "image", 2], "off": ["image", "|"] }'))).toEqual(['a.h']));
  it('offers for `weights` nodes of the same operator, also inside blocks', () =>
    expect(offered(design('"s": { "op": "Basic", "repeat": 2 }, "n": { "op": "BatchNorm2d", "in": ["s"], "weights": "|" }, "m": { "op": "BatchNorm2d" }'))).toEqual(['s[0].bn', 's[0].inner.bn', 'm']));

  it('offers parameters and functions in an expression, and replaces the word at the cursor', () => {
    expect(offered(design('"c": { "op": "Conv2d", "out_channels": "=2 * wi|" }'))).toEqual(['width', 'i', 'dim', 'min', 'max', 'floor', 'ceil', 'round']);
    expect(taken(design('"c": { "op": "Conv2d", "out_channels": "=2 * wi| + 1" }'), 'width')).toContain('"=2 * width + 1"');
  });
  it('offers inside dim( the sources of the node and the inputs of its scope', () => expect(offered(design('"a": { "op": "ReLU" }, "c": { "op": "Conv2d", "in": ["a"], "k": "=dim(|, 1)" }'))).toEqual(['a', 'image']));
  it('offers the parameters of the design in a shape and in the set of a recipe', () => {
    expect(offered(design('').replace('["N", 3, 8, 8]', '["N", "=|"]'))).toEqual(['width']);
    expect(offered(design('').replace('"nodes"', '"training": { "quick": { "set": { | } } }, "nodes"'))).toEqual(['width']);
  });
  it('offers nothing in a quoted text of an expression', () => expect(offered(design(`"c": { "op": "X", "k": "=width == 'w|'" }`))).toEqual([]));

  it('answers at every offset of a text that is being typed', () => {
    const text = design('"a": { "op": "Basic", "in": ["image');
    for (let offset = 0; offset <= text.length; offset++) complete(parse(text), offset);
  });
});
