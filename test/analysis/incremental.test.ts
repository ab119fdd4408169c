import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze, createAnalysis, type Analysis } from '../../lib/analysis/index.js';
import { applyReplacements, parse, patch, print, type Edit, type Parsed } from '../../lib/document/index.js';
import { document, edit } from '../document/designs.js';
import { root } from '../support/paths.js';

const runs = Number(process.env['FUZZ'] ?? 15);

/** All that an analysis says, with what is derived when somebody asks. */
function said({ program, problems, totals, skips, receptiveFields, activationBytes }: Analysis): unknown {
  const { nodes, findings, weights, outputs, inputs, params, root: instance } = program;
  return {
    inputs, params, findings, totals, skips,
    nodes: nodes.map(({ index, path: place, name, block, scope, repetition, operator, params: own, inputs: read, outputs: given, weights: held, shared, parameters, macs, state, place: at }) => ({ index, place, name, block, scope, repetition, type: operator.type, own: { ...own }, read, given, held, shared, parameters, macs, state, at })),
    found: nodes.map((node) => program.node(node.path) === node),
    weights: [...weights],
    outputs,
    uses: [...instance.uses].map(([name, { path: place, place: at, each, inputs: read, cut, outputs: given, node }]) => [name, place, at, each.map((one) => (one.kind === 'block' ? [one.path, [...one.instance.uses.keys()], one.instance.outputs, { ...one.instance.params }] : one)), read, cut, given, node]),
    problems: problems.map(({ code, severity, node, place, message, explanation, range, facts }) => [code, severity, node, place, message, explanation, range, facts]),
    fields: [...receptiveFields],
    bytes: [...activationBytes],
  };
}

/** Follows a design through its versions; what a version says must be what it says without the ones before. */
function follower(): (parsed: Parsed, text: string) => void {
  const analyzer = createAnalysis();
  return (parsed, text) => {
    const kept = analyzer.update(parsed);
    expect(said(kept)).toEqual(said(analyze(parse(text))));
  };
}

/** One keystroke or a few: a digit or a name changed, a line gone, two lines swapped, something typed anywhere. */
const typed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('number' as const), at: fc.nat(), to: fc.constantFrom('1', '2', '3', '8', '64', '0', '"N"', '"=2 * 4"') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('word' as const), at: fc.nat(), from: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('line' as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('swap' as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('char' as const), at: fc.nat(), to: fc.constantFrom('', '"', ',', '}', ']', 'x', '// c\n') }) },
);
type Typed = typeof typed extends fc.Arbitrary<infer T> ? T : never;

function after(text: string, change: Typed): string {
  const lines = text.split('\n');
  switch (change.kind) {
    case 'number': case 'word': {
      const found = [...text.matchAll(change.kind === 'number' ? /(?<=[ [])\d+(?=[ ,\]}])/g : /(?<=")[A-Za-z_]\w*(?=")/g)];
      const hit = found[change.at % found.length];
      if (hit === undefined) return text;
      const to = change.kind === 'number' ? change.to : found[change.from % found.length]![0];
      return text.slice(0, hit.index) + to + text.slice(hit.index + hit[0].length);
    }
    case 'line': return lines.filter((_, k) => k !== change.at % lines.length).join('\n');
    case 'swap': {
      const k = change.at % lines.length;
      return [...lines.slice(0, k), ...lines.slice(k, k + 2).reverse(), ...lines.slice(k + 2)].join('\n');
    }
    case 'char': {
      const at = change.at % (text.length + 1);
      return text.slice(0, at) + change.to + text.slice(change.to === '' ? at + 1 : at);
    }
  }
}

/** Follows a text through what is typed into it. */
function followTyping(written: string, changes: readonly Typed[], also?: (parsed: Parsed, text: string) => void): void {
  let text = written;
  let parsed = parse(text);
  const follow = follower();
  follow(parsed, text);
  for (const change of changes) {
    text = after(text, change);
    parsed = parse(text, parsed);
    also?.(parsed, text);
    follow(parsed, text);
  }
}

/** A layer of a long design: what it reads stands before it, mostly. */
interface Layer {
  readonly name: string;
  readonly source: string;
  readonly also?: string;
  readonly kind: Kind;
}
/** Layers of one node, of several, of none, with a skip, and what is wrong. */
const kinds = {
  plain: { op: 'ReLU' },
  wide: { op: 'Conv2d', out_channels: 8, kernel_size: 3, padding: 1 },
  narrow: { op: 'Conv2d', out_channels: 4, kernel_size: 1 },
  sized: { op: 'Conv2d', out_channels: '=dim(SOURCE, 1)', kernel_size: 1 },
  add: { op: 'Add' },
  block: { op: 'Two', width: 8 },
  repeated: { op: 'Two', width: 8, repeat: 2 },
  shared: { op: 'Conv2d', out_channels: 8, kernel_size: 3, padding: 1, repeat: { times: 2, shared: true } },
  gone: { op: 'Two', width: 8, when: false },
  none: { op: 'ReLU', repeat: 0 },
  tooLarge: { op: 'MaxPool2d', kernel_size: 40 },
  wrong: { op: 'Relo' },
} as const;
type Kind = keyof typeof kinds;

function longDesign(): readonly Layer[] {
  const order: readonly Kind[] = ['wide', 'plain', 'add', 'plain', 'block', 'plain', 'gone', 'add', 'shared', 'plain', 'repeated', 'sized', 'none', 'plain', 'add', 'wide', 'plain', 'wide', 'add', 'plain'];
  return order.map((kind, k): Layer => ({ name: `n${k}`, kind, source: k === 0 ? 'x' : `n${k - 1}`, ...(kind === 'add' && { also: `n${Math.max(0, k - 3)}` }) }));
}

function written(layers: readonly Layer[]): string {
  const node = ({ name, kind, source, also }: Layer): string => ` ${JSON.stringify(name)}: ${JSON.stringify({ ...kinds[kind], in: kind === 'add' ? [source, also ?? source] : [source] }).replace('SOURCE', source)}`;
  return `{\n"nnet": 1,\n"inputs": {"x": {"shape": ["N", 8, 16, 16]}},\n"blocks": {"Two": {"params": {"width": 4}, "inputs": ["a"], "nodes": {"conv": {"op": "Conv2d", "in": ["a"], "out_channels": "=width", "kernel_size": 1}, "relu": {"op": "ReLU", "in": ["conv"]}}, "outputs": ["relu"]}},\n"nodes": {\n${layers.map(node).join(',\n')}\n},\n"outputs": [${JSON.stringify(layers.at(-1)?.name ?? 'x')}, "n3"]\n}\n`;
}

const change = fc.record({ what: fc.constantFrom('insert' as const, 'insert' as const, 'remove' as const, 'remove' as const, 'rewire' as const, 'turn' as const, 'move' as const, 'rename' as const), at: fc.nat(), other: fc.nat(), kind: fc.constantFrom(...(Object.keys(kinds) as Kind[])), through: fc.boolean() });

/** The layers after one change; `through`: who read what is gone or new reads what is there now, as the canvas has it. */
function changed(layers: readonly Layer[], { what, at, other, kind, through }: typeof change extends fc.Arbitrary<infer T> ? T : never): readonly Layer[] {
  if (layers.length === 0) return layers;
  const k = at % layers.length;
  const here = layers[k]!;
  const reads = (from: string, to: string) => (layer: Layer): Layer => ({ ...layer, source: layer.source === from ? to : layer.source, ...(layer.also !== undefined && { also: layer.also === from ? to : layer.also }) });
  const name = `m${other % 50}`;
  switch (what) {
    case 'insert': {
      if (layers.some((layer) => layer.name === name)) return layers;
      const made: Layer = { name, kind, source: here.name, also: layers[other % (k + 1)]!.name };
      return [...layers.slice(0, k + 1), made, ...layers.slice(k + 1).map(through ? reads(here.name, name) : (layer) => layer)];
    }
    case 'remove': return layers.filter((layer) => layer !== here).map(through ? reads(here.name, here.source) : (layer) => layer);
    case 'rewire': return layers.map((layer) => (layer === here ? { ...layer, source: layers[other % layers.length]!.name } : layer));
    case 'turn': return layers.map((layer) => (layer === here ? { ...layer, kind } : layer));
    case 'move': {
      const rest = layers.filter((layer) => layer !== here);
      return [...rest.slice(0, other % layers.length), here, ...rest.slice(other % layers.length)];
    }
    case 'rename': return layers.some((layer) => layer.name === name) ? layers : layers.map(reads(here.name, name)).map((layer) => (layer.name === here.name ? { ...layer, name } : layer));
  }
}

describe('what is taken over from the version before says what a fresh analysis says', () => {
  const templates = readdirSync(path.join(root, 'media/templates')).filter((name) => name.endsWith('.nnet.json') && !name.startsWith('densenet121'));
  it('after the first layer is none any more, and the next reads nothing', () => {
    const written = `{\n"nnet": 1, "params": {"width": 8},\n"inputs": {"x": {"shape": ["N", 8]}},\n"nodes": {\n"first": {"op": "ReLU", "in": ["x"]},\n"table": {"op": "Parameter", "shape": [4, "=width"]},\n"last": {"op": "Sigmoid", "in": ["table"]}\n},\n"outputs": ["last"]\n}\n`;
    for (const gone of [written.replace('ReLU', 'Relo'), written.replace(/"first".*\n/u, '')]) {
      const follow = follower();
      const before = parse(written);
      follow(before, written);
      follow(parse(gone, before), gone);
    }
  });
  it.each(templates)('after anything typed into %s', (name) => {
    const written = readFileSync(path.join(root, 'media/templates', name), 'utf8');
    fc.assert(fc.property(fc.array(typed, { minLength: 2, maxLength: 8 }), (changes) => {
      followTyping(written, changes);
    }), { numRuns: Math.ceil(runs / 6) });
  });

  it('after anything typed into a chain of a hundred layers', () => {
    const layers = Array.from({ length: 25 }, (_, k) => [
      `"conv${k}": {"op": "Conv2d", "in": ["${k === 0 ? 'x' : `relu${k - 1}`}"], "out_channels": 8, "kernel_size": 3, "padding": 1}`,
      `"bn${k}": {"op": "BatchNorm2d", "in": ["conv${k}"]}`,
      `"add${k}": {"op": "Add", "in": ["bn${k}", "${k < 2 ? `conv${k}` : `relu${k - 2}`}"]}`,
      `"relu${k}": {"op": "ReLU", "in": ["add${k}"]}`,
    ]).flat();
    const written = `{\n "nnet": 1,\n "inputs": {"x": {"shape": ["N", 3, 8, 8]}},\n "nodes": {\n${layers.join(',\n')}\n },\n "outputs": ["relu24"]\n}\n`;
    const placesOf = (parsed: Parsed): unknown => [parsed.readable, parsed.problems, parsed.pathAt(parsed.text.length >> 1), parsed.rangeOf(['nodes', 'relu20', 'in', 0], 'entry'), parsed.rangeOf(['nodes', 'bn3'], 'key')];
    fc.assert(fc.property(fc.array(typed, { minLength: 2, maxLength: 12 }), (changes) => {
      followTyping(written, changes, (parsed, text) => expect(placesOf(parsed)).toEqual(placesOf(parse(text))));
    }), { numRuns: runs });
  });

  it('after layers were put in, taken out, moved, renamed and rewired among layers, blocks and repetitions', () => {
    fc.assert(fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 8 }), (versions) => {
      let layers = longDesign();
      const follow = follower();
      let parsed = parse(written(layers));
      follow(parsed, parsed.text);
      for (const changes of versions) {
        layers = changes.reduce(changed, layers);
        parsed = parse(written(layers), parsed);
        follow(parsed, parsed.text);
      }
    }), { numRuns: runs });
  });

  it('after any edits of any design', () => {
    const step = (parsed: Parsed): fc.Arbitrary<readonly Edit[]> => fc.array(edit(parsed), { minLength: 1, maxLength: 3 });
    fc.assert(fc.property(document.chain((d) => fc.tuple(fc.constant(print(d)), fc.array(step(parse(print(d))), { minLength: 1, maxLength: 5 }))), ([written, steps]) => {
      let parsed = parse(written);
      const follow = follower();
      follow(parsed, written);
      for (const edits of steps) {
        const replacements = patch(parsed, edits);
        if ('refused' in replacements) continue;
        const text = applyReplacements(parsed.text, replacements);
        parsed = parse(text, parsed);
        follow(parsed, text);
      }
    }), { numRuns: runs * 4 });
  });

  it('when a shape is changed and changed back, when inputs, parameters and blocks change', () => {
    const design = (size: number, channels: string, kernel: number, depth: number): string => JSON.stringify({
      nnet: 1, params: { width: channels },
      inputs: { x: { shape: ['N', 3, size, size] } },
      blocks: { B: { params: { c: 8 }, inputs: ['a'], nodes: { conv: { op: 'Conv2d', in: ['a'], out_channels: '=c', kernel_size: kernel, padding: 1 }, relu: { op: 'ReLU', in: ['conv'] } }, outputs: ['relu'] } },
      nodes: {
        stem: { op: 'Conv2d', in: ['x'], out_channels: 8, kernel_size: 3, padding: 1 },
        b: { op: 'B', in: ['stem'], c: '=dim(stem, 1)', repeat: depth },
        d: { op: 'B', in: ['b'], c: 8, repeat: { times: 2, shared: true } },
        sum: { op: 'Add', in: ['d', 'stem'] },
        pool: { op: 'AdaptiveAvgPool2d', in: ['sum'], output_size: 1 },
        flat: { op: 'Flatten', in: ['pool'] },
        head: { op: 'Linear', in: ['flat'], out_features: '=dim(x, 2)' },
      },
      outputs: ['head'],
    }, null, 1);
    const follow = follower();
    let parsed: Parsed | undefined;
    for (const [size, channels, kernel, depth] of [[8, 'a', 3, 2], [8, 'a', 2, 2], [8, 'a', 3, 2], [16, 'a', 3, 2], [16, 'b', 3, 2], [16, 'b', 3, 3], [16, 'b', 3, 0], [16, 'b', 3, 1], [2, 'b', 5, 1], [2, 'b', 1, 1]] as const) {
      const text = design(size, channels, kernel, depth);
      parsed = parse(text, parsed);
      follow(parsed, text);
    }
  });
});
