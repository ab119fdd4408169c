import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze, type Analysis } from '../../lib/analysis/index.js';
import type { JsonObject } from '../../lib/document/json.js';
import { parse, type Parsed } from '../../lib/document/parse.js';
import { print } from '../../lib/document/print.js';
import { defaultRecipe, mismatch, readRecipe } from '../../lib/recipes/index.js';
import type { Shape } from '../../lib/shapes/index.js';
import { root } from '../support/paths.js';

const folder = path.join(root, 'media/templates');
const names = readdirSync(folder).filter((name) => name.endsWith('.nnet.json')).map((name) => name.replace('.nnet.json', ''));
const texts = new Map(names.map((name) => [name, readFileSync(path.join(folder, `${name}.nnet.json`), 'utf8')]));

function read(name: string): Parsed {
  return parse(texts.get(name)!);
}
function analysis(name: string, set?: JsonObject): Analysis {
  return analyze(read(name), set && { set });
}
/** N is written as 1, as in the recorded networks. */
function shape(dims: Shape | null): number[] {
  return (dims ?? []).map((dim) => (typeof dim === 'number' ? dim : 1));
}

interface Truth {
  readonly totals: { readonly params: number; readonly macs_conv_linear: number };
  readonly nodes: readonly { readonly op: string; readonly shape?: readonly number[] }[];
}
function truth(name: string): Truth {
  return JSON.parse(readFileSync(path.join(root, 'test/fixtures/truth/nets', `${name}.json`), 'utf8')) as Truth;
}

/** How often each shape comes out of each kind of layer with weights. */
function census(rows: readonly (readonly [string, readonly number[]])[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [op, dims] of rows) {
    if (!/^(Conv|ConvTranspose|BatchNorm|Linear)/.test(op)) continue;
    const key = `${op} ${dims.join('x')}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

describe('the templates', () => {
  it('are the eleven designs that the palette of a new file offers', () =>
    expect(names.sort()).toEqual(['blank', 'dense-block', 'densenet121', 'highway', 'mlp', 'plain-20', 'residual-20', 'resnet34', 'resnet34-head', 'transformer', 'unet']));

  it.each(names)('%s has no problem of any kind', (name) => expect(analysis(name).problems).toEqual([]));

  it.each(names)('%s begins with a line that says its name and what it is', (name) => expect(texts.get(name)).toMatch(/^\/\/ [A-Z][^:\n]+: .+\n\{\n/));

  it.each(names)('%s says the same when it is printed', (name) => expect(parse(print(read(name).document)).document).toEqual(read(name).document));

  it.each([
    ['resnet34-head', 'seed_article_resnet34_head'], ['dense-block', 'seed_article_dense_block'], ['unet', 'unet_same_bn_256'],
    ['highway', 'highway_fc'], ['resnet34', 'resnet34'], ['densenet121', 'densenet121'],
  ])('%s is the network that PyTorch recorded as %s, layer by layer', (name, recorded) => {
    const { totals, program } = analysis(name);
    const expected = truth(recorded);
    expect(totals.params).toBe(expected.totals.params);
    expect(totals.macsConvLinear).toBe(expected.totals.macs_conv_linear);
    const ours = program.nodes.map((node) => [node.operator.type, shape(node.outputs[0]!.shape)] as const);
    expect(census(ours)).toEqual(census(expected.nodes.map((node) => [node.op, node.shape ?? []])));
    expect(shape(program.outputs[0]!.value.tensor.shape)).toEqual(expected.nodes.filter((node) => node.shape).at(-1)!.shape);
  });

  it.each([['plain-20', 0], ['residual-20', 9]])('%s has 269,722 parameters, 40,551,040 MACs and %i skips', (name, skips) => {
    const { totals, skips: found } = analysis(name);
    expect([totals.params, totals.macs, found.length]).toEqual([269_722, 40_551_040, skips]);
  });
  it.each(['plain-20', 'residual-20'])('%s with depth 56 has 853,018 parameters', (name) => expect(analysis(name, { depth: 56 }).totals.params).toBe(853_018));
  it('residual-20 without its skips is plain-20', () => {
    const { totals, skips } = analysis('residual-20', { skip: false });
    expect([totals.params, totals.macs, skips.length]).toEqual([269_722, 40_551_040, 0]);
  });

  it.each([['resnet34-head', 3], ['dense-block', 21], ['unet', 4], ['highway', 50], ['resnet34', 16], ['transformer', 8]])('%s has %i skips', (name, count) => expect(analysis(name).skips.length).toBe(count));

  it('the transformer has the parameters of its formula', () => {
    const [width, depth, features, length, classes] = [64, 4, 8, 8, 10];
    const attention = 4 * width * width + 4 * width;
    const feedForward = 2 * 4 * width * width + 5 * width;
    const block = attention + feedForward + 4 * width;
    expect(analysis('transformer').totals.params).toBe(features * width + width + length * width + depth * block + 2 * width + width * classes + classes);
  });

  it.each(names.filter((name) => name !== 'blank'))('%s trains by its quick recipe, or says that it has no classifier', (name) => {
    const value = read(name).document.training.get('quick')!;
    const full = analysis(name).program;
    const { recipe, problems } = readRecipe(value, ['training', 'quick'], defaultRecipe(full.inputs.map((input) => input.tensor), full.outputs.map((output) => output.value.tensor)));
    expect(problems).toEqual([]);
    const small = analysis(name, recipe.set);
    expect(small.problems).toEqual([]);
    const wrong = mismatch(small.program.inputs.map((input) => input.tensor), small.program.outputs.map((output) => output.value.tensor), recipe);
    expect(wrong?.code).toBe(name === 'resnet34-head' || name === 'dense-block' ? 'no-classifier' : undefined);
  });
});
