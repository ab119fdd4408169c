import type { Program } from '../../program/index.js';
import { isExpression } from '../../program/index.js';
import type { WrittenNode } from '../../program/scope.js';
import { call, type Code, type Statement } from './code.js';
import { constructorSpelling, paramText, type ClassContext } from './context.js';
import { asksSizes, mentions } from './mention.js';
import { literal, pythonValue, tuple, variable } from './python.js';

/**
 * What a constructor does where its arguments ask for a node that no value looked at has brought in, so that nothing is known of it: it refuses,
 * as a network without that node would be another one. Undefined where no argument can ask for it.
 */
export function absence(context: ClassContext, written: WrittenNode): Statement | undefined {
  const { name, when, repeat } = written.node;
  // Sizes of tensors are no arguments: what is left out by them is refused in forward, which sees them.
  if (asksSizes(when) || asksSizes(repeat?.times)) return undefined;
  const spelling = constructorSpelling(context, written);
  const conditional = isExpression(when);
  if ((!conditional && !isExpression(repeat?.times)) || when === false) return undefined;
  const condition = conditional ? pythonValue(when, spelling) : undefined;
  const times = repeat && paramText(context, written, repeat.times, true, constructorSpelling(context, written, true));
  const head = times === undefined ? condition!
    : condition === undefined ? `${times} != 0`
      : `any(${condition} for ${mentions(when, 'i') ? 'i' : '_'} in range(${times}))`;
  return { head: `if ${head}:`, body: [{ code: refusal(`exported without ${name}; export again with these arguments`) }] };
}

/** A constructor that holds numbers of the parameters it was exported with refuses others. */
export function refusedParams(context: ClassContext, { params }: Program): readonly Statement[] {
  const names = Object.keys(params);
  if (!context.isRoot || context.isFixed !== true || names.length === 0) return [];
  const [left, right] = names.length === 1 ? [variable(names[0]!), literal(params[names[0]!]!)] : [tuple(names.map(variable)), tuple(names.map((name) => literal(params[name]!)))];
  return [{ head: `if ${left} != ${right}:`, body: [{ code: refusal('exported for the default arguments; export again with these') }] }];
}

/** A statement that raises. */
export function refusal(message: string): Code {
  return call('raise ValueError', [literal(message)]);
}
