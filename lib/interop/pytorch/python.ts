import type { JsonValue } from '../../document/json.js';
import { UNKNOWN, type ParamValue } from '../../operators/operator.js';
import { isExpression, parseExpression, type Expression } from '../../program/index.js';
import { isSym, type Dim } from '../../shapes/index.js';

const keywords = new Set('False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match'.split(' '));
/** Names that the written code uses itself. */
const used = new Set(['self', 'super', 'torch', 'torchvision', 'nn', 'F', 'math', 'range', 'enumerate', 'str', 'int', 'min', 'max', 'round', 'dict', 'zip', 'any', 'len', 'print', 'ValueError', 'share_weights', 'keep_once', 'leave_out', 'put_in', 'functools']);

export function isKeyword(name: string): boolean {
  return keywords.has(name);
}

/** The name as a Python variable; what is taken gets an underscore behind. */
export function variable(name: string): string {
  // Within a class Python puts the class's name before a name that starts with two underscores.
  if (name.startsWith('__')) return `${name.replace(/^_+/u, '_')}_`;
  return keywords.has(name) || used.has(name) ? `${name}_` : name;
}

/** A plain value in Python. */
export function literal(value: ParamValue | JsonValue): string {
  if (value === null || value === UNKNOWN) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return numeral(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (isSym(value)) return value.text;
  if (Array.isArray(value)) return tuple((value as readonly ParamValue[]).map(literal));
  return 'None';
}

export function tuple(elements: readonly string[]): string {
  return elements.length === 1 ? `(${elements[0]},)` : `(${elements.join(', ')})`;
}

function numeral(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value);
  const text = String(value);
  return text.startsWith('0.0000') ? value.toExponential().replace(/e-(\d)$/u, 'e-0$1') : text;
}

/** How the names of an expression are written where it stands. */
export interface Spelling {
  name(name: string): string;
  dim(expression: Expression & { readonly kind: 'dim' }): string;
  /** Whether a division comes out whole there, so that // says the same as /. */
  whole(expression: Expression): boolean;
}

/** A value of the file in Python: plain, an expression, or a list with expressions in it. */
export function pythonValue(value: JsonValue, spelling: Spelling): string {
  if (isExpression(value)) {
    const parsed = parseExpression(value);
    return 'expression' in parsed ? python(parsed.expression, spelling) : literal(value);
  }
  return Array.isArray(value) ? tuple(value.map((element: JsonValue) => pythonValue(element, spelling))) : literal(value);
}

/** How tightly each kind binds in Python; an operand that binds less stands in parentheses. */
const binding = { conditional: 1, '||': 2, '&&': 3, '!': 4, compare: 5, sum: 6, product: 7, minus: 8, atom: 10 } as const;
const words: Readonly<Record<string, string>> = { '||': 'or', '&&': 'and' };

export function python(expression: Expression, spelling: Spelling, least = 0): string {
  const [text, level] = write(expression, spelling);
  return level < least ? `(${text})` : text;
}

function write(e: Expression, spelling: Spelling): readonly [string, number] {
  const inner = (operand: Expression, least: number): string => python(operand, spelling, least);
  switch (e.kind) {
    case 'number': case 'boolean': case 'text': return [literal(e.value), binding.atom];
    case 'name': return [spelling.name(e.name), binding.atom];
    case 'index': return [`${inner(e.list, binding.atom)}[${inner(e.index, 0)}]`, binding.atom];
    case 'dim': return [spelling.dim(e), binding.atom];
    case 'unary': return e.operator === '-' ? [`-${inner(e.operand, binding.minus)}`, binding.minus] : [`not ${inner(e.operand, binding['!'])}`, binding['!']];
    case 'conditional': return [`${inner(e.then, 2)} if ${inner(e.condition, 2)} else ${inner(e.otherwise, 1)}`, binding.conditional];
    case 'call': {
      const [first] = e.args as [Expression, ...Expression[]];
      if (e.name === 'min' || e.name === 'max') return e.args.length === 1 ? write(first, spelling) : [`${e.name}(${e.args.map((arg) => inner(arg, 0)).join(', ')})`, binding.atom];
      if (first.kind === 'binary' && first.operator === '/') {
        if (e.name === 'floor') return [`${inner(first.left, 7)} // ${inner(first.right, 8)}`, binding.product];
        if (e.name === 'ceil') return [`-(-${inner(first.left, 8)} // ${inner(first.right, 8)})`, binding.minus];
      }
      const exact: Spelling = { ...spelling, whole: () => false };
      return [`${e.name === 'round' ? 'round' : `math.${e.name}`}(${python(first, exact)})`, binding.atom];
    }
    case 'binary': {
      const { operator } = e;
      if (operator === '||' || operator === '&&') return [`${inner(e.left, binding[operator])} ${words[operator]!} ${inner(e.right, binding[operator] + 1)}`, binding[operator]];
      if (operator === '+' || operator === '-') return [`${inner(e.left, binding.sum)} ${operator} ${inner(e.right, binding.product)}`, binding.sum];
      if (operator === '*' || operator === '/' || operator === '//' || operator === '%') {
        const sign = operator === '/' && spelling.whole(e) ? '//' : operator;
        return [`${inner(e.left, binding.product)} ${sign} ${inner(e.right, binding.minus)}`, binding.product];
      }
      // Python chains comparisons, so a comparison inside one stands in parentheses.
      return [`${inner(e.left, binding.sum)} ${operator} ${inner(e.right, binding.sum)}`, binding.compare];
    }
  }
}

/** A symbolic size in Python, its symbols spelled by `name`. */
export function pythonSize(dim: Dim, name: (symbol: string) => string, least = 0): string {
  if (dim === null) return 'None';
  if (typeof dim === 'number') return String(dim);
  const parsed = parseExpression(dim.text);
  if (!('expression' in parsed)) return dim.text;
  if (parsed.expression.kind === 'name' && least === 0) return bare(name(parsed.expression.name));
  return python(parsed.expression, { name, dim: () => 'None', whole: () => true }, least);
}

/** Without parentheses around the whole. */
function bare(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let depth = 0;
  for (let k = 0; k < text.length - 1; k++) {
    if (text[k] === '(') depth += 1;
    else if (text[k] === ')' && --depth === 0) return text;
  }
  return text.slice(1, -1);
}
