import type { JsonValue } from '../../document/json.js';
import type { Expression } from '../../program/index.js';

/** What stands in place of a name; undefined where it cannot be said. */
export type Meant = Expression | undefined;

/** A plain value as an expression; undefined for a list. */
export function literalExpression(value: JsonValue | undefined): Expression | undefined {
  switch (typeof value) {
    case 'number': return { kind: 'number', value, start: 0, end: 0 };
    case 'string': return { kind: 'text', value, start: 0, end: 0 };
    case 'boolean': return { kind: 'boolean', value, start: 0, end: 0 };
    default: return undefined;
  }
}

/** The expression with its names replaced by what they mean, as far as plain values decide it; undefined where a name has no meaning or a size is asked. */
export function substituted(e: Expression, meant: (name: string) => Meant): Expression | undefined {
  const inner = (other: Expression): Expression | undefined => substituted(other, meant);
  switch (e.kind) {
    case 'name': return meant(e.name);
    case 'dim': return undefined;
    case 'unary': {
      const operand = inner(e.operand);
      return operand && decided({ ...e, operand });
    }
    case 'binary': {
      const [left, right] = [inner(e.left), inner(e.right)];
      return left && right && decided({ ...e, left, right });
    }
    case 'conditional': {
      const [condition, then, otherwise] = [inner(e.condition), inner(e.then), inner(e.otherwise)];
      return condition && then && otherwise && decided({ ...e, condition, then, otherwise });
    }
    case 'index': {
      const [list, index] = [inner(e.list), inner(e.index)];
      return list && index && { ...e, list, index };
    }
    case 'call': {
      const args = e.args.map(inner);
      return args.every((arg) => arg !== undefined) ? { ...e, args } : undefined;
    }
    default: return e;
  }
}

/** What plain values leave of a condition: `mode == 'wide' && true` is `mode == 'wide'`. */
function decided(e: Expression): Expression {
  if (e.kind === 'unary' && e.operator === '!' && e.operand.kind === 'boolean') return { ...e.operand, value: !e.operand.value };
  if (e.kind === 'conditional' && e.condition.kind === 'boolean') return e.condition.value ? e.then : e.otherwise;
  if (e.kind !== 'binary') return e;
  const { operator, left, right } = e;
  if (operator === '&&' || operator === '||') {
    if (left.kind === 'boolean') return left.value === (operator === '&&') ? right : left;
    if (right.kind === 'boolean') return right.value === (operator === '&&') ? left : right;
  }
  if ((operator === '==' || operator === '!=') && isPlain(left) && isPlain(right)) return { kind: 'boolean', value: (left.value === right.value) === (operator === '=='), start: e.start, end: e.end };
  return e;
}

function isPlain(e: Expression): e is Expression & { readonly kind: 'number' | 'text' | 'boolean' } {
  return e.kind === 'number' || e.kind === 'text' || e.kind === 'boolean';
}
