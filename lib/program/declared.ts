import type { JsonPath, JsonValue } from '../document/json.js';
import type { Document } from '../document/model.js';
import { operators, type Finding, type InputSpec, type Operator, type ParamValue, type ParamValues, type Report, type WeightSpec } from '../operators/index.js';
import { UNKNOWN } from '../operators/operator.js';
import { formatDim, formatShape, isFloat, isSym, sameDim, type Dim, type DType, type Shape, type Tensor } from '../shapes/index.js';
import { readDeclaration, type Declaration, type DeclaredAmount, type DeclaredTensor } from './declaration.js';
import { describe, evaluate } from './evaluate.js';
import type { Expression } from './expression.js';

/** An operator that a document declares, and what is wrong with its declaration. */
export interface DeclaredOperator {
  readonly operator: Operator;
  readonly faults: readonly { readonly place: JsonPath; readonly part?: 'key'; readonly finding: Finding }[];
}

const made = new WeakMap<object, DeclaredOperator & { readonly name: string }>();
const known = new WeakMap<Document['operators'], ReadonlyMap<string, DeclaredOperator>>();
const none: ReadonlyMap<string, DeclaredOperator> = new Map();

/** The operators that the document declares, by name. A declaration that did not change gives the same operator. */
export function declaredOperators({ operators: written }: Document): ReadonlyMap<string, DeclaredOperator> {
  if (written.size === 0) return none;
  let result = known.get(written);
  if (!result) known.set(written, (result = new Map([...written].map(([name, json]) => [name, declaredOperator(name, json)]))));
  return result;
}

/** The operator that a name stands for in a document: its own, or the registry's. */
export function operatorIn(document: Document, type: string): Operator | undefined {
  return declaredOperators(document).get(type)?.operator ?? operators.get(type);
}

function declaredOperator(name: string, json: JsonValue): DeclaredOperator {
  const object = typeof json === 'object' && json !== null ? json : {};
  const before = made.get(object);
  if (before?.name === name) return before;
  const { declaration, faults } = readDeclaration(name, json);
  const result = {
    name,
    operator: operatorOf(name, declaration),
    faults: faults.map(({ path, message, severity, part, facts }) => ({
      place: ['operators', name, ...path], ...(part && { part }),
      finding: { code: 'operator-declaration', message: `Operator \`${name}\`: ${message}`, ...(severity && { severity }), facts: { operator: name, ...facts } },
    })),
  };
  made.set(object, result);
  return result;
}

function operatorOf(type: string, declaration: Declaration): Operator {
  const { doc, inputs, outputs, params, python, parameters, macs } = declaration;
  const see = (arriving: readonly (Tensor | null)[], p: ParamValues, report: Report): Sight => sight(type, declaration, arriving, p, report);
  return {
    type, doc,
    family: parameters === undefined ? 'Shape' : 'Linear',
    python: python === undefined ? '' : `${python.module}.${python.name}`,
    inputs: inputs.map(inputSpec),
    outputs: outputs.map(({ name }) => name),
    params: new Map([...params].map(([name, { spec }]) => [name, spec])),
    infer(arriving, p, report) {
      const at = see(arriving, p, report);
      checkInputs(type, declaration, arriving, at, report);
      checkParams(declaration, p, at, report);
      const first = arriving.find((tensor) => tensor !== null)?.dtype ?? 'float32';
      return outputs.map(({ name, shape, dtype }) => ({ shape: shape === undefined ? null : shapeOf(name, shape, at), dtype: dtype === undefined || dtype === 'float' || dtype === 'any' ? first : dtype }));
    },
    weights(arriving, p): readonly WeightSpec[] {
      const count = amount(parameters, see(arriving, p, ignore));
      return count === 0 || count === null ? [] : [{ name: '', shape: [count], learned: true, opaque: true }];
    },
    macs: (arriving, _results, p) => amount(macs, see(arriving, p, ignore)),
    torch: (p, arriving) => {
      const at = see(arriving, p, ignore);
      return {
        module: python?.name ?? 'nn.Identity',
        ...(python && { from: python.module }),
        args: [...params].map(([name, { inferred }]) => (inferred && p[name] === undefined
          ? { name, value: numberOf(at.value(name)) }
          : { name, value: p[name] ?? null, param: name })),
        ...(outputs.length > 1 && { results: outputs.map((_, k) => `{${k}}`).join(', ') }),
      };
    },
    summary: (p) => [...params.keys()].slice(0, 2).flatMap((name) => {
      const value = p[name];
      return typeof value === 'number' || typeof value === 'string' || isSym(value) ? [`${name} ${typeof value === 'string' ? value : formatDim(value)}`] : [];
    }),
  };
}

const ignore: Report = () => undefined;

function inputSpec({ name, shape, dtype, optional }: DeclaredTensor): InputSpec {
  const rank = shape === undefined || shape.some(({ kind }) => kind === 'rest') ? undefined : shape.length;
  const wanted = dtype === undefined ? 'float' : dtype === 'any' || dtype === 'float' || dtype === 'float32' || dtype === 'bool' ? dtype : isFloat(dtype) ? 'float' : 'integer';
  return { name, dtype: wanted, ...(optional && { optional }), ...(rank !== undefined && { ranks: [rank] }), ...(shape && { doc: shapeText(shape) }) };
}

/** "N × L × 64" */
function shapeText(shape: NonNullable<DeclaredTensor['shape']>): string {
  return shape.map((axis) => (axis.kind === 'size' ? String(axis.size) : axis.kind === 'symbol' ? axis.name : axis.kind === 'rest' ? '…' : axis.text.slice(1).trim())).join(' × ');
}

/** What the names of a declaration mean at one node: symbols are bound by the first size that arrives for them. */
interface Sight {
  value(name: string): ParamValue | undefined;
  /** A size, or null where it is unknown or (which is reported) none. */
  size(expression: Expression, what: string): Dim;
  readonly symbols: ReadonlyMap<string, Binding>;
  /** The axes that "..." stands for. */
  readonly rest: Shape | undefined;
}
interface Binding {
  readonly dim: Dim;
  readonly input: string;
  readonly axis: number;
}

function sight(type: string, { inputs, params }: Declaration, arriving: readonly (Tensor | null)[], p: ParamValues, report: Report): Sight {
  const symbols = new Map<string, Binding>();
  let rest: Shape | undefined;
  inputs.forEach(({ name, shape }, k) => {
    const actual = arriving[k]?.shape;
    if (!shape || !actual) return;
    const spread = shape.some(({ kind }) => kind === 'rest') ? actual.length - shape.length + 1 : 0;
    if (spread < 0 || (!shape.some(({ kind }) => kind === 'rest') && actual.length !== shape.length)) return;
    let axis = 0;
    for (const each of shape) {
      if (each.kind === 'rest') {
        rest ??= actual.slice(axis, axis + spread);
        axis += spread;
        continue;
      }
      const dim = actual[axis] ?? null;
      if (each.kind === 'symbol' && (symbols.get(each.name)?.dim ?? null) === null) symbols.set(each.name, { dim, input: name, axis });
      axis += 1;
    }
  });
  const open = new Set<string>();
  const value = (name: string): ParamValue | undefined => {
    const param = params.get(name);
    if (param === undefined) {
      const bound = symbols.get(name);
      return bound === undefined ? (inputs.some(({ shape }) => shape?.some((axis) => axis.kind === 'symbol' && axis.name === name)) ? UNKNOWN : undefined) : bound.dim ?? UNKNOWN;
    }
    if (p[name] !== undefined || param.inferred === undefined) return p[name] ?? (p[name] === null ? null : UNKNOWN);
    // A parameter that follows from itself has no value.
    if (open.has(name)) return UNKNOWN;
    open.add(name);
    const result = run(param.inferred, ignore);
    open.delete(name);
    return result;
  };
  const run = (expression: Expression, tell: Report): ParamValue => evaluate(expression, {
    value,
    source: (source) => arriving[inputs.findIndex(({ name }) => name === source.name)] ?? { shape: null, dtype: 'float32' },
  }, ({ code, message }) => tell({ code, message }));
  return {
    value, symbols, rest,
    size(expression, what) {
      const result = run(expression, report);
      if (result === UNKNOWN) return null;
      if (isSym(result) || (typeof result === 'number' && Number.isSafeInteger(result) && result >= 0)) return result;
      report({ code: 'declared-shape', message: `${what} of ${type} must be a whole number, 0 or more, not ${describe(result)}.`, facts: { value: result } });
      return null;
    },
  };
}

function checkInputs(type: string, { inputs }: Declaration, arriving: readonly (Tensor | null)[], at: Sight, report: Report): void {
  inputs.forEach((declared, input) => {
    const tensor = arriving[input];
    if (!tensor) return;
    const { name, shape } = declared;
    const wanted = declared.dtype ?? 'float';
    if (!fits(wanted, tensor.dtype)) report({ code: 'wrong-dtype', input, message: `${type} takes ${wanted === 'float' ? 'floating-point numbers' : wanted} as \`${name}\`, but ${tensor.dtype} arrives.`, facts: { dtype: tensor.dtype, wanted } });
    const actual = tensor.shape;
    if (!shape || !actual) return;
    const open = shape.findIndex(({ kind }) => kind === 'rest');
    if (open < 0 ? actual.length !== shape.length : actual.length < shape.length - 1) {
      const rank = open < 0 ? shape.length : shape.length - 1;
      report({ code: 'wrong-rank', input, message: `${type} takes ${shapeText(shape)} as \`${name}\` (${open < 0 ? '' : 'at least '}${rank} ${rank === 1 ? 'axis' : 'axes'}), but ${formatShape(actual)} (${actual.length}) arrives.`, facts: { rank: actual.length, ranks: [rank] } });
      return;
    }
    const spread = open < 0 ? 0 : actual.length - shape.length + 1;
    if (open >= 0 && at.rest) {
      const here = actual.slice(open, open + spread);
      if (here.length !== at.rest.length || here.some((dim, k) => sameDim(dim, at.rest![k] ?? null) === false)) report({ code: 'declared-shape', input, message: `the leading axes of \`${name}\` are ${formatShape(here)}, those before are ${formatShape(at.rest)}.`, facts: { shape: here, wanted: at.rest } });
    }
    shape.forEach((each, k) => {
      if (each.kind === 'rest') return;
      const axis = open >= 0 && k > open ? k + spread - 1 : k;
      const dim = actual[axis] ?? null;
      const bound = each.kind === 'symbol' ? at.symbols.get(each.name) : undefined;
      const size = each.kind === 'size' ? each.size : each.kind === 'symbol' ? bound?.dim ?? null : at.size(each.expression, `Axis ${k} of \`${name}\``);
      if (sameDim(dim, size) !== false) return;
      const why = each.kind === 'size' ? 'must be' : each.kind === 'expression' ? `must be ${each.text.slice(1).trim()} =` : `must be ${each.name} =`;
      report({
        code: 'declared-shape', input,
        message: `axis ${axis} of \`${name}\` is ${formatDim(dim)}, but ${why} ${formatDim(size)}${bound ? ` (axis ${bound.axis} of \`${bound.input}\`)` : ''}: it takes ${shapeText(shape)}, and ${formatShape(actual)} arrives.`,
        facts: { axis, size: dim, wanted: size, input: name },
      });
    });
  });
}

function fits(wanted: DType | 'float' | 'any', dtype: DType): boolean {
  return wanted === 'any' || (wanted === 'float' ? isFloat(dtype) : wanted === dtype);
}

/** A parameter that follows from the sizes is an assertion where it is written. */
function checkParams({ params }: Declaration, p: ParamValues, at: Sight, report: Report): void {
  for (const [name, { inferred }] of params) {
    const written = p[name];
    if (inferred === undefined || (typeof written !== 'number' && !isSym(written))) continue;
    const follows = at.size(inferred, `\`${name}\``);
    if (sameDim(written, follows) === false) report({ code: 'declared-shape', param: name, message: `${name} is ${formatDim(written)}, but ${formatDim(follows)} follows from what arrives.`, facts: { param: name, expected: written, actual: follows } });
  }
}

function shapeOf(name: string, shape: NonNullable<DeclaredTensor['shape']>, at: Sight): Shape | null {
  const result: Dim[] = [];
  for (const [k, axis] of shape.entries()) {
    if (axis.kind === 'rest') {
      if (at.rest === undefined) return null;
      result.push(...at.rest);
    } else if (axis.kind === 'size') result.push(axis.size);
    else if (axis.kind === 'expression') result.push(at.size(axis.expression, `Axis ${k} of the output${name === 'output' ? '' : ` \`${name}\``}`));
    else result.push(numberOf(at.value(axis.name)));
  }
  return result;
}

function amount(declared: DeclaredAmount | undefined, at: Sight): Dim {
  if (declared === undefined) return 0;
  return declared.kind === 'size' ? declared.size : at.size(declared.expression, 'The count');
}

function numberOf(value: ParamValue | undefined): Dim {
  return typeof value === 'number' || isSym(value) ? value : null;
}
