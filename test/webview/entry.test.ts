import { describe, expect, it } from 'vitest';
import { operator } from '../../lib/operators/index.js';
import type { ParamSpec } from '../../lib/operators/operator.js';
import { entryText, isOrdinary, readCells, readEntry, specOfDefault, valueText } from '../../webview/inspector/entry.js';
import { readShape } from '../../webview/inspector/shape-field.js';

const spec = (type: string, param: string): ParamSpec => operator(type)!.params.get(param)!;
const value = (text: string, type: string, param: string) => readEntry(text, spec(type, param));

describe('what is typed into a field', () => {
  it('is read as the declaration says', () => {
    expect(value('128', 'Conv2d', 'out_channels')).toEqual({ value: 128 });
    expect(value('=2 * width', 'Conv2d', 'out_channels')).toEqual({ value: '=2 * width' });
    expect(value('0.5', 'Dropout', 'p')).toEqual({ value: 0.5 });
    expect(value('1e-3', 'BatchNorm2d', 'eps')).toEqual({ value: 0.001 });
    expect(value('[2, -1]', 'Reshape', 'shape')).toEqual({ value: [2, -1] });
    expect(value('2, -1', 'Reshape', 'shape')).toEqual({ value: [2, -1] });
    expect(value('[null, [0, 2]]', 'Slice', 'ranges')).toEqual({ value: [null, [0, 2]] });
  });

  it('is refused with what was wanted', () => {
    expect(value('-3', 'Conv2d', 'out_channels')).toEqual({ wrong: 'Wanted a whole number of at least 1.' });
    expect(value('many', 'Conv2d', 'out_channels')).toHaveProperty('wrong');
    expect(value('', 'Conv2d', 'out_channels')).toEqual({ wrong: 'A value is needed.' });
    expect(value('=1 +', 'Conv2d', 'out_channels')).toHaveProperty('wrong');
    expect(value('2.5', 'Conv2d', 'groups')).toHaveProperty('wrong');
  });

  it('left empty takes a parameter with a default out', () => {
    expect(value('', 'Conv2d', 'groups')).toEqual({ value: undefined });
  });
});

describe('the cells of a tuple', () => {
  const stride = spec('Conv2d', 'stride');
  const padding = spec('Conv2d', 'padding');
  it('that are equal are written as one number', () => {
    expect(readCells(['2', '2'], stride)).toEqual({ value: 2 });
    expect(readCells(['1', '2'], stride)).toEqual({ value: [1, 2] });
  });
  it('may be expressions, and a word in the first stands for all', () => {
    expect(readCells(['=k', '1'], stride)).toEqual({ value: ['=k', 1] });
    expect(readCells(['same', '0'], padding)).toEqual({ value: 'same' });
  });
  it('are refused where one is wrong', () => {
    expect(readCells(['1', 'x'], stride)).toHaveProperty('wrong');
    expect(readCells(['0', '1'], stride)).toHaveProperty('wrong');
  });
});

describe('what a field shows', () => {
  it('is the text of the value as written, and of what it comes to', () => {
    expect([entryText([1, '=k']), entryText('same'), entryText(null), entryText(undefined)]).toEqual(['1, =k', 'same', 'null', '']);
    expect([valueText([2, 2]), valueText([1, 2]), valueText(true)]).toEqual(['2', '1, 2', 'true']);
  });
  it('has a dot where it differs from the default, else from what the palette writes', () => {
    expect(isOrdinary(1, spec('Conv2d', 'stride'))).toBe(true);
    expect(isOrdinary([1, 1], spec('Conv2d', 'stride'))).toBe(true);
    expect(isOrdinary(2, spec('Conv2d', 'stride'))).toBe(false);
    expect(isOrdinary(3, spec('Conv2d', 'kernel_size'))).toBe(true);
    expect(isOrdinary(undefined, spec('Conv2d', 'kernel_size'))).toBe(true);
  });
});

describe('a block\'s parameter', () => {
  it('takes what its default is', () => {
    expect(specOfDefault(true).kind).toBe('flag');
    expect(readEntry('2', specOfDefault(1))).toEqual({ value: 2 });
    expect(readEntry('x', specOfDefault(1))).toHaveProperty('wrong');
    expect(readEntry('1, 2', specOfDefault([1, 1]))).toEqual({ value: [1, 2] });
  });
});

describe('the shape of an input', () => {
  it('is whole numbers, names and expressions between commas or crosses', () => {
    expect(readShape('N, 3, 32, =size')).toEqual({ value: ['N', 3, 32, '=size'] });
    expect(readShape('N × 3 × 32 × 32')).toEqual({ value: ['N', 3, 32, 32] });
  });
  it('is refused with what is no size', () => {
    expect(readShape('N, 0')).toEqual({ wrong: 'A size is at least 1.' });
    expect(readShape('N, 3.5')).toHaveProperty('wrong');
    expect(readShape('')).toEqual({ wrong: 'A shape has at least one axis.' });
  });
});
