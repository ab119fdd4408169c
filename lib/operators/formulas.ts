import { formatDim, type Dim, type Tensor } from '../shapes/index.js';
import { spatialAxes, type SpatialRank } from './axes.js';
import type { FormulaLine } from './operator.js';

export function channelFormula(name: string, channels: Dim): FormulaLine {
  return { axis: 'C', formula: name, result: channels };
}

/** One line for each spatial axis, or one for all where their numbers are the same. `letters` gives the letters of the formula beside n. */
export function spatialFormula(n: SpatialRank, formula: string, input: Tensor, output: Tensor | undefined, letters: (axis: number) => Readonly<Record<string, Dim>>): readonly FormulaLine[] {
  const lines = spatialAxes[n].map((axis, i): FormulaLine => {
    const size = input.shape?.at(i - n) ?? null;
    return { axis, formula, numbers: putIn(formula, { n: size, ...letters(i) }), result: output?.shape?.at(i - n) ?? null };
  });
  const [first] = lines;
  if (first !== undefined && lines.every((line) => line.numbers === first.numbers)) return [{ ...first, axis: spatialAxes[n].join(', ') }];
  return lines;
}

/** A formula with its single letters replaced by values: 2p becomes 2·1. */
export function putIn(formula: string, values: Readonly<Record<string, Dim>>): string {
  return formula.replace(/(\d?)([a-z])(?![a-z(])/g, (whole, digit: string, letter: string) => {
    const value = values[letter];
    if (value === undefined) return whole;
    const text = typeof value === 'object' && value !== null && value.text.includes(' ') ? `(${value.text})` : formatDim(value);
    return digit === '' ? text : `${digit}·${text}`;
  });
}
