import { describe, expect, it } from 'vitest';
import { evaluate, type Surroundings } from '../../lib/program/evaluate.js';
import { parseExpression, references } from '../../lib/program/expression.js';
import { UNKNOWN, type ParamValue } from '../../lib/operators/operator.js';
import { symbol, formatDim, isSym } from '../../lib/shapes/index.js';

const values = new Map<string, ParamValue>([
  ['channels', 64], ['half', 0.5], ['skip', true], ['mode', 'same'], ['stride', [2, 1]], ['i', 3], ['lost', UNKNOWN], ['dim', 7], ['holes', [1, UNKNOWN]],
]);
const around: Surroundings = {
  value: (name) => values.get(name),
  source: (source) => {
    if (source.name === 'x' && source.port === undefined) return { shape: [symbol('N'), 64, symbol('H'), null], dtype: 'float32' };
    if (source.name === 'split' && source.port === 1 && source.repetition === undefined) return { shape: [1, 2], dtype: 'float32' };
    if (source.name === 'stage' && source.repetition === 0 && source.port === 'mask') return { shape: [5], dtype: 'float32' };
    if (source.name === 'broken') return { shape: null, dtype: 'float32' };
    return { code: 'dim-source', message: `no ${source.name}` };
  },
  nearest: () => ['channels'],
};

function check(text: string): unknown {
  const parsed = parseExpression(text);
  if ('problem' in parsed) return parsed.problem.code;
  const problems: string[] = [];
  const value = evaluate(parsed.expression, around, ({ code }) => problems.push(code));
  if (problems.length > 0) return problems.join(' ');
  return value === UNKNOWN ? 'unknown' : isSym(value) ? formatDim(value) : value;
}

describe('expressions', () => {
  it.each([
    ['=1 + 2 * 3', 7], ['(1 + 2) * 3', 9], ['7 // 2', 3], ['-7 // 2', -4], ['-7 % 3', 2], ['7 / 2', 3.5], ['8 / 2', 4], ['1e3 + .5', 1000.5],
    ['2 - 1 - 1', 0], ['12 // 2 // 3', 2], ['-2 * -3', 6], ['- - 2', 2],
    ['channels // 2', 32], ['stride[0]', 2], ['stride[1 - 1] + i', 5], ['dim', 7],
    ['1 < 2', true], ['2 >= 3', false], ['1 == 1.0', true], ["mode == 'same'", true], ["mode != 'same'", false], ['true && !false', true],
    ['skip ? 1 : 2', 1], ['false ? 1 : true ? 2 : 3', 2], ['i == 0 ? 2 : 1', 1],
    ['min(3, 1, 2)', 1], ['max(4)', 4], ['floor(2.7)', 2], ['ceil(2.1)', 3], ['round(2.5)', 2], ['round(3.5)', 4], ['round(-2.5)', -2],
    ["'text'", 'text'], ['stride', [2, 1]], ['stride == stride', true],
  ])('%s is %j', (text, value) => expect(check(text)).toEqual(value));

  it.each([
    ['dim(x, 1)', 64], ['dim(x, 0)', 'N'], ['dim(x, -2)', 'H'], ['dim(x, -1)', 'unknown'], ['dim(split.1, 1)', 2], ['dim(stage[0].mask, 0)', 5], ['dim(broken, 9)', 'unknown'],
    ['dim(x, 0) * 2', '2*N'], ['dim(x, 0) - dim(x, 0)', 0], ['2 * dim(x, 0) / 2', 'N'], ['dim(x, 0) == dim(x, 0)', true], ['dim(x, 0) >= 1', true], ['dim(x, 0) < 1', false],
    ['floor(dim(x, 2))', 'H'], ['max(dim(x, 0), 1)', 'N'],
  ])('sizes flow through: %s is %j', (text, value) => expect(check(text)).toEqual(value));

  it.each([
    ['dim(x, 0) == 4', 'undecided'], ['dim(x, 0) > 4 ? 1 : 2', 'undecided'], ['dim(x, 0) / 2', 'undecided'],
    ['1 / 0', 'division-by-zero'], ['1 // (2 - 2)', 'division-by-zero'], ['1 % 0', 'division-by-zero'],
    ['1 + true', 'expression-type'], ["'a' + 1", 'expression-type'], ['1 && true', 'expression-type'], ['!1', 'expression-type'], ['-skip', 'expression-type'], ['1 ? 2 : 3', 'expression-type'],
    ["1 == '1'", 'expression-type'], ['true == 1', 'expression-type'], ['1 < 2 < 3', 'expression-type'], ['channels[0]', 'expression-type'], ["min('a')", 'expression-type'], ['1e308 * 10', 'expression-type'],
    ['stride[2]', 'expression-index'], ['stride[-1]', 'expression-index'], ['stride[half]', 'expression-index'], ['dim(x, 4)', 'expression-index'], ['dim(x, -5)', 'expression-index'], ['dim(x, half)', 'expression-index'],
    ['chanels', 'unknown-name'], ['dim(other, 0)', 'dim-source'], ['half * dim(x, 0)', 'expression-type'],
  ])('%s is the problem %s', (text, code) => expect(check(text)).toBe(code));

  it.each([
    ['', 'expression-syntax'], ['=', 'expression-syntax'], ['1 +', 'expression-syntax'], ['(1', 'expression-syntax'], ['1)', 'expression-syntax'], ['1 2', 'expression-syntax'], ['a.b', 'expression-syntax'],
    ["'open", 'expression-syntax'], ['"a"', 'expression-syntax'], ['1 = 1', 'expression-syntax'], ['a ? b', 'expression-syntax'], ['[1, 2]', 'expression-syntax'], ['min()', 'expression-syntax'], ['floor(1, 2)', 'expression-syntax'],
    ['dim(1, 0)', 'expression-syntax'], ['dim(x)', 'expression-syntax'], ['exp(1)', 'unknown-function'], ['constructor(1)', 'unknown-function'], ['1 # 2', 'expression-syntax'], ['\u{1F600}', 'expression-syntax'],
  ])('%j cannot be read: %s', (text, code) => expect(check(text)).toBe(code));

  it('evaluates only what is needed', () => {
    expect(check('false && 1 / 0 == 1')).toBe(false);
    expect(check('true || nothing')).toBe(true);
    expect(check('true ? 1 : nothing')).toBe(1);
    expect(check('false ? nothing : 2')).toBe(2);
  });

  it('leaves what is unknown unknown, without a second problem', () => {
    for (const text of ['lost + 1', 'lost ? 1 : 2', 'lost && true', 'lost == 1', 'lost[0]', 'holes[1] * 2', 'min(lost, 1)', 'dim(x, lost)', '-lost']) expect(check(text)).toBe('unknown');
    expect(check('holes[0]')).toBe(1);
  });

  it('reports two faults in one expression as two problems', () => expect(check('min(nothing, true)')).toBe('unknown-name expression-type'));

  it('says where a fault stands', () => {
    expect(parseExpression('=1 + $')).toMatchObject({ problem: { start: 4, end: 5 } });
    const parsed = parseExpression('channels + stride[7]');
    const places: [number, number][] = [];
    if ('expression' in parsed) evaluate(parsed.expression, around, ({ start, end }) => places.push([start, end]));
    expect(places).toEqual([[18, 19]]);
  });

  it('bounds length and depth instead of running out of stack', () => {
    expect(check('1'.repeat(2001))).toBe('expression-size');
    for (const text of ['('.repeat(900) + '1' + ')'.repeat(900), '-'.repeat(1900) + '1', '!'.repeat(1900) + 'true', Array(900).fill('1').join('+'), 'a'.padEnd(1900, '[0]'), 'true?1:'.repeat(200) + '1', 'min('.repeat(300) + '1' + ')'.repeat(300)]) {
      expect(check(text)).toBe('expression-size');
    }
  });

  it('lists the names that it mentions', () => {
    const parsed = parseExpression('i == 0 ? max(stride[0], 1) : dim(split.1, axis)');
    const found = 'expression' in parsed ? references(parsed.expression).map(({ kind, name, start }) => `${kind} ${name} ${start}`) : [];
    expect(found).toEqual(['param i 0', 'function max 9', 'param stride 13', 'function dim 29', 'source split 33', 'param axis 42']);
  });
});
