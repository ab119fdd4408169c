import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operators, UNKNOWN, type Operator, type ParamSpec, type ParamValue, type ParamValues } from '../../lib/operators/index.js';
import { add, floorDiv, symbol, type Dim, type DType, type Tensor } from '../../lib/shapes/index.js';
import { params } from './calling.js';

const H = symbol('H');
const dim: fc.Arbitrary<Dim> = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom<Dim>(null, symbol('N'), H, add(H, -2), floorDiv(H, 2)));
const dtype = fc.constantFrom<DType>('float32', 'float64', 'int64', 'bool');
const tensor: fc.Arbitrary<Tensor> = fc.record({ shape: fc.oneof(fc.constant(null), fc.array(dim, { maxLength: 6 })), dtype });

/** Any value that a parameter accepts, unknown, or with unknown parts. */
function value(spec: ParamSpec): fc.Arbitrary<ParamValue | undefined> {
  const whole = fc.integer({ min: Math.max(spec.min ?? -3, -3), max: Math.min(spec.max ?? 9, 9) });
  const element: fc.Arbitrary<ParamValue> = fc.oneof(whole, fc.constantFrom<ParamValue>(UNKNOWN, H));
  const of: Record<ParamSpec['kind'], fc.Arbitrary<ParamValue>> = {
    integer: element,
    number: fc.oneof(element, fc.double({ min: spec.min ?? -3, max: spec.max ?? 9, noNaN: true })),
    flag: fc.boolean(),
    choice: fc.constantFrom(...(spec.choices ?? ['x'])),
    text: fc.constantFrom('ij,jk->ik', '...i', 'garbage->', '->', ''),
    tuple: fc.oneof(fc.array(element, { minLength: spec.length ?? 1, maxLength: spec.length ?? 1 }), fc.constantFrom(...((spec.choices ?? [UNKNOWN]) as readonly ParamValue[]))),
    list: fc.oneof(fc.array(element, { maxLength: 6 }), whole),
    ranges: fc.array(fc.oneof(fc.constant(null), fc.array(fc.oneof(element, fc.constant(null)), { minLength: 2, maxLength: 3 })), { maxLength: 5 }),
  };
  return fc.oneof({ weight: 4, arbitrary: of[spec.kind] }, { weight: 1, arbitrary: fc.constant(UNKNOWN as ParamValue) }, { weight: 1, arbitrary: fc.constant(spec.default ?? UNKNOWN) }, { weight: 1, arbitrary: fc.constant(spec.nullable === true ? null : UNKNOWN) })
    // What `read` refuses never reaches an operator.
    .map((written) => { const read = spec.read(written); return 'wrong' in read ? UNKNOWN : read.value; });
}

const uses = (op: Operator): fc.Arbitrary<{ p: ParamValues; inputs: readonly (Tensor | null)[] }> => fc.record({
  p: fc.record(Object.fromEntries([...op.params].map(([name, spec]) => [name, value(spec)]))) as fc.Arbitrary<ParamValues>,
  inputs: fc.tuple(...op.inputs.flatMap(({ variadic }) => (variadic === true ? [tensor, fc.option(tensor), tensor] : [fc.option(tensor, { freq: 8 })]))),
});

describe.each([...operators.values()].map((op) => [op.type, op] as const))('%s', (_type, op) => {
  it('answers whatever arrives, with as many tensors as it has ports', () => {
    fc.assert(fc.property(uses(op), ({ p, inputs }) => {
      const findings: string[] = [];
      const outputs = op.infer(inputs, p, ({ code, message }) => findings.push(code, message));
      const ports = typeof op.outputs === 'function' ? op.outputs(p, inputs) : op.outputs;
      expect(outputs).toHaveLength(ports.length);
      for (const { shape } of outputs) for (const size of shape ?? []) if (typeof size === 'number') expect(Number.isInteger(size) && size >= 0, `size ${size} of ${JSON.stringify(outputs)}`).toBe(true);
      for (const message of findings) expect(message).not.toMatch(/undefined|NaN|\[object|Symbol\(/);
      const weights = op.weights(inputs, p);
      expect(weights.every(({ shape }) => !shape.includes(null))).toBe(true);
      op.macs(inputs, outputs, p);
      op.torch(p, inputs);
      const window = op.window?.(p, inputs);
      if (window != null) expect([...window.kernel, ...window.stride, ...window.dilation, ...window.padding].every(Number.isFinite)).toBe(true);
      const words = [...(op.summary?.(p) ?? []), ...(op.formula?.(inputs, outputs, p) ?? []).flatMap(({ axis, formula, numbers = '' }) => [axis, formula, numbers])];
      for (const word of words) expect(word).not.toMatch(/undefined|NaN|\[object|Symbol\(/);
    }), { numRuns: 15 });
  });

  it('can be placed from the palette: what must be written has a first value that it accepts', () => {
    const initial = Object.fromEntries([...op.params].flatMap(([name, spec]) => (spec.initial !== undefined ? [[name, spec.initial]] : [])));
    expect(params(op, initial).findings).toEqual([]);
  });
});
