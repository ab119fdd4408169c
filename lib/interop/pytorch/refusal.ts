import type { Program } from '../../program/index.js';
import { isExpression } from '../../program/index.js';
import type { WrittenNode } from '../../program/scope.js';
import { call, type Code, type Statement } from './code.js';
import { constructorSpelling, paramText, type ClassContext } from './context.js';
import { asksSizes, mentions } from './mention.js';
import type { Probes } from './probes.js';
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

/**
 * The same for arguments that ask for a network without a node that every network looked at has: others did not fit. Undefined where none can, or where one without
 * it was seen.
 */
export function presenceAlone(context: ClassContext, written: WrittenNode): Statement | undefined {
  const { name, when, repeat } = written.node;
  if (!isExpression(when) || repeat || asksSizes(when) || mentions(when, 'i')) return undefined;
  if (context.behaviour.runs.some(({ instance }) => instance.uses.get(name)?.each.some(({ kind }) => kind === 'absent') !== false)) return undefined;
  const condition = pythonValue(when, constructorSpelling(context, written));
  const head = /^\w+$/u.test(condition) ? `if not ${condition}:` : `if not (${condition}):`;
  return { head, body: [{ code: refusal(`exported with ${name}; export again with these arguments`) }] };
}

/** A constructor that holds numbers of the parameters it was exported with refuses others. */
export function refusedParams(context: ClassContext, { params }: Program): readonly Statement[] {
  const names = Object.keys(params);
  if (!context.isRoot || !context.fixed.any || names.length === 0) return [];
  const [left, right] = names.length === 1 ? [variable(names[0]!), literal(params[names[0]!]!)] : [tuple(names.map(variable)), tuple(names.map((name) => literal(params[name]!)))];
  return [{ head: `if ${left} != ${right}:`, body: [{ code: refusal('exported for the default arguments; export again with these') }] }];
}

/** A constructor whose arguments may go together as no network looked at had them refuses those. */
export function refusedTogether({ isRoot }: ClassContext, { params }: Program, { limit }: Probes): readonly Statement[] {
  if (!isRoot || limit === undefined) return [];
  const { names, atOnce } = limit;
  const changed: Code = { open: 'changed = [', items: names.map((name) => `${variable(name)} != ${literal(params[name]!)}`), close: ']' };
  return [{ code: changed }, { head: `if sum(changed) > ${atOnce}:`, body: [{ code: refusal(`exported for ${atOnce} other ${atOnce === 1 ? 'argument' : 'arguments'} at once; export again with these`) }] }];
}

/** A statement that raises. */
export function refusal(message: string): Code {
  return call('raise ValueError', [literal(message)]);
}
