import { describe, expect, it } from 'vitest';
import { catalogOf, searchCatalog } from '../../webview/palette/catalog.js';

const groups = catalogOf(undefined);
const first = (query: string, rank?: number) => searchCatalog(groups, query, rank)[0]?.name;

describe('the search of layers', () => {
  it.each([['conv', 'Conv2d'], ['bn', 'BatchNorm2d'], ['fc', 'Linear'], ['dense', 'Linear'], ['mha', 'MultiheadAttention'], ['swish', 'SiLU'], ['cat', 'Concat'], ['sum', 'Sum'], ['plus', 'Add'], ['gap', 'AdaptiveAvgPool2d'], ['deconv', 'ConvTranspose2d'], ['relu', 'ReLU'], ['maxp', 'MaxPool2d'], ['lstm', 'LSTM'], ['input', 'Input'], ['mul', 'Mul'], ['gate', 'Mul'], ['up', 'Upsample'], ['drop', 'Dropout']])('finds for %s first %s', (query, name) => {
    expect(first(query)).toBe(name);
  });
  it('puts layers for as many axes as arrive before their kin', () => {
    expect([first('conv', 3), first('conv', 4), first('conv', 5), first('conv', 2), first('maxpool', 3), first('batchnorm', 5), first('conv2d', 3)]).toEqual(['Conv1d', 'Conv2d', 'Conv3d', 'Conv2d', 'MaxPool1d', 'BatchNorm3d', 'Conv2d']);
  });
  it('finds nothing for what no layer is called', () => {
    expect(first('xyzzy')).toBeUndefined();
  });
});
