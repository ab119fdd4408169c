import type { JsonValue } from '../../document/json.js';
import type { TorchArg } from '../../operators/operator.js';
import type { WrittenNode, WrittenSource } from '../../program/scope.js';
import { formatShape, isSym, substitute } from '../../shapes/index.js';
import { append, call, flat, parsed, prefixed, spacedSlices, type Code, type Statement } from './code.js';
import { attribute, attributeName, axisOf, constructorSpelling, memberName, nodeAt, paramText, presence, representative, sourceSpelling, torchCall, type ClassContext } from './context.js';
import { isSequential, sharedRepetition } from './constructor.js';
import { asksSizes, hasExpression, mentions } from './mention.js';
import { literal, pythonValue, variable, type Spelling } from './python.js';
import { refusal } from './refusal.js';
import { sharedModule } from './shared.js';
import { reading, type Reading } from './reading.js';
import { createVariables, keyOf, portKey, type Key, type Variables } from './variables.js';

/** A use that is being written. */
interface Writing {
  readonly context: ClassContext;
  readonly reads: Reading;
  readonly variables: Variables;
  readonly statements: Statement[];
  readonly written: WrittenNode;
  readonly index: number;
  /** Its place in the order. */
  readonly place: number;
}

/** The statements of forward, with the return at their end. */
export function forwardBody(context: ClassContext): readonly Statement[] {
  const { scope } = context.behaviour.runs[0]!;
  const reads = reading(scope);
  const variables = createVariables(reads.last, reads.readers, scope.inputs);
  for (const name of scope.inputs) variables.assign(name, variable(name));
  const statements: Statement[] = [];
  scope.order.forEach((index, place) => writeUse({ context, reads, variables, statements, written: scope.nodes[index]!, index, place }));
  const results = scope.outputs.map(({ name, source }) => [name, codeOf(variables, keyOf(scope, source))] as const);
  statements.push({ code: returned(context, results) });
  return statements;
}

function returned(context: ClassContext, results: readonly (readonly [string | undefined, string])[]): Code {
  if (context.isRoot && results.some(([name]) => name !== undefined)) return { open: 'return {', items: results.map(([name, code], k) => `${JSON.stringify(name ?? String(k))}: ${code}`), close: '}' };
  if (results.length === 0) return 'return None';
  return `return ${results.map(([, code]) => code).join(', ')}`;
}

function codeOf(variables: Variables, key: Key | undefined): string {
  return key === undefined ? 'None' : variables.of(key) ?? 'None';
}

function writeUse(writing: Writing): void {
  const { context, variables, written, index } = writing;
  const { scope } = context.behaviour.runs[0]!;
  const kept = written.sources.filter((_, k) => !written.cut[k]);
  const keys = kept.map((source) => keyOf(scope, source));
  const when = presence(context, written);
  if (when === 'never' || (kept.length === 1 && written.cut.includes(true))) {
    const first = kept[0];
    const { when: condition, repeat, name } = written.node;
    // Sizes are seen here alone: where they ask for a layer that no network had, the result would be another network's.
    if (when === 'never' && asksSizes(condition) && !(repeat && mentions(condition, 'i'))) {
      append(writing.statements, { head: `if ${pythonValue(condition!, forwardSpelling(writing))}:`, body: [{ code: refusal(`exported without ${name}; export again for inputs of this size`) }] });
    }
    if (!first) return;
    const code = sourceCode(writing, first);
    variables.alias(portKey(index, 0), code);
    return;
  }
  if (written.node.repeat) writeRepeated(writing, kept, keys, when);
  else writeOne(writing, kept, keys, when);
}

function sourceCode({ variables, context }: Writing, source: WrittenSource): string {
  if (source.kind === 'constant') return literal(source.value);
  return codeOf(variables, keyOf(context.behaviour.runs[0]!.scope, source));
}

function writeOne(writing: Writing, kept: readonly WrittenSource[], keys: readonly (Key | undefined)[], when: JsonValue): void {
  const { variables, statements, written, index, place } = writing;
  const apply = application(writing);
  const inputs = kept.map((source) => sourceCode(writing, source));
  const key = portKey(index, 0);
  if (apply.isValue && when === 'always') {
    variables.alias(key, flat(apply.call(inputs, undefined)));
    return;
  }
  const targets = writing.reads.ports(index);
  // Under a condition the result takes the place of the first source, and no other variable that is read there may be lost.
  const until = when === 'always' ? place : place - 0.5;
  const firsts = keys.slice(0, when === 'always' ? undefined : 1).map((source) => source === undefined ? undefined : variables.of(source));
  const target = firsts.find((name) => goesOn(writing, name)) ?? variables.named(key, written.node.name, until);
  const others = targets.filter((port) => port > 0).map((port) => [port, variables.fresh(`${written.node.name}_${apply.ports[port] ?? port}`, until)] as const);
  const code = apply.call(inputs, undefined);
  const statement: Statement = { code: assigned(apply, target, others, code) };
  if (when === 'always') append(statements, { ...statement, comment: newShape(writing) });
  else {
    if (inputs[0] !== target) append(statements, { code: `${target} = ${inputs[0] ?? 'None'}` });
    append(statements, { head: `if ${pythonValue(when, forwardSpelling(writing))}:`, body: [statement] });
  }
  variables.assign(key, target);
  others.forEach(([port, name]) => variables.assign(portKey(index, port), name));
}

/** The shape that a use of the document puts out, where it is another than that of its first source. A block has as many as uses. */
function newShape({ context, written }: Writing): string | undefined {
  const [run] = context.behaviour.runs;
  const use = context.isRoot ? run!.instance.uses.get(written.node.name) : undefined;
  const [before, after] = [use?.inputs[0], use?.outputs[0]].map((value) => value?.tensor.shape?.map((dim) => substitute(dim, run!.sizes)));
  const text = after && !after.includes(null) ? formatShape(after) : undefined;
  return before && text === formatShape(before) ? undefined : text;
}

/**
 * Whether the result may take the variable of a source: nothing reads that any more, and neither is known by its name. An argument keeps its name
 * unless that is x, as everything is called on its way.
 */
function goesOn({ context, reads, variables, index, place }: Writing, source: string | undefined): boolean {
  if (source === undefined || !/^\w+$/u.test(source) || !variables.isFree(source, place)) return false;
  if (source !== 'x' && context.behaviour.block.inputs.has(source)) return false;
  return variables.isPassing(source) && (reads.readers.get(portKey(index, 0)) ?? 0) <= 1;
}

/** `x = ...`, or `x, (h, _) = ...` where the call gives more than a tensor. */
function assigned(apply: Application, target: string, others: readonly (readonly [number, string])[], code: Code): Code {
  if (apply.pattern === undefined) return prefixed(`${target} = `, code);
  const names = new Map([[0, target], ...others]);
  return prefixed(`${apply.pattern.replace(/\{(\d+)\}/gu, (_, port: string) => names.get(Number(port)) ?? '_')} = `, code);
}

/** How a use is called on its inputs. */
interface Application {
  call(inputs: readonly string[], module: string | undefined): Code;
  /** How its results are taken apart; undefined for one tensor. */
  readonly pattern: string | undefined;
  readonly ports: readonly string[];
  readonly isModule: boolean;
  /** A learned tensor, which is read and not called. */
  readonly isValue?: boolean;
}

function application(writing: Writing): Application {
  const { context, written } = writing;
  const shown = representative(context, written.node.name)!;
  const node = nodeAt(shown.run, shown.use, shown.k);
  const ref = sharedModule(context, written) ?? memberName(context, written);
  if (!node) {
    const { block } = written.target as { readonly block: { readonly outputs: readonly { readonly name?: string }[] } };
    const pattern = block.outputs.length === 1 ? undefined : block.outputs.map((_, k) => `{${k}}`).join(', ');
    return { isModule: true, pattern, ports: block.outputs.map(({ name }, k) => name ?? String(k)), call: (inputs, module) => call(module ?? ref, trimmed(inputs)) };
  }
  const torch = torchCall(node, written);
  const { outputs } = node.operator;
  const ports = typeof outputs === 'function' ? node.outputs.map((_, k) => String(k)) : outputs;
  if ('module' in torch) {
    return {
      isModule: true, isValue: torch.module === 'nn.Parameter', ports, pattern: torch.results,
      call: (inputs, module) => {
        const made = module ?? ref;
        if (torch.module === 'nn.Parameter') return made;
        return torch.call === undefined ? call(made, trimmed(inputs)) : parsed(`${made}(${filled(torch.call, inputs)})`);
      },
    };
  }
  // A function with a number of results of its own gives a tuple, also of one.
  const several = typeof outputs === 'function' || outputs.length > 1;
  const pattern = !several ? undefined : ports.length === 1 ? '({0},)' : ports.map((_, k) => `{${k}}`).join(', ');
  return {
    isModule: false, ports, pattern,
    call: (inputs) => {
      const args = new Map((torch.args ?? []).map((arg) => [arg.name ?? arg.param ?? '', argText(writing, arg)]));
      const text = filled(torch.expression, inputs).replace(/\{([A-Za-z_]\w*)\}/gu, (whole, name: string) => args.get(name) ?? whole);
      return parsed(spacedSlices(text.replace(/\b[pqd]__\w+/gu, (symbol) => (context.behaviour.meanings.has(symbol) ? attributeName(context, symbol) : symbol)).replace(/\be__(\w+)/gu, (whole, name: string) => paramIn(writing, name) ?? whole)));
    },
  };
}

function filled(template: string, inputs: readonly string[]): string {
  return template.replace(/\{(\d+)\}/gu, (_, k: string) => inputs[Number(k)] ?? 'None');
}

/** Without the optional inputs left out at the end. */
function trimmed(inputs: readonly string[]): readonly string[] {
  let { length } = inputs;
  while (length > 0 && inputs[length - 1] === 'None') length -= 1;
  return inputs.slice(0, length);
}

function argText(writing: Writing, { value, param }: TorchArg): string {
  const written = param === undefined ? undefined : paramIn(writing, param);
  if (written !== undefined) return written;
  return isSym(value) ? attributeName(writing.context, value.text) : literal(value ?? null);
}

function paramIn(writing: Writing, param: string): string | undefined {
  const json = writing.written.node.params.get(param);
  return json === undefined || !hasExpression(json) ? undefined : paramText(writing.context, writing.written, json, true, forwardSpelling(writing));
}

/** Expressions in forward: parameters stand in self, sizes are asked of the tensor that is there. */
function forwardSpelling(writing: Writing, around = false): Spelling {
  const { context, written, variables } = writing;
  const inner = constructorSpelling(context, written);
  return {
    whole: (e) => inner.whole(e),
    name: (name) => {
      if (name === 'i' && written.node.repeat && !around) return 'i';
      if (name === 'i') context.index = true;
      return attribute(context, name === 'i' ? 'i' : variable(name));
    },
    dim: (e) => {
      const text = sourceSpelling(e);
      const source = context.behaviour.runs[0]!.scope.inputs.includes(text) ? ({ kind: 'input', name: text } as const) : written.sources[written.spelled.indexOf(text)];
      const key = source && keyOf(context.behaviour.runs[0]!.scope, source);
      return `${codeOf(variables, key)}.shape[${axisOf(e.axis)}]`;
    },
  };
}

function sharedRef(ref: string, repetition: number): string {
  return repetition === 0 ? `${ref}[0]` : `${ref}["${repetition}"]`;
}

function writeRepeated(writing: Writing, kept: readonly WrittenSource[], keys: readonly (Key | undefined)[], when: JsonValue): void {
  const { context, variables, statements, written, index, place } = writing;
  const { node } = written;
  const apply = application(writing);
  const perRepetition = when !== 'always' && mentions(when, 'i');
  const inputs = kept.map((source) => sourceCode(writing, source));
  const first = keys[0] === undefined ? undefined : variables.of(keys[0]);
  const until = place - 0.5;
  // Inputs that outputs feed are carried from repetition to repetition; the others stay what they are, and are read in each.
  const carried = node.repeat!.wiring === 'dense' ? inputs.length : Math.min(apply.ports.length, inputs.length);
  const target = goesOn(writing, first) && !inputs.slice(carried).includes(first!) ? first! : variables.named(portKey(index, 0), node.name, until);
  const guard = (body: readonly Statement[]): void => {
    if (when === 'always' || perRepetition) body.forEach((each) => append(statements, each));
    else append(statements, { head: `if ${pythonValue(when, forwardSpelling(writing))}:`, body });
  };
  const ref = sharedModule(context, written) ?? memberName(context, written);
  if (isSequential(context, written)) {
    if (when !== 'always' && target !== inputs[0]) append(statements, { code: `${target} = ${inputs[0]!}` });
    guard([{ code: `${target} = ${ref}(${when === 'always' ? inputs[0]! : target})`, comment: when === 'always' ? newShape(writing) : undefined }]);
    variables.assign(portKey(index, 0), target);
    return;
  }
  const own = writing.reads.own(index);
  const times = paramText(context, written, node.repeat!.times, true, forwardSpelling(writing, true));
  const condition = perRepetition ? pythonValue(when, forwardSpelling(writing)) : undefined;
  const functional = !apply.isModule;
  const isOneModule = node.repeat!.shared && !context.variedShared.has(node.name);
  const counted = functional || condition !== undefined || (isOneModule && apply.isModule) || sharedModule(context, written) !== undefined;
  const item = apply.ports.length > 0 && written.target?.kind === 'block' ? 'block' : 'layer';
  const module = functional ? undefined : sharedModule(context, written) ?? (isOneModule ? sharedRef(ref, sharedRepetition(context, written)) : condition !== undefined ? `${ref}[str(i)]` : item);
  const head = counted ? `for ${functional || condition !== undefined ? 'i' : '_'} in range(${times}):` : `for ${item} in ${ref}:`;
  const wrap = (body: readonly Statement[]): readonly Statement[] => (condition === undefined ? body : [{ head: `if ${condition}:`, body }]);

  // Ports that something reads, of the whole or of one repetition.
  const portsRead = (least: number): readonly number[] => [...new Set([...writing.reads.ports(index), ...own.map(({ port }) => port)])].filter((port) => port >= least).sort((a, b) => a - b);
  const listsOf = (isWanted: (port: number) => boolean): ReadonlyArray<readonly [number, string]> => {
    const lists = [...new Set(own.map(({ port }) => port))].filter(isWanted).map((port) => [port, variables.fresh(`${node.name}_outputs${port === 0 ? '' : `_${port}`}`, until)] as const);
    lists.forEach(([, list]) => append(statements, { code: `${list} = []` }));
    return lists;
  };

  if (node.repeat!.wiring === 'dense') {
    const features = variables.fresh(target === 'features' ? 'features_' : 'features', until);
    const dim = pythonValue(node.repeat!.dim, forwardSpelling(writing));
    const joined = `torch.cat(${features}, dim=${dim})`;
    const others = portsRead(1).map((port) => [port, variables.fresh(`${node.name}_${apply.ports[port] ?? port}`, until)] as const);
    // A repetition that is not there hands on what it reads, and adds nothing.
    const isGapped = condition !== undefined && own.some(({ port }) => port === 0);
    const each = variables.fresh(`${node.name}_each`, until);
    const call = apply.call([isGapped ? each : joined, ...inputs.slice(1)], module);
    const lists = listsOf((port) => port > 0 || isGapped);
    const body: Statement[] = apply.pattern === undefined && !isGapped
      ? [{ code: { open: `${features}.append(`, items: [call], close: ')' } }]
      : [{ code: assigned(apply, each, others, call) }, { code: `${features}.append(${each})` }];
    const collected = lists.map(([port, list]): Statement => ({ code: `${list}.append(${port === 0 ? each : others.find(([other]) => other === port)![1]})` }));
    if (when !== 'always' && !perRepetition && target !== inputs[0]) append(statements, { code: `${target} = ${inputs[0]!}` });
    guard([{ code: `${features} = [${inputs[0]!}]` }, { head, body: [...(isGapped ? [{ code: `${each} = ${joined}` }] : []), ...wrap(body), ...collected] }, { code: `${target} = ${joined}`, comment: when === 'always' ? newShape(writing) : undefined }]);
    variables.assign(portKey(index, 0), target);
    others.forEach(([port, name]) => variables.assign(portKey(index, port), name));
    own.forEach(({ repetition, port }) => {
      const list = lists.find(([other]) => other === port)?.[1];
      variables.element(portKey(index, port, repetition), list ?? features, list === undefined ? repetition! + 1 : repetition!);
    });
    return;
  }

  const state = inputs.map((input, j) => (j === 0 ? target : j < carried && input !== 'None' ? variables.fresh(`${node.name}_${apply.ports[j] ?? j}`, until) : input));
  state.forEach((name, j) => { if (name !== inputs[j]) append(statements, { code: `${name} = ${inputs[j]!}` }); });
  // An input left out stays so, and what would feed it is an output like others.
  const surplus = portsRead(1).filter((port) => port >= carried || inputs[port] === 'None').map((port) => [port, variables.fresh(`${node.name}_${apply.ports[port] ?? port}`, until)] as const);
  const results = [...state.slice(1, carried).map((name, j) => [j + 1, name] as const).filter(([, name]) => name !== 'None'), ...surplus];
  const body: Statement[] = [{ code: assigned(apply, target, results, apply.call(state, module)) }];
  const lists = listsOf(() => true);
  const collected = lists.map(([port, list]): Statement => ({ code: `${list}.append(${port === 0 ? target : results.find(([other]) => other === port)?.[1] ?? target})` }));
  guard([{ head, body: [...wrap(body), ...collected] }]);
  variables.assign(portKey(index, 0), target);
  results.forEach(([port, name]) => variables.assign(portKey(index, port), name));
  own.forEach(({ repetition, port }) => variables.element(portKey(index, port, repetition), lists.find(([other]) => other === port)![1], repetition!));
}
