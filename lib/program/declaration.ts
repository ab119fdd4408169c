import type { JsonObject, JsonPath, JsonValue } from '../document/json.js';
import { dtypes, isExpressionWord, isName, isNodeWord, nearest } from '../document/names.js';
import type { DType } from '../shapes/index.js';
import { asObject, own, parsed, type DeclarationFault, type Tell } from './declared-json.js';
import { readDeclaredParams, type DeclaredParam } from './declared-params.js';
import { isExpression, references, type Expression } from './expression.js';

/** One axis of a declared shape: a number, a symbol that the arriving size gives, an expression, or "...", which is any number of leading axes. */
export type DeclaredAxis =
  | { readonly kind: 'size'; readonly size: number }
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'expression'; readonly text: string; readonly expression: Expression }
  | { readonly kind: 'rest' };

export interface DeclaredTensor {
  readonly name: string;
  /** Undefined: any shape. */
  readonly shape: readonly DeclaredAxis[] | undefined;
  readonly dtype: DType | 'float' | 'any' | undefined;
  readonly optional: boolean;
}

/** What an entry of `operators` says, in the words of FORMAT: inputs, params, outputs, the Python class, and counts. */
export interface Declaration {
  readonly doc: string;
  readonly inputs: readonly DeclaredTensor[];
  readonly params: ReadonlyMap<string, DeclaredParam>;
  readonly outputs: readonly DeclaredTensor[];
  /** Module and class; undefined where that is wrong. */
  readonly python: { readonly module: string; readonly name: string } | undefined;
  /** Learned scalars and multiply-accumulates. */
  readonly parameters: DeclaredAmount | undefined;
  readonly macs: DeclaredAmount | undefined;
}
export type DeclaredAmount = { readonly kind: 'size'; readonly size: number } | { readonly kind: 'expression'; readonly text: string; readonly expression: Expression };

const words = ['inputs', 'params', 'outputs', 'python', 'parameters', 'macs', 'doc'];
const tensorDtypes: readonly string[] = [...dtypes, 'float', 'any'];

/** Reads a declaration. Total: what is wrong is told, and unknown. */
export function readDeclaration(name: string, json: JsonValue): { readonly declaration: Declaration; readonly faults: readonly DeclarationFault[] } {
  const faults: DeclarationFault[] = [];
  const tell: Tell = (path, message, more) => faults.push({ path, message, ...more });
  const object = asObject(json) ?? {};
  for (const key of Object.keys(object)) {
    if (words.includes(key)) continue;
    const meant = nearest(key, words);
    tell([key], `An operator has no \`${key}\`; it has ${words.join(', ')}.${meant === undefined ? '' : ` Was \`${meant}\` meant?`}`, { severity: 'warning', part: 'key' });
  }
  const inputs = readTensors(own(object, 'inputs') ?? [], ['inputs'], 'input', tell);
  const outputs = readTensors(own(object, 'outputs'), ['outputs'], 'output', tell);
  const params = readDeclaredParams(own(object, 'params'), tell);
  const declaration: Declaration = {
    doc: readText(object, 'doc', tell) ?? `Operator of this design; in Python ${String(own(object, 'python') ?? 'nothing yet')}.`,
    inputs, outputs, params,
    python: readPython(name, object, tell),
    parameters: readAmount(own(object, 'parameters'), 'parameters', tell),
    macs: readAmount(own(object, 'macs'), 'macs', tell),
  };
  checkNames(declaration, tell);
  return { declaration, faults };
}

function readText(object: JsonObject, key: string, tell: Tell): string | undefined {
  const value = own(object, key);
  if (value === undefined || typeof value === 'string') return value;
  tell([key], `"${key}" is a text.`);
  return undefined;
}

function readPython(operator: string, object: JsonObject, tell: Tell): Declaration['python'] {
  const value = own(object, 'python');
  const text = typeof value === 'string' ? value : '';
  const match = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\.([A-Za-z_]\w*)$/u.exec(text);
  if (match) return { module: match[1]!, name: match[2]! };
  tell(value === undefined ? [] : ['python'], value === undefined
    ? `\`${operator}\` does not say which Python class it stands for: "python": "layers.${operator}".`
    : `"python" is the path of a class, such as "layers.${operator}", not ${JSON.stringify(value)}.`, value === undefined ? { part: 'key' } : {});
  return undefined;
}

/** Inputs and outputs: names alone, shapes alone (outputs), or an object of shapes by name. */
function readTensors(json: JsonValue | undefined, path: JsonPath, what: 'input' | 'output', tell: Tell): readonly DeclaredTensor[] {
  const any = (name: string): DeclaredTensor => ({ name, shape: undefined, dtype: undefined, optional: false });
  if (json === undefined) {
    tell([], 'An operator needs "outputs": a list of shapes, or an object that names them.', { part: 'key' });
    return [any('output')];
  }
  const found: DeclaredTensor[] = [];
  if (Array.isArray(json)) {
    const items = json as readonly JsonValue[];
    items.forEach((item, k) => {
      if (what === 'output') found.push(readTensor(items.length === 1 ? 'output' : String(k), item, [...path, k], what, tell));
      else if (typeof item === 'string' && isName(item)) found.push(any(item));
      else tell([...path, k], 'An input of any shape is given by its name; with a shape, "inputs" is an object: { "x": ["N", "C"] }.');
    });
  } else if (asObject(json)) {
    for (const [name, value] of Object.entries(json as JsonObject)) {
      if (!isName(name)) tell([...path, name], `\`${name}\` cannot name an ${what}: names are letters, digits and \`_\`, and start with no digit.`, { part: 'key' });
      found.push(readTensor(name, value, [...path, name], what, tell));
    }
  } else tell(path, `"${what}s" is ${what === 'input' ? 'a list of names or an object of shapes by name' : 'a list of shapes or an object of shapes by name'}.`);
  if (what === 'output' && found.length === 0) tell(path, 'An operator has at least one output.');
  const seen = new Set<string>();
  for (const { name } of found) {
    if (seen.has(name)) tell(path, `\`${name}\` names two ${what}s.`);
    seen.add(name);
  }
  return what === 'output' && found.length === 0 ? [any('output')] : found;
}

function readTensor(name: string, json: JsonValue, path: JsonPath, what: 'input' | 'output', tell: Tell): DeclaredTensor {
  if (Array.isArray(json)) return { name, shape: readShape(json as readonly JsonValue[], path, tell), dtype: undefined, optional: false };
  const object = asObject(json);
  if (!object) {
    tell(path, `The shape of ${what} \`${name}\` is a list such as ["N", "L", 64], or an object with "shape"${what === 'input' ? ', "dtype" and "optional"' : ' and "dtype"'}.`);
    return { name, shape: undefined, dtype: undefined, optional: false };
  }
  for (const key of Object.keys(object)) if (!['shape', 'dtype', ...(what === 'input' ? ['optional'] : [])].includes(key)) tell([...path, key], `An ${what} has no \`${key}\`.`, { severity: 'warning', part: 'key' });
  const [shape, dtype, optional] = [own(object, 'shape'), own(object, 'dtype'), own(object, 'optional')];
  if (shape !== undefined && !Array.isArray(shape)) tell([...path, 'shape'], 'A shape is a list of sizes: ["N", "L", 64].');
  if (dtype !== undefined && !(typeof dtype === 'string' && tensorDtypes.includes(dtype))) tell([...path, 'dtype'], `The dtype of ${what} \`${name}\` is one of ${tensorDtypes.join(', ')}.`);
  if (optional !== undefined && typeof optional !== 'boolean') tell([...path, 'optional'], '"optional" is true or false.');
  return {
    name, optional: optional === true,
    shape: Array.isArray(shape) ? readShape(shape as readonly JsonValue[], [...path, 'shape'], tell) : undefined,
    dtype: typeof dtype === 'string' && tensorDtypes.includes(dtype) ? (dtype as DeclaredTensor['dtype']) : undefined,
  };
}

function readShape(items: readonly JsonValue[], path: JsonPath, tell: Tell): readonly DeclaredAxis[] | undefined {
  let right = true;
  const axes = items.flatMap((item, k): readonly DeclaredAxis[] => {
    if (typeof item === 'number' && Number.isSafeInteger(item) && item >= 0) return [{ kind: 'size', size: item }];
    if (item === '...' && k === items.indexOf('...')) return [{ kind: 'rest' }];
    if (typeof item === 'string' && isName(item) && !isExpressionWord(item)) return [{ kind: 'symbol', name: item }];
    if (isExpression(item)) {
      const expression = parsed(item, [...path, k], tell);
      if (expression) return [{ kind: 'expression', text: item, expression }];
    } else tell([...path, k], `A size is a whole number, a symbol such as "N", an expression "=...", or once "..." for any axes, not ${JSON.stringify(item)}.`);
    right = false;
    return [];
  });
  return right ? axes : undefined;
}

function readAmount(json: JsonValue | undefined, key: 'parameters' | 'macs', tell: Tell): DeclaredAmount | undefined {
  if (json === undefined) return undefined;
  if (typeof json === 'number' && Number.isSafeInteger(json) && json >= 0) return { kind: 'size', size: json };
  if (isExpression(json)) {
    const expression = parsed(json, [key], tell);
    return expression && { kind: 'expression', text: json, expression };
  }
  tell([key], `"${key}" is a whole number or an expression: "=C * C".`);
  return undefined;
}

/** Every name in an expression must mean something: a parameter, a symbol of an input that is always there, an input in dim(). */
function checkNames({ inputs, outputs, params, parameters, macs }: Declaration, tell: Tell): void {
  const symbols = new Map<string, boolean>();
  inputs.forEach(({ name, shape, optional }) => shape?.forEach((axis, k) => {
    if (axis.kind !== 'symbol') return;
    if (params.has(axis.name)) tell(['inputs', name], `Axis ${k} of \`${name}\` is the symbol \`${axis.name}\`, but that is a parameter: write "=${axis.name}", or give the symbol another name.`);
    symbols.set(axis.name, (symbols.get(axis.name) ?? false) || !optional);
  }));
  const known = (name: string, path: JsonPath): void => {
    if (params.has(name) || symbols.get(name) === true) return;
    const meant = nearest(name, [...params.keys(), ...symbols.keys()]);
    tell(path, symbols.has(name) ? `\`${name}\` is unknown where an optional input is left out.` : `\`${name}\` is neither a parameter nor a symbol of an input's shape.${meant === undefined ? '' : ` Was \`${meant}\` meant?`}`);
  };
  const check = (expression: Expression, path: JsonPath): void => {
    for (const { kind, name } of references(expression)) {
      if (kind === 'param') known(name, path);
      else if (kind === 'source' && !inputs.some((input) => input.name === name && !input.optional)) tell(path, `dim() reads an input that is always there; \`${name}\` is none.`);
    }
  };
  const rest = inputs.some(({ shape, optional }) => !optional && shape?.some(({ kind }) => kind === 'rest'));
  for (const [key, tensors] of [['inputs', inputs], ['outputs', outputs]] as const) {
    tensors.forEach(({ name, shape }, at) => shape?.forEach((axis) => {
      const path = key === 'outputs' && (name === 'output' || name === String(at)) ? [key] : [key, name];
      if (axis.kind === 'expression') check(axis.expression, path);
      else if (axis.kind === 'symbol' && key === 'outputs') known(axis.name, path);
      else if (axis.kind === 'rest' && key === 'outputs' && !rest) tell(path, '"..." stands for axes of an input; no input that is always there has it in its shape.');
    }));
  }
  for (const [name, { inferred }] of params) if (inferred) check(inferred, ['params', name]);
  if (parameters?.kind === 'expression') check(parameters.expression, ['parameters']);
  if (macs?.kind === 'expression') check(macs.expression, ['macs']);
  for (const name of params.keys()) if (!isName(name) || isNodeWord(name) || isExpressionWord(name)) tell(['params', name], `A parameter cannot be called \`${name}\`.`, { part: 'key' });
}
