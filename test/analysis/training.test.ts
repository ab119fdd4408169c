import { describe, expect, it } from 'vitest';
import { analyze } from '../../lib/analysis/index.js';
import type { JsonValue } from '../../lib/document/json.js';
import { edited } from './design.js';

const block = { inputs: ['y'], params: { deep: false }, nodes: { fc: { op: 'Linear', in: ['y'], out_features: 8 }, more: { op: 'Linear', in: ['fc'], out_features: 8, when: '=deep' } }, outputs: ['more'] };
const design = ({ node = {}, inner = {}, training = {}, nodes = {}, params = { deep: false } }: Readonly<Record<string, object>>) =>
  JSON.stringify(
    { nnet: 1, params, inputs: { x: { shape: ['N', 64] } }, nodes: { head: { op: 'Linear', in: ['x'], out_features: 8, ...node }, stage: { op: 'B', in: ['head'], deep: '=deep', repeat: 2 }, ...nodes }, outputs: ['stage'], blocks: { B: { ...block, nodes: { ...block.nodes, fc: { ...block.nodes.fc, ...inner } } } }, training },
    null,
    1,
  );
const told = (text: string) =>
  analyze(text).problems.map(({ code, severity, node, message, range, fixes }) => ({ code, severity, node, message, at: text.slice(range?.start, range?.end), fixes: fixes.filter(({ refusal }) => refusal === undefined).map(({ title }) => title) }));

describe('what a node says of training', () => {
  it.each<readonly [string, object, string, string, string, string]>([
    ['freeze is true or false', { freeze: 'yes' }, 'invalid-freeze', '`freeze` is "yes"; it takes true or false.', '"yes"', 'Change to true'],
    ['a misspelt initialisation has the nearest one as its fix', { initialize: 'kaimng' }, 'unknown-initialize', 'There is no initialize "kaimng"; did you mean kaiming? There are default, kaiming, xavier.', '"kaimng"', 'Change to "kaiming"'],
    ['and so has its name in an object', { initialize: { name: 'xavir' } }, 'unknown-initialize', 'There is no initialize "xavir"; did you mean xavier? There are default, kaiming, xavier.', '"xavir"', 'Change to "xavier"'],
    ['a setting that it does not have is renamed', { initialize: { name: 'kaiming', mod: 'fan_out' } }, 'unknown-recipe-key', 'The initialize kaiming has no `mod`; did you mean `mode`? It takes name, mode, nonlinearity, a, distribution, zero_last_bn.', '"mod"', 'Rename to "mode"'],
    ['and a value that it does not take has the nearest one', { initialize: { name: 'kaiming', mode: 'fanout' } }, 'invalid-recipe-value', '`mode` is "fanout"; it takes fan_in or fan_out. Did you mean fan_out?', '"fanout"', 'Change to "fan_out"'],
  ])('%s', (_, words, code, message, at, fix) => {
    const text = design({ node: words });
    expect(told(text)).toEqual([{ code, severity: 'error', node: 'head', message, at, fixes: [fix] }]);
    const analysis = analyze(text);
    expect(edited(analysis, analysis.problems[0]?.fixes[0]?.edits ?? []).problems).toEqual([]);
  });
  it('in a block is told once, at the first use', () => {
    expect(told(design({ inner: { freeze: 1 } }))).toMatchObject([{ code: 'invalid-freeze', node: 'stage[0].fc', at: '1' }]);
  });
});

describe('what a recipe says', () => {
  const paths = (freeze: JsonValue, more: object = {}) => told(design({ training: { quick: { freeze } }, ...more }));
  it('names nodes and blocks that there are, or the nearest is its fix', () => {
    expect(paths(['head', 'stagge[1]'])).toEqual([{ code: 'unknown-path', severity: 'error', node: '', message: '`freeze` names stagge[1], and no node or block has that path; did you mean stage[1]?', at: '"stagge[1]"', fixes: ['Change to "stage[1]"'] }]);
    expect(paths(['head', 'stage[1]', '*.fc'])).toEqual([]);
  });
  it('may name what its own parameters bring', () => {
    expect(paths(['stage[0].more'])).toMatchObject([{ code: 'unknown-path' }]);
    expect(told(design({ training: { quick: { freeze: ['stage[0].more'], set: { deep: true } } } }))).toEqual([]);
  });
  it('is not told to name nothing where an error hides what it names', () => {
    expect(paths(['tail'], { nodes: { tail: { op: 'Liner', in: ['stage'], out_features: 10 } } }).map(({ code }) => code)).not.toContain('unknown-path');
  });
  it('sets parameters of the document, or the nearest is its fix', () => {
    expect(told(design({ training: { quick: { set: { dep: true } } } }))).toEqual([{ code: 'unknown-param', severity: 'error', node: '', message: 'The document has no parameter `dep`; did you mean `deep`?', at: '"dep"', fixes: ['Rename to "deep"'] }]);
  });
  it('is judged in every recipe, the one that runs or not', () => {
    expect(told(design({ training: { quick: {}, long: { optimiser: 'sgd' } } }))).toMatchObject([{ code: 'unknown-recipe-key', at: '"optimiser"', fixes: ['Rename to "optimizer"'] }]);
  });
});
