import type { NamedSource } from '../document/model.js';

/**
 * Expressions of the file ("=channels // 2", FORMAT.md "Expressions"): the syntax tree and its parser. The parser is total: any text gives a tree or
 * a problem with its place. Offsets count from the first character after "=".
 */
export type Expression = (
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | '!'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'conditional'; readonly condition: Expression; readonly then: Expression; readonly otherwise: Expression }
  | { readonly kind: 'index'; readonly list: Expression; readonly index: Expression }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly args: readonly Expression[] }
  | { readonly kind: 'dim'; readonly source: NamedSource; readonly sourceStart: number; readonly sourceEnd: number; readonly axis: Expression }
) & { readonly start: number; readonly end: number };

export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '//' | '%';

/** Functions of numbers, with the least and the most arguments that they take. `dim` reads a source and stands apart. */
export const functions = { min: [1, Infinity], max: [1, Infinity], floor: [1, 1], ceil: [1, 1], round: [1, 1] } as const;
export type FunctionName = keyof typeof functions;

/** Names that an expression takes for itself. */
export const takenNames: ReadonlySet<string> = new Set(['i', 'true', 'false']);

export interface SyntaxProblem {
  readonly code: 'expression-syntax' | 'expression-size' | 'unknown-function';
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

export type ParsedExpression = { readonly expression: Expression } | { readonly problem: SyntaxProblem };

/** Longer or deeper expressions are refused, so that neither parsing nor evaluating can run out of stack. */
export const longest = 2000;
export const deepest = 100;

/** Whether a value of the file is an expression: text that begins with "=". */
export function isExpression(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('=');
}

/** Parses the text after "="; a leading "=" is allowed and counts as position -1. */
export function parseExpression(text: string): ParsedExpression {
  const body = text.startsWith('=') && !text.startsWith('==') ? text.slice(1) : text;
  if (body.length > longest) return { problem: { code: 'expression-size', message: `The expression has ${body.length.toLocaleString('en-US')} characters; at most ${longest.toLocaleString('en-US')} are read.`, start: 0, end: body.length } };
  try {
    return { expression: new Parser(body).whole() };
  } catch (error) {
    if (error instanceof Stop) return { problem: error.problem };
    throw error;
  }
}

/** What an expression is directly made of. */
export function partsOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case 'unary': return [e.operand];
    case 'binary': return [e.left, e.right];
    case 'conditional': return [e.condition, e.then, e.otherwise];
    case 'index': return [e.list, e.index];
    case 'call': return e.args;
    case 'dim': return [e.axis];
    default: return [];
  }
}

/** Names that an expression mentions, for completion, hover and the search for uses. */
export interface Reference {
  readonly kind: 'param' | 'source' | 'function';
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** All names in the expression, in the order of the text. `i` is listed as a parameter. */
export function references(expression: Expression): readonly Reference[] {
  const found: Reference[] = [];
  const visit = (e: Expression): void => {
    switch (e.kind) {
      case 'name': found.push({ kind: 'param', name: e.name, start: e.start, end: e.end }); break;
      case 'call': found.push({ kind: 'function', name: e.name, start: e.start, end: e.start + e.name.length }); break;
      case 'dim':
        found.push({ kind: 'function', name: 'dim', start: e.start, end: e.start + 3 });
        found.push({ kind: 'source', name: e.source.name, start: e.sourceStart, end: e.sourceStart + e.source.name.length });
        break;
      default: break;
    }
    partsOf(e).forEach(visit);
  };
  visit(expression);
  return found.sort((a, b) => a.start - b.start);
}

type Token = { readonly kind: 'number' | 'text' | 'name' | 'sign' | 'end'; readonly text: string; readonly start: number; readonly end: number };
const pattern = /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|'([^']*)'|([A-Za-z_]\w*)|(\|\||&&|==|!=|<=|>=|\/\/|[?:<>+\-*/%!()[\],.]))/uy;

/** Binary operators by how tightly they bind; all of them associate to the left. */
const levels: ReadonlyArray<readonly BinaryOperator[]> = [['||'], ['&&'], ['==', '!='], ['<', '<=', '>', '>='], ['+', '-'], ['*', '/', '//', '%']];

class Stop extends Error {
  constructor(readonly problem: SyntaxProblem) { super(problem.message); }
}

class Parser {
  private token: Token;
  /** How deep the recursion stands, and how deep the tree below each finished node is: both are bounded. */
  private nesting = 0;
  private readonly depths = new Map<Expression, number>();

  constructor(private readonly text: string) { this.token = this.scan(0); }

  whole(): Expression {
    if (this.at('end')) this.stop('The expression is empty.');
    const expression = this.conditional();
    if (!this.at('end')) this.unexpected('an operator');
    return expression;
  }

  private scan(from: number): Token {
    pattern.lastIndex = from;
    const match = pattern.exec(this.text);
    if (match) {
      const end = pattern.lastIndex;
      const [all, number, quoted, name, sign] = match;
      const start = end - all.trimStart().length;
      if (number !== undefined) return { kind: 'number', text: number, start, end };
      if (quoted !== undefined) return { kind: 'text', text: quoted, start, end };
      if (name !== undefined) return { kind: 'name', text: name, start, end };
      return { kind: 'sign', text: sign!, start, end };
    }
    const start = from + /^\s*/u.exec(this.text.slice(from))![0].length;
    if (start >= this.text.length) return { kind: 'end', text: '', start: this.text.length, end: this.text.length };
    const character = String.fromCodePoint(this.text.codePointAt(start)!);
    const message = character === "'" ? "The text that begins with ' has no end." : character === '"' ? "Text in an expression stands in single quotes: 'same'." : `"${character}" has no meaning in an expression.`;
    throw new Stop({ code: 'expression-syntax', message, start, end: start + character.length });
  }

  private next(): Token {
    const token = this.token;
    this.token = this.scan(token.end);
    return token;
  }

  private at(kind: Token['kind']): boolean { return this.token.kind === kind; }

  private is(sign: string): boolean { return this.token.kind === 'sign' && this.token.text === sign; }

  private take(sign: string): boolean {
    if (!this.is(sign)) return false;
    this.next();
    return true;
  }

  private expect(sign: string): Token {
    if (!this.is(sign)) this.unexpected(`"${sign}"`);
    return this.next();
  }

  private unexpected(wanted: string): never {
    this.stop(this.token.kind === 'end' ? `The expression ends where ${wanted} should follow.` : `"${this.text.slice(this.token.start, this.token.end)}" stands where ${wanted} should.`);
  }

  private stop(message: string, code: SyntaxProblem['code'] = 'expression-syntax', token: { start: number; end: number } = this.token): never {
    throw new Stop({ code, message, start: token.start, end: token.end });
  }

  private made<E extends Expression>(expression: E, ...children: readonly Expression[]): E {
    const depth = 1 + Math.max(0, ...children.map((child) => this.depths.get(child) ?? 1));
    if (depth > deepest) this.tooDeep(expression);
    this.depths.set(expression, depth);
    return expression;
  }

  private tooDeep(at: { start: number; end: number }): never {
    this.stop(`The expression nests more than ${deepest} levels deep.`, 'expression-size', at);
  }

  private nested<T>(parse: () => T): T {
    if (++this.nesting > deepest) this.tooDeep(this.token);
    const result = parse();
    this.nesting -= 1;
    return result;
  }

  private conditional(): Expression {
    return this.nested(() => {
      const condition = this.binary(0);
      if (!this.take('?')) return condition;
      const then = this.conditional();
      this.expect(':');
      const otherwise = this.conditional();
      return this.made({ kind: 'conditional', condition, then, otherwise, start: condition.start, end: otherwise.end }, condition, then, otherwise);
    });
  }

  private binary(level: number): Expression {
    const operators = levels[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = operators.find((o) => this.is(o));
      if (!operator) return left;
      this.next();
      const right = this.binary(level + 1);
      left = this.made({ kind: 'binary', operator, left, right, start: left.start, end: right.end }, left, right);
    }
  }

  private unary(): Expression {
    const start = this.token.start;
    const operator = this.is('-') ? '-' : this.is('!') ? '!' : undefined;
    if (!operator) return this.postfix();
    return this.nested(() => {
      this.next();
      const operand = this.unary();
      return this.made({ kind: 'unary', operator, operand, start, end: operand.end }, operand);
    });
  }

  private postfix(): Expression {
    let list = this.atom();
    while (this.take('[')) {
      const index = this.conditional();
      const { end } = this.expect(']');
      list = this.made({ kind: 'index', list, index, start: list.start, end }, list, index);
    }
    return list;
  }

  private atom(): Expression {
    const { kind, text, start, end } = this.token;
    if (kind === 'number') {
      this.next();
      return this.made({ kind: 'number', value: Number(text), start, end });
    }
    if (kind === 'text') {
      this.next();
      return this.made({ kind: 'text', value: text, start, end });
    }
    if (kind === 'name') {
      const name = this.next();
      if (this.is('(')) return this.call(name);
      if (text === 'true' || text === 'false') return this.made({ kind: 'boolean', value: text === 'true', start, end });
      return this.made({ kind: 'name', name: text, start, end });
    }
    if (this.take('(')) {
      const inner = this.conditional();
      const close = this.expect(')');
      return this.made({ ...inner, start, end: close.end }, inner);
    }
    this.unexpected('a number, a name or "("');
  }

  private call(name: Token): Expression {
    this.expect('(');
    if (name.text === 'dim') return this.dim(name);
    if (!Object.hasOwn(functions, name.text)) this.stop(`There is no function ${name.text}(); there are dim, ${Object.keys(functions).join(', ')}.`, 'unknown-function', name);
    const args: Expression[] = [];
    if (!this.is(')')) {
      do args.push(this.conditional()); while (this.take(','));
    }
    const { end } = this.expect(')');
    const [least, most] = functions[name.text as FunctionName];
    if (args.length < least || args.length > most) this.stop(`${name.text}() takes ${most === least ? 'one argument' : 'at least one argument'}, not ${args.length}.`, 'expression-syntax', { start: name.start, end });
    return this.made({ kind: 'call', name: name.text as FunctionName, args, start: name.start, end }, ...args);
  }

  private dim(name: Token): Expression {
    if (!this.at('name')) this.unexpected('the name of an input or source');
    const first = this.next();
    let sourceEnd = first.end;
    let source: NamedSource = { name: first.text };
    if (this.take('[')) {
      source = { ...source, repetition: this.wholeNumber('the number of a repetition') };
      sourceEnd = this.expect(']').end;
    }
    if (this.take('.')) {
      if (this.at('name')) {
        const port = this.next();
        source = { ...source, port: port.text };
        sourceEnd = port.end;
      } else {
        sourceEnd = this.token.end;
        source = { ...source, port: this.wholeNumber('the name or number of a port') };
      }
    } else if (this.at('number') && /^\.\d+$/u.test(this.token.text)) {
      // "split.1": the scanner reads ".1" as a number.
      const port = this.next();
      source = { ...source, port: Number(port.text.slice(1)) };
      sourceEnd = port.end;
    }
    this.expect(',');
    const axis = this.conditional();
    const { end } = this.expect(')');
    return this.made({ kind: 'dim', source, sourceStart: first.start, sourceEnd, axis, start: name.start, end }, axis);
  }

  private wholeNumber(wanted: string): number {
    if (!this.at('number') || !/^\d+$/u.test(this.token.text)) this.unexpected(wanted);
    return Number(this.next().text);
  }
}
