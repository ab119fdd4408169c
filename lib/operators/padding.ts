import { add, atLeast, formatDim, formatShape, type Dim, type Shape, type Tensor } from '../shapes/index.js';
import { axisWord } from './axes.js';
import { nnModule } from './calls.js';
import { defineOperator } from './define.js';
import type { Operator, Report } from './operator.js';
import { choice, list, number, tuple, type Param } from './param.js';

type Mode = 'constant' | 'reflect' | 'replicate' | 'circular';

/** The padded shape. `pad` holds before and after for each axis, from the last axis on. */
export function padded({ shape, dtype }: Tensor, pad: readonly Dim[] | null, mode: Mode | null, param: string, report: Report): Tensor {
  if (shape === null || pad === null) return { shape: shape === null ? null : shape.map(() => null), dtype };
  const axes = pad.length / 2;
  if (!Number.isInteger(axes) || axes > shape.length) {
    report({ code: 'wrong-padding', param, message: `${param} has ${pad.length} numbers: it takes two for each axis from the last on, at most ${2 * shape.length} for ${formatShape(shape)}.`, facts: { length: pad.length, rank: shape.length } });
    return { shape: shape.map(() => null), dtype };
  }
  if (mode !== 'constant' && mode !== null && !(axes >= 1 && axes <= 3 && (shape.length === axes + 1 || shape.length === axes + 2))) {
    report({
      code: 'wrong-padding', param,
      message: `Mode "${mode}" pads the last 1 to 3 axes behind channels, or batch and channels: ${axes} of ${formatShape(shape)} is not possible.`,
      facts: { axes, rank: shape.length, mode },
    });
    return { shape: shape.map(() => null), dtype };
  }
  const result: Dim[] = [...shape];
  for (let i = 0; i < axes; i++) {
    const axis = shape.length - 1 - i;
    const [before, after] = [pad[2 * i] ?? null, pad[2 * i + 1] ?? null];
    const made = padAxis(shape, axis, before, after, mode, param, report);
    result[axis] = made;
  }
  // Mirrored and repeated padding may empty some of its axes, but not all.
  if ((mode === 'reflect' || mode === 'replicate') && axes > 0 && result.slice(-axes).every((size) => size === 0)) {
    report({ code: 'empty-output', param, message: `${param} takes off all of ${formatShape(shape)}.`, facts: { shape } });
  }
  return { shape: result, dtype };
}

function padAxis(shape: Shape, axis: number, before: Dim, after: Dim, mode: Mode | null, param: string, report: Report): Dim {
  const size = shape[axis] as Dim;
  const made = add(size, add(before, after));
  const word = axisWord(axis, shape.length);
  const wrong = (reason: string): null => {
    report({ code: 'padding-too-large', param, message: `${param} ${formatDim(before)}, ${formatDim(after)} along ${word} ${formatDim(size)}: ${reason}.`, facts: { axis, size, before, after } });
    return null;
  };
  if (mode === 'reflect' || mode === 'circular') {
    const largest = typeof before === 'number' && typeof after === 'number' ? Math.max(before, after) : null;
    if (mode === 'reflect' && largest !== null && atLeast(size, largest + 1) === false) return wrong('a reflection must be smaller than the size');
    if (mode === 'circular' && largest !== null && atLeast(size, largest) === false) return wrong('going round needs padding no larger than the size');
  }
  if (mode === 'constant' || mode === null) {
    const taken = (typeof before === 'number' ? Math.min(before, 0) : 0) + (typeof after === 'number' ? Math.min(after, 0) : 0);
    return atLeast(add(size, taken), 0) === false ? wrong('more is taken off than there is') : made;
  }
  return atLeast(made, 0) === false ? wrong('more is taken off than there is') : made;
}

const pad = defineOperator({
  type: 'Pad',
  family: 'Shape',
  doc: 'Adds elements at the ends of axes, or takes them off where a number is negative.',
  reference: 'torch.nn.functional.pad.html',
  inputs: [{ name: 'input', dtype: 'any' }],
  params: {
    pad: list({ initial: [0, 0, 0, 0], doc: 'Before and after, from the last axis on: [left, right, top, bottom, ...].' }),
    mode: choice(['constant', 'reflect', 'replicate', 'circular'], { default: 'constant', doc: 'What is added: a value, the mirrored, the last, or the opposite elements.' }),
    value: number({ default: null, doc: 'The added value; null: 0.' }),
  },
  plain: true,
  infer([input], p, report) {
    if (input.dtype === 'bool' && (p.mode === 'reflect' || p.mode === 'replicate')) report({ code: 'wrong-dtype', input: 0, message: `Mode "${p.mode}" pads numbers, but bool arrives.`, facts: { dtype: 'bool', wanted: 'number' } });
    if (p.mode !== 'constant' && p.mode !== null && typeof p.value === 'number' && p.value !== 0) report({ code: 'wrong-mode', param: 'value', message: `Mode "${p.mode}" adds elements of its own and takes no value.`, facts: { mode: p.mode } });
    return [padded(input, p.pad, p.mode, 'pad', report)];
  },
  torch: (_p, _inputs, write) => {
    const args = [...write.positional('pad').map((arg) => ({ ...arg, name: 'pad' })), ...write.keywords('mode', 'value')];
    return { expression: `F.pad({0}, {pad}${args.slice(1).map(({ name }) => `, ${name ?? ''}={${name ?? ''}}`).join('')})`, precedence: 'atom', args };
  },
  summary: (p) => (p.pad === null ? [] : [`[${p.pad.map(formatDim).join(', ')}]`]),
  formula: ([input], [output], p) => (p.pad ?? []).flatMap((before, i) => {
    const axis = (input.shape?.length ?? 0) - 1 - i / 2;
    if (i % 2 === 1 || axis < 0) return [];
    const after = p.pad?.[i + 1] ?? null;
    return before === 0 && after === 0 ? [] : [{ axis: axisWord(axis, input.shape?.length ?? 0), formula: 'before + n + after', numbers: `${formatDim(before)} + ${formatDim(input.shape?.[axis] ?? null)} + ${formatDim(after)}`, result: output?.shape?.[axis] ?? null }];
  }),
});

/** nn.ZeroPad2d and its kin: `padding` is one number for all sides, or before and after from the last axis on. */
function paddingLayer(name: string, n: 1 | 2 | 3, mode: Mode, doc: string, more: Readonly<Record<string, Param<unknown>>> = {}): Operator {
  return defineOperator({
    type: `${name}${n}d`, doc,
    family: 'Shape',
    reference: `torch.nn.${name}${n}d.html`,
    inputs: [{ name: 'input', dtype: mode === 'reflect' || mode === 'replicate' ? 'number' : 'any' }],
    params: { padding: tuple(2 * n, { initial: 1, doc: 'Elements for all sides, or before and after from the last axis on.' }), ...more },
    plain: true,
    infer: ([input], p, report) => [padded(input, p.padding as readonly Dim[], mode, 'padding', report)],
    torch: nnModule(`nn.${name}${n}d`, { positional: ['padding', ...Object.keys(more)] }),
    summary: (p) => {
      const padding = p.padding as readonly Dim[];
      return [padding.every((side) => side === padding[0]) ? formatDim(padding[0] ?? null) : `[${padding.map(formatDim).join(', ')}]`];
    },
  });
}

function kin(name: string, mode: Mode, doc: string, more?: Readonly<Record<string, Param<unknown>>>): readonly Operator[] {
  return ([1, 2, 3] as const).map((n) => paddingLayer(name, n, mode, doc, more));
}

export const paddings: readonly Operator[] = [
  pad,
  ...kin('ZeroPad', 'constant', 'Adds zeros on each side.'),
  ...kin('ConstantPad', 'constant', 'Adds a constant on each side.', { value: number({ initial: 0, doc: 'The constant.' }) }),
  ...kin('ReflectionPad', 'reflect', 'Mirrors the elements at each side.'),
  ...kin('ReplicationPad', 'replicate', 'Repeats the last element of each side.'),
  ...kin('CircularPad', 'circular', 'Continues with the elements of the opposite side.'),
];
