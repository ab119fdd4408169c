import { isFloat, isInteger, unknownTensor, formatShape, type Dim, type Tensor } from '../shapes/index.js';
import { UNKNOWN, type Family, type FormulaLine, type InputSpec, type Operator, type ParamValue, type ParamValues, type Report, type TorchArg, type TorchCall, type WeightSpec, type Window } from './operator.js';
import type { Param } from './param.js';

type Params = Readonly<Record<string, Param<unknown>>>;
/** Parameters as an operator's functions see them: unknown is null, PyTorch's None is undefined. */
export type Values<P> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };
/** Inputs as an operator's functions see them: a required one that is missing is unknown, an optional one null, a variadic one a list. */
export type Arriving<I> = I extends readonly [infer F, ...infer R]
  ? F extends { readonly variadic: true } ? readonly [readonly Tensor[]] : readonly [F extends { readonly optional: true } ? Tensor | null : Tensor, ...Arriving<R>]
  : readonly [];

/** Writes arguments of a PyTorch call; what equals PyTorch's default is left out. */
export interface Write {
  /** A positional argument each, always written. */
  positional(...names: readonly string[]): readonly TorchArg[];
  /** Keywords for these, or for all that have a default. */
  keywords(...names: readonly string[]): readonly TorchArg[];
}

export interface Definition<I extends readonly InputSpec[], P extends Params> {
  readonly type: string;
  readonly family: Family;
  readonly doc: string;
  readonly reference?: string;
  readonly inputs: I;
  readonly outputs?: Operator['outputs'];
  readonly ports?: string;
  readonly params: P;
  readonly merge?: Operator['merge'];
  readonly activation?: boolean;
  readonly docks?: boolean;
  readonly plain?: boolean;
  infer(inputs: Arriving<I>, p: Values<P>, report: Report): readonly Tensor[];
  weights?(inputs: Arriving<I>, p: Values<P>): readonly WeightSpec[];
  macs?(inputs: Arriving<I>, outputs: readonly Tensor[], p: Values<P>): Dim;
  torch(p: Values<P>, inputs: Arriving<I>, write: Write): TorchCall;
  window?(p: Values<P>, inputs: Arriving<I>): Window | null;
  summary?(p: Values<P>): readonly string[];
  formula?(inputs: Arriving<I>, outputs: readonly Tensor[], p: Values<P>): readonly FormulaLine[];
}

/** Erases a typed declaration to the contract, and does what all operators share: ranks, dtypes, missing inputs and unknown parameters. */
export function defineOperator<const I extends readonly InputSpec[], const P extends Params>(definition: Definition<I, P>): Operator {
  const { type, family, doc, reference, inputs: specs, outputs = ['output'], params, merge, activation, docks, plain } = definition;
  const entries = Object.entries(params) as readonly (readonly [string, Param<unknown>])[];
  // One layer is asked for its shape, its weights and its cost in a row, with the same parameters and tensors.
  let lastParams: ParamValues | undefined;
  let lastSeen: Readonly<Record<string, unknown>> | undefined;
  let lastInputs: readonly (Tensor | null)[] | undefined;
  let lastAdmitted: readonly unknown[] | undefined;
  const see = (p: ParamValues): Values<P> => {
    if (p !== lastParams) {
      lastSeen = seen(entries, p);
      lastParams = p;
    }
    return lastSeen as Values<P>;
  };
  const admit = (inputs: readonly (Tensor | null)[], report: Report): Arriving<I> => {
    // What is wrong is told each time.
    if (inputs !== lastInputs || report !== ignore) {
      lastAdmitted = admitted(type, specs, inputs, report);
      lastInputs = inputs;
    }
    return lastAdmitted as unknown as Arriving<I>;
  };
  const { weights, macs, window, summary, formula } = definition;
  return {
    type, family, doc, outputs,
    inputs: specs,
    params: new Map(entries),
    ...(reference !== undefined ? { reference } : {}),
    ...(definition.ports !== undefined ? { ports: definition.ports } : {}),
    ...(merge !== undefined ? { merge } : {}),
    ...(activation === true ? { activation } : {}),
    ...(docks === true ? { docks } : {}),
    ...(plain === true ? { plain } : {}),
    infer: (inputs, p, report) => definition.infer(admit(inputs, report), see(p), report),
    weights: (inputs, p) => {
      const result = weights?.call(definition, admit(inputs, ignore), see(p)) ?? none;
      return result.some(({ shape }) => shape.includes(null)) ? none : result;
    },
    macs: (inputs, results, p) => (macs === undefined ? 0 : macs.call(definition, admit(inputs, ignore), results, see(p))),
    torch: (p, inputs) => definition.torch(see(p), admit(inputs, ignore), writer(entries, p)),
    ...(window !== undefined ? { window: (p: ParamValues, inputs: readonly (Tensor | null)[]) => window.call(definition, see(p), admit(inputs, ignore)) } : {}),
    ...(summary !== undefined ? { summary: (p: ParamValues) => summary.call(definition, see(p)) } : {}),
    ...(formula !== undefined ? { formula: (inputs: readonly (Tensor | null)[], results: readonly Tensor[], p: ParamValues) => formula.call(definition, admit(inputs, ignore), results, see(p)) } : {}),
  };
}

const none: readonly WeightSpec[] = [];
const ignore: Report = () => undefined;

/** Most nodes have neither None nor anything unknown among their parameters: those are passed on without a copy. */
function seen(entries: readonly (readonly [string, Param<unknown>])[], p: ParamValues): Readonly<Record<string, unknown>> {
  let copy: Record<string, unknown> | null = null;
  for (let i = 0; i < entries.length; i++) {
    const [name, spec] = entries[i] as readonly [string, Param<unknown>];
    const written = p[name];
    const value: ParamValue | undefined = written === undefined ? spec.default : written;
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') {
      if (written === undefined) (copy ??= { ...p })[name] = value;
    } else if (value === undefined) {
      if (spec.assertion !== true) (copy ??= { ...p })[name] = spec.unknown;
    } else if (value === UNKNOWN) (copy ??= { ...p })[name] = spec.unknown;
    else if (value === null) (copy ??= { ...p })[name] = undefined;
    else if (Array.isArray(value) && hasHole(value as readonly ParamValue[])) (copy ??= { ...p })[name] = filled(value as readonly ParamValue[]);
    else if (written === undefined) (copy ??= { ...p })[name] = value;
  }
  return copy ?? p;
}

function hasHole(values: readonly ParamValue[]): boolean {
  for (const value of values) if (value === null || value === UNKNOWN || Array.isArray(value)) return true;
  return false;
}

function filled(values: readonly ParamValue[]): readonly unknown[] {
  return values.map((value) => (value === null ? undefined : value === UNKNOWN ? null : Array.isArray(value) ? filled(value as readonly ParamValue[]) : value));
}

function admitted(type: string, specs: readonly InputSpec[], inputs: readonly (Tensor | null)[], report: Report): readonly (Tensor | null | readonly Tensor[])[] {
  let copy: (Tensor | null | readonly Tensor[])[] | null = inputs.length === specs.length ? null : Array.from({ length: specs.length }, (_, i) => inputs[i] ?? null);
  for (let i = 0; i < specs.length; i++) {
    const spec = specs[i] as InputSpec;
    if (spec.variadic === true) {
      const rest: Tensor[] = [];
      for (let j = i; j < inputs.length; j++) rest.push(checked(type, spec, inputs[j] ?? unknownTensor, j, report));
      (copy ??= [...inputs])[i] = rest;
      break;
    }
    const input = inputs[i] ?? null;
    const result = input === null ? (spec.optional === true ? null : unknownTensor) : checked(type, spec, input, i, report);
    if (result !== input) (copy ??= [...inputs])[i] = result;
  }
  return copy ?? inputs;
}

/** The input, its shape unknown where its rank is refused. */
function checked(type: string, spec: InputSpec, tensor: Tensor, input: number, report: Report): Tensor {
  const { shape, dtype } = tensor;
  const wrong = dtypeProblem(spec.dtype ?? 'float', dtype);
  if (wrong !== null) report({ code: 'wrong-dtype', input, message: `${type} takes ${wrong} as \`${spec.name}\`, but ${dtype} arrives.`, facts: { dtype, wanted: spec.dtype ?? 'float' } });
  if (shape === null || spec.ranks === undefined || spec.ranks.includes(shape.length)) return tensor;
  const ranks = spec.ranks.join(' or ');
  report({
    code: 'wrong-rank', input,
    message: `${type} takes ${spec.doc ?? `an input with ${ranks} ${ranks === '1' ? 'axis' : 'axes'}`}, but ${formatShape(shape)} (${shape.length} ${shape.length === 1 ? 'axis' : 'axes'}) arrives.`,
    facts: { rank: shape.length, ranks: spec.ranks },
  });
  return { shape: null, dtype };
}

function dtypeProblem(wanted: NonNullable<InputSpec['dtype']>, dtype: Tensor['dtype']): string | null {
  if (wanted === 'any') return null;
  if (wanted === 'float32') return dtype === 'float32' ? null : 'float32, as its weights are,';
  if (wanted === 'float') return isFloat(dtype) ? null : 'floating-point numbers';
  if (wanted === 'number') return dtype === 'bool' ? 'numbers' : null;
  if (wanted === 'index') return dtype === 'int64' || dtype === 'int32' ? null : 'whole numbers (int64)';
  if (wanted === 'mask') return dtype === 'bool' || dtype === 'float32' ? null : 'a mask of true and false (bool) or of float32';
  if (wanted === 'integer') return isInteger(dtype) ? null : 'whole numbers (int64)';
  return dtype === 'bool' ? null : 'true and false (bool)';
}

function writer(entries: readonly (readonly [string, Param<unknown>])[], p: ParamValues): Write {
  const value = (name: string): ParamValue => {
    const spec = entries.find(([other]) => other === name)?.[1];
    const written = p[name] === undefined ? (spec?.default ?? null) : p[name];
    return spec?.kind === 'tuple' ? single(written) : written;
  };
  return {
    positional: (...names) => names.map((name) => ({ value: value(name), param: name })),
    keywords: (...names) => {
      const args: TorchArg[] = [];
      for (const [name, spec] of entries) {
        if (names.length > 0 ? !names.includes(name) : spec.default === undefined) continue;
        if (p[name] === undefined || (spec.default !== undefined && same(p[name], spec.default))) continue;
        args.push({ name, value: value(name), param: name });
      }
      return args;
    },
  };
}

/** (3, 3) is written as 3. */
function single(value: ParamValue): ParamValue {
  if (!Array.isArray(value)) return value;
  const first = value[0] as ParamValue;
  return value.every((other) => other === first) ? first : value;
}

function same(a: ParamValue, b: ParamValue): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((value, i) => same(value as ParamValue, b[i] as ParamValue)));
}
