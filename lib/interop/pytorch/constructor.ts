import type { ParamValue } from '../../operators/operator.js';
import { UNKNOWN } from '../../operators/operator.js';
import type { Instance, ProgramNode } from '../../program/index.js';
import type { WrittenNode } from '../../program/scope.js';
import { isSym, type Dim } from '../../shapes/index.js';
import { append, call, prefixed, suffixed, type Code, type Statement } from './code.js';
import { constructorSpelling, memberName, nodeAt, paramText, presence, representative, sizeText, torchCall, type ClassContext } from './context.js';
import { hasExpression, mentions } from './mention.js';
import { literal, pythonValue, variable } from './python.js';
import { absence, presenceAlone } from './refusal.js';
import { sharedModule, ties } from './shared.js';

/** The statements that make the submodules. */
export function constructorBody(context: ClassContext): readonly Statement[] {
  const statements: Statement[] = [];
  const late: Statement[] = [];
  for (const index of context.behaviour.runs[0]!.scope.order) {
    const written = context.behaviour.runs[0]!.scope.nodes[index]!;
    const when = presence(context, written);
    if (when === 'never') {
      const refusal = absence(context, written);
      if (refusal) append(statements, refusal);
    }
    const needed = when === 'never' ? undefined : presenceAlone(context, written);
    if (needed) append(statements, needed);
    if (when === 'never' || sharedModule(context, written) !== undefined) continue;
    const made = moduleOf(context, written);
    if (!made) continue;
    const statement: Statement = { code: prefixed(`${memberName(context, written)} = `, repeated(context, written, made)) };
    const tied: readonly Statement[] = [...ties(context, written).map((text): Statement => ({ code: text })), ...sameTensors(context, written)];
    if (tied.length > 0) context.ties.any = true;
    if (when === 'always' || (written.node.repeat && mentions(when, 'i'))) {
      append(statements, statement);
      late.push(...tied);
    } else {
      const head = `if ${pythonValue(when, constructorSpelling(context, written))}:`;
      append(statements, { head, body: [statement] });
      if (tied.length > 0) append(late, { head, body: tied });
    }
  }
  late.forEach((statement) => append(statements, statement));
  return statements;
}

/** The module of one use (of one repetition); undefined where the operator is a function. */
function moduleOf(context: ClassContext, written: WrittenNode): Code | undefined {
  const { name } = written.node;
  const shown = representative(context, name)!;
  const node = nodeAt(shown.run, shown.use, shown.k);
  return node ? operatorModule(context, written, node) : blockModule(context, written);
}

function operatorModule(context: ClassContext, written: WrittenNode, node: ProgramNode): Code | undefined {
  const torch = torchCall(node, written);
  if (!('module' in torch)) return undefined;
  const spelling = constructorSpelling(context, written);
  const shown = new Set<string>();
  let inferred = 0;
  const args = torch.args.map((arg): Code => {
    const { name, value, param } = arg;
    const before = name === undefined ? '' : `${name}=`;
    if (param === undefined) {
      const place = inferred++;
      return before + sizeText(context, written.node.name, sizeLabel(place), (use, k, run) => {
        const other = nodeAt(run, use, k);
        const found = other && (torchCall(other, written) as typeof torch).args.filter((each) => each.param === undefined)[place]?.value;
        return found === undefined ? undefined : (found as Dim);
      });
    }
    shown.add(param);
    const json = written.node.params.get(param);
    const whole = ['integer', 'tuple', 'list', 'ranges'].includes(node.operator.params.get(param)?.kind ?? '');
    if (json !== undefined && hasExpression(json)) return before + paramText(context, written, json, whole, spelling);
    return before + (isSymbolic(value) ? sizeText(context, written.node.name, param, (use, k, run) => nodeAt(run, use, k)?.params[param] as Dim) : literal(value ?? null));
  });
  for (const [param, json] of written.node.params) {
    if (shown.has(param) || !hasExpression(json) || node.operator.params.get(param)?.assertion === true) continue;
    args.push(`${param}=${paramText(context, written, json, node.operator.params.get(param)?.kind === 'integer', spelling)}`);
  }
  if (torch.module !== 'nn.Parameter') return call(torch.from === undefined ? torch.module : context.imported(torch.from, torch.module), args);
  // Small and random, as vision transformers start positions and class tokens.
  return call('nn.Parameter', [suffixed(call('torch.randn', args), ' * 0.02')]);
}

function isSymbolic(value: ParamValue | null): boolean {
  return isSym(value);
}

function sizeLabel(place: number): string {
  return place === 0 ? 'in_features' : `in_features_${place + 1}`;
}

function blockModule(context: ClassContext, written: WrittenNode): Code {
  const { node, target } = written;
  const signature = context.signatures.get((target as { readonly block: Parameters<typeof context.signatures.get>[0] }).block)!;
  const spelling = constructorSpelling(context, written);
  const sizes = signature.sizes.map(({ name, see }) => {
    const text = sizeText(context, node.name, name, (use, k, run) => {
      const each = use.each[k];
      return each?.kind === 'block' ? see(each.instance, run) : undefined;
    });
    return signature.sizes.length === 1 ? text : `${name}=${text}`;
  });
  const params = [...node.params].map(([name, value]) => `${variable(name)}=${paramText(context, written, value, false, spelling)}`);
  const inherited = node.weights === undefined ? [] : inheritedParams(context, written);
  return call(signature.className, [...sizes, ...params, ...inherited, ...(signature.index && node.repeat ? ['i=i'] : [])]);
}

/** Parameters that a use takes over from the node whose weights it shares. */
function inheritedParams(context: ClassContext, written: WrittenNode): readonly string[] {
  const shown = representative(context, written.node.name)!;
  const each = shown.use.each[shown.k];
  if (each?.kind !== 'block') return [];
  return Object.entries(each.instance.params).flatMap(([name, value]) => (written.node.params.has(name) || value === UNKNOWN || isSym(value) ? [] : [`${variable(name)}=${literal(value)}`]));
}

/** The container of a repeated node: its keys are the numbers of the repetitions. */
function repeated(context: ClassContext, written: WrittenNode, element: Code): Code {
  const { node } = written;
  if (!node.repeat) return element;
  const shown = representative(context, node.name)!;
  const list = nodeAt(shown.run, shown.use, shown.k)?.operator.type === 'Parameter' ? 'nn.ParameterList' : 'nn.ModuleList';
  if (node.repeat.shared && usesIndex(element)) context.variedShared.add(node.name);
  else if (node.repeat.shared) {
    const first = sharedRepetition(context, written);
    if (first === 0 && mayBeNone(context, written)) return call(list, [{ open: '[', items: [element, `for _ in range(min(${timesText(context, written)}, 1))`], close: ']', spaced: true }]);
    return first === 0 ? call(list, [{ open: '[', items: [element], close: ']' }]) : call('nn.ModuleDict', [{ open: '{', items: [prefixed(`"${first}": `, element)], close: '}' }]);
  }
  const range = `for i in range(${timesText(context, written)})`;
  const loop = usesIndex(element) ? range : range.replace('for i', 'for _');
  const when = presence(context, written);
  if (typeof when === 'string' && when !== 'always' && mentions(when, 'i')) {
    return call('nn.ModuleDict', [{ open: '{', items: [prefixed('str(i): ', element), range, `if ${pythonValue(when, constructorSpelling(context, written))}`], close: '}', spaced: true }]);
  }
  const all = { open: '[', items: [element, loop], close: ']', spaced: true };
  return isSequential(context, written) ? { open: 'nn.Sequential(', items: [prefixed('*', all)], close: ')' } : call(list, [all]);
}

/** Makes the tensors of all repetitions those of the first that is there, where each has a module of its own. */
function sameTensors(context: ClassContext, written: WrittenNode): readonly Statement[] {
  if (!context.variedShared.has(written.node.name)) return [];
  const member = memberName(context, written);
  const perRepetition = mentions(written.node.when, 'i');
  if (haveDifferentLayers(context, written)) {
    const all = perRepetition ? `${member}.values()` : member;
    return [{ head: `for k, layer in enumerate(${all}):`, body: [{ head: `for earlier in list(${all})[:k]:`, body: [{ code: call('share_weights', ['layer', 'earlier']) }] }] }];
  }
  const first = perRepetition ? `${member}["${sharedRepetition(context, written)}"]` : `${member}[0]`;
  return [{ head: `for layer in ${member}${perRepetition ? '.values()' : '[1:]'}:`, body: [{ code: call('share_weights', ['layer', first]) }] }];
}

/** Whether some arguments leave no repetition of the node. */
function mayBeNone(context: ClassContext, { node }: WrittenNode): boolean {
  return context.behaviour.runs.some(({ instance }) => instance.uses.get(node.name)?.each.length === 0);
}

/** Whether a repetition of a block lacks a layer that another has: the tensors of a layer are then those of the first repetition with that layer. */
function haveDifferentLayers(context: ClassContext, { node }: WrittenNode): boolean {
  const layers = (instance: Instance): readonly unknown[] => [...instance.uses].flatMap(([name, { each }]) => each.map((one, k) => (one.kind === 'block' ? [name, k, layers(one.instance)] : one.kind === 'node' ? [name, k] : [])));
  return context.behaviour.runs.some(({ instance }) => new Set(instance.uses.get(node.name)?.each.flatMap((one) => (one.kind === 'block' ? [JSON.stringify(layers(one.instance))] : []))).size > 1);
}

/** The repetition that has the weights which all share: the first that is there. */
export function sharedRepetition(context: ClassContext, { node }: WrittenNode): number {
  return representative(context, node.name)?.k ?? 0;
}

function timesText(context: ClassContext, written: WrittenNode): string {
  return paramText(context, written, written.node.repeat!.times, true, constructorSpelling(context, written, true));
}

function usesIndex(code: Code): boolean {
  return typeof code === 'string' ? /\bi\b/u.test(code) : usesIndex(code.open) || code.items.some(usesIndex);
}

/** Whether a repetition is one call after the other of one tensor, so that nn.Sequential says all. */
export function isSequential(context: ClassContext, written: WrittenNode): boolean {
  const { node, target, sources } = written;
  const { scope } = context.behaviour.runs[0]!;
  if (!node.repeat || node.repeat.shared || node.repeat.wiring === 'dense' || sources.length !== 1 || written.cut.includes(true)) return false;
  if (node.when !== undefined && mentions(node.when, 'i')) return false;
  if (sharedModule(context, written) !== undefined) return false;
  const single = scope.nodes.every(({ sources: others }) => others.every((source) => source.kind !== 'node' || scope.nodes[source.index] !== written || source.repetition === undefined))
    && scope.outputs.every(({ source }) => source.kind !== 'node' || scope.nodes[source.index] !== written || source.repetition === undefined);
  if (!single) return false;
  if (target?.kind === 'block') return target.block.outputs.length === 1 && target.block.inputs.size === 1;
  const shown = representative(context, node.name);
  const operator = shown && nodeAt(shown.run, shown.use, shown.k);
  if (!operator) return false;
  const torch = torchCall(operator, written);
  return 'module' in torch && torch.results === undefined && torch.call === undefined && torch.module !== 'nn.Parameter';
}
