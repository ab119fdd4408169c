import { operator, UNKNOWN, type Finding, type Operator, type ParamValue, type ParamValues } from '../../lib/operators/index.js';
import type { DType, Tensor } from '../../lib/shapes/index.js';

export interface Called {
  readonly outputs: readonly Tensor[];
  /** Everything that was refused, parameters first. */
  readonly findings: readonly Finding[];
  readonly params: ParamValues;
}

export function known(type: string): Operator {
  const found = operator(type);
  if (found === undefined) throw new Error(`There is no operator ${type}.`);
  return found;
}

/** Evaluated parameters as a program has them: read, normalised, defaults filled in; what is refused is unknown. */
export function params(op: Operator, attrs: Readonly<Record<string, unknown>>): { readonly params: ParamValues; readonly findings: readonly Finding[] } {
  const values: Record<string, ParamValue> = {};
  const findings: Finding[] = [];
  for (const name of Object.keys(attrs)) if (!op.params.has(name)) findings.push({ code: 'unknown-parameter', param: name, message: `${op.type} has no parameter ${name}.` });
  for (const [name, spec] of op.params) {
    const written = attrs[name] as ParamValue | undefined;
    if (written !== undefined) {
      const read = spec.read(written);
      if ('wrong' in read) findings.push({ code: 'wrong-value', param: name, message: `${name} wants ${read.wrong}.` });
      values[name] = 'wrong' in read ? UNKNOWN : read.value;
    } else if (spec.default !== undefined) values[name] = spec.default;
    else if (spec.assertion !== true) {
      findings.push({ code: 'missing-parameter', param: name, message: `${name} must be written.` });
      values[name] = UNKNOWN;
    }
  }
  return { params: values, findings };
}

export function call(type: string, attrs: Readonly<Record<string, unknown>>, inputs: readonly (Tensor | null)[]): Called {
  const op = known(type);
  const read = params(op, attrs);
  const findings = [...read.findings];
  const filled = [...inputs];
  while (filled.length < op.inputs.length && op.inputs[filled.length]?.variadic !== true) filled.push(null);
  const outputs = op.infer(filled, read.params, (finding) => findings.push(finding));
  return { outputs, findings, params: read.params };
}

export function float(...shape: readonly number[]): Tensor {
  return { shape, dtype: 'float32' };
}

export function tensor(shape: readonly number[], dtype: DType = 'float32'): Tensor {
  return { shape, dtype };
}

export const isError = (finding: Finding): boolean => (finding.severity ?? 'error') === 'error';
