import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from '../../lib/document/parse.js';
import { applyReplacements, patch } from '../../lib/document/patch.js';
import { print } from '../../lib/document/print.js';
import { document, entriesOf, shuffled, untidy } from './designs.js';

/** The problems of a text, each as "code: what it points at". */
function problems(text: string): string[] {
  return parse(text).problems.map((problem) => `${problem.code}: ${text.slice(problem.range!.start, problem.range!.end).slice(0, 40)}`);
}
const design = (nodes: string, more = ''): string => `{ "nnet": 1, "inputs": { "image": { "shape": ["N", 3, 32, 32] } }, "nodes": ${nodes}, "outputs": []${more} }`;

describe('parse', () => {
  it('reads comments, trailing commas and a byte order mark', () => {
    const parsed = parse('\ufeff// one\n{ /* two */ "nnet": 1, "nodes": { "conv": { "op": "Conv2d", "in": ["image",], }, }, } // three');
    expect(parsed.problems).toEqual([]);
    expect(parsed.document.root.nodes.get('conv')).toMatchObject({ op: 'Conv2d', in: [{ name: 'image' }] });
  });

  it('keeps names such as __proto__ and 1 as names', () => {
    const parsed = parse(design('{ "__proto__": { "op": "ReLU", "in": ["image"], "__proto__": 1 } }'));
    expect(parsed.problems).toEqual([]);
    expect([...parsed.document.root.nodes.get('__proto__')!.params]).toEqual([['__proto__', 1]]);
  });

  it.each([
    ['an empty file is no fault', '', true, ['empty-file: ']],
    ['a file of comments is no fault', '// soon', true, ['empty-file: // soon']],
    ['a binary file is told once', 'PK\0\x01\0', false, ['binary-file: P']],
    ['a list is no design', '[1]', false, ['not-an-object: [']],
    ['a missing comma points behind the value before', '{ "nnet": 1 "nodes": {} }', false, ['syntax:  ']],
    ['a missing value points at its key', '{ "nnet": }', false, ['syntax: "nnet"']],
    ['an open text points at its start', '{ "nnet": 1, "nodes": { "a": { "op": "ReLU\n} } }', false, ['syntax: "ReLU']],
    ['an open bracket is told once, at the innermost', '{ "nnet": 1, "nodes": { "a": { "op": "ReLU" ', false, ['syntax: {']],
    ['an open comment points at its start', '{ "nnet": 1 } /* ', false, ['syntax: /*']],
    ['text after the end is told', '{ "nnet": 1 } x', false, ['syntax: x']],
    ['a word without quotes is told', '{ "nnet": one }', false, ['syntax: one']],
    ['a bad number is told', '{ "nnet": 01 }', false, ['syntax: 01']],
    ['a bad escape is told', '{ "nnet": "\\x" }', false, ['syntax: "\\x"']],
    ['conflict markers have a message of their own', '{\n  "nnet": 1,\n<<<<<<< ours\n  "nodes": {}\n=======\n  "nodes": {}\n>>>>>>> theirs\n}', false, ['merge-conflict: <<<<<<< ours']],
  ])('%s', (_, text, readable, expected) => {
    expect(parse(text).readable).toBe(readable);
    expect(problems(text)).toEqual(expected);
  });

  it.each([
    ['a misspelt key of the design', '{ "nnet": 1, "node": {} }', ['unknown-key: "node"']],
    ['a second key', '{ "nnet": 1, "nodes": { "a": { "op": "ReLU" }, "a": { "op": "GELU" } } }', ['duplicate-key: "a"']],
    ['no version', '{ "nodes": {} }', ['missing-version: {']],
    ['a later version', '{ "nnet": 2 }', ['unsupported-version: 2']],
    ['a name that is none', design('{ "my conv": { "op": "ReLU" } }'), ['bad-name: "my conv"']],
    ['a node that is named like an input', design('{ "image": { "op": "ReLU" } }'), ['duplicate-name: "image"']],
    ['a parameter that is named like a word', design('{}', ', "blocks": { "B": { "params": { "when": 1, "i": 2 } } }'), ['reserved-name: "when"', 'reserved-name: "i"']],
    ['a node without operator', design('{ "a": {} }'), ['missing-op: "a"']],
    ['a node that is no object', design('{ "a": 5 }'), ['wrong-type: 5']],
    ['a text for a list of sources', design('{ "a": { "op": "ReLU", "in": "image" } }'), ['wrong-type: "image"']],
    ['a source that is spelled wrongly', design('{ "a": { "op": "ReLU", "in": ["image[x]"] } }'), ['bad-source: "image[x]"']],
    ['a cut that cuts nothing', design('{ "a": { "op": "Add", "in": ["image"], "off": ["b"] } }'), ['off-unknown: "b"']],
    ['a wiring that there is not', design('{ "a": { "op": "ReLU", "repeat": { "times": 2, "wiring": "ring" } } }'), ['wrong-type: "ring"']],
    ['a negative size', '{ "nnet": 1, "inputs": { "image": { "shape": ["N", -3] } } }', ['bad-size: -3']],
    ['an input without shape', '{ "nnet": 1, "inputs": { "image": {} } }', ['missing-shape: {}']],
    ['a dtype that there is not', '{ "nnet": 1, "inputs": { "image": { "shape": [1], "dtype": "float" } } }', ['unknown-dtype: "float"']],
  ])('tells of %s and reads the rest', (_, text, expected) => {
    expect(parse(text).readable).toBe(true);
    expect(problems(text)).toEqual(expected);
  });

  it('offers to mend a misspelt key without touching its value', () => {
    expect(parse('{ "nnet": 1, "node": {} }').problems[0]?.fixes[0]).toMatchObject({ title: 'Change `node` to `nodes`', edits: [{ kind: 'renameKey', path: ['node'], to: 'nodes' }] });
  });

  it.each([
    ['a bad name by renaming it everywhere', '{ "nnet": 1, "nodes": { "my conv": { "op": "ReLU" }, "b": { "op": "ReLU", "in": ["my conv"] } } }', '{ "nnet": 1, "nodes": { "my_conv": { "op": "ReLU" }, "b": { "op": "ReLU", "in": ["my_conv"] } } }'],
    ['a misspelt dtype', '{ "nnet": 1, "inputs": { "x": { "shape": [1], "dtype": "flot32" } } }', '{ "nnet": 1, "inputs": { "x": { "shape": [1], "dtype": "float32" } } }'],
    ['a text for a list', '{ "nnet": 1, "nodes": { "a": { "op": "ReLU", "in": "x" } } }', '{ "nnet": 1, "nodes": { "a": { "op": "ReLU", "in": ["x"] } } }'],
    ['a missing version', '{ "nodes": {} }', '{ "nnet": 1, "nodes": {} }'],
    ['a misspelt key', '{ "nnet": 1, "nods": { "a": { "op": "ReLU" } } }', '{ "nnet": 1, "nodes": { "a": { "op": "ReLU" } } }'],
  ])('mends %s', (_, text, mended) => {
    const parsed = parse(text);
    const replacements = patch(parsed, parsed.problems[0]!.fixes[0]!.edits);
    if ('refused' in replacements) throw new Error(replacements.refused);
    expect(applyReplacements(text, replacements)).toBe(mended);
  });

  it('finds the place of an offset and the range of a place', () => {
    const text = design('{ "a": { "op": "ReLU", "in": ["image"] } }');
    const parsed = parse(text);
    expect(parsed.pathAt(text.indexOf('"image"]'))).toEqual(['nodes', 'a', 'in', 0]);
    expect(parsed.pathAt(text.indexOf('"op"') + 2)).toEqual(['nodes', 'a', 'op']);
    expect(parsed.pathAt(text.length)).toEqual([]);
    const range = parsed.rangeOf(['nodes', 'a', 'op'], 'entry')!;
    expect(text.slice(range.start, range.end)).toBe('"op": "ReLU"');
    expect(parsed.rangeOf(['nodes', 'b'])).toBeUndefined();
    expect(parsed.valueAt(['inputs', 'image', 'shape', 1])).toBe(3);
  });

  it('reads 100,000 open brackets and 10 MB of anything without a crash or a hang', () => {
    for (const text of ['['.repeat(100_000), '{"a":'.repeat(100_000), `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'lorem ipsum '.repeat(900_000), `{ "nodes": { ${'"a": { "op": "ReLU" }, '.repeat(200_000)} } }`, '"'.repeat(100_000), '/*'.repeat(100_000), '}'.repeat(100_000)]) {
      const { problems: found } = parse(text);
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThan(1100);
    }
  });

  it('reads again, after a keystroke in 10,000 nodes, only the node that it changed', () => {
    const nodes = Array.from({ length: 10_000 }, (_, k) => `    "n${k}": { "op": "Conv2d", "in": ["n${k - 1}"], "out_channels": 64, "kernel_size": 3, "padding": 1, "bias": false }`).join(',\n');
    const text = `{\n  "nnet": 1,\n  "nodes": {\n${nodes}\n  },\n  "outputs": ["n9999"]\n}\n`;
    const at = text.indexOf('64', text.length / 2);
    const before = parse(text);
    const typed = `${text.slice(0, at)}1${text.slice(at)}`;
    const after = parse(typed, before);
    expect([...after.document.root.nodes].filter(([name, node]) => before.document.root.nodes.get(name) !== node).map(([name]) => name)).toEqual(['n5009']);
    expect(after.document).toEqual(parse(typed).document);
  });

  it('gives a document and places for any text', () => {
    const bits = fc.array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '//', '/*', '*/', '\n', ' ', '\\', '"nodes"', '"a"', '"op"', '1', '-', 'null', '<<<<<<< x\n', '=======\n', '\0', '\u2028'), { maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(fc.property(fc.oneof(bits, fc.string({ unit: 'binary' }), fc.json()), (text) => {
      const parsed = parse(text);
      for (const { range } of parsed.problems) expect(range!.start >= 0 && range!.start <= range!.end && range!.end <= text.length).toBe(true);
      for (let at = 0; at <= text.length; at += 7) parsed.pathAt(at);
    }), { numRuns: 500 });
  });

  it('says after any keystroke what a fresh reading says, and keeps the nodes that did not change', () => {
    const change = fc.record({ at: fc.nat(), length: fc.nat(12), text: fc.oneof(fc.constantFrom('"', '{', '}', ',', '/*', '//', ' ', '1', '\n', '"x": 1,', ''), fc.string({ maxLength: 3 })) });
    fc.assert(fc.property(document, fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(), (d, changes, seed) => {
      let state = seed;
      const random = (below: number): number => (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) % below;
      let text = seed % 2 === 0 ? print(d) : untidy(shuffled(d, random), random);
      let parsed = parse(text);
      for (const { at, length, text: typed } of changes) {
        const start = at % (text.length + 1);
        text = text.slice(0, start) + typed + text.slice(start + length);
        parsed = parse(text, parsed);
        const fresh = parse(text);
        expect(entriesOf(parsed.document)).toEqual(entriesOf(fresh.document));
        expect(parsed.problems).toEqual(fresh.problems);
        expect(parsed.readable).toBe(fresh.readable);
      }
    }), { numRuns: 300 });
  });

  it('keeps the objects of nodes that a keystroke did not touch', () => {
    const text = design('{ "a": { "op": "ReLU" }, "b": { "op": "Conv2d", "k": 1 }, "c": { "op": "GELU" } }');
    const before = parse(text);
    const after = parse(text.replace('"k": 1', '"k": 15'), before);
    expect(after.document.root.nodes.get('a')).toBe(before.document.root.nodes.get('a'));
    expect(after.document.root.nodes.get('c')).toBe(before.document.root.nodes.get('c'));
    expect(after.document.root.nodes.get('b')!.params.get('k')).toBe(15);
  });
});
