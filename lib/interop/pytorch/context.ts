import type { JsonValue } from '../../document/json.js';
import type { Block } from '../../document/model.js';
import type { ParamValue, TorchCall } from '../../operators/operator.js';
import { evaluate, evaluateValue, isExpression, parseExpression, references, type Expression, type Instance, type ProgramNode, type SymbolicRun, type Use } from '../../program/index.js';
import type { WrittenNode } from '../../program/scope.js';
import { evaluateDim, substitute, symbol, type Dim, type Tensor } from '../../shapes/index.js';
import { findFormula, type Decision, type Formula } from './formula.js';
import { hasExpression } from './mention.js';
import { isKeyword, python, pythonSize, pythonValue, variable, type Spelling } from './python.js';
import { numbersOf, type Behaviour } from './runs.js';

/** What a user of a class must know. */
export interface Signature {
  readonly className: string;
  /** Sizes of inputs that the constructor takes first, in this order. */
  readonly sizes: readonly { readonly name: string; see(instance: Instance, run: SymbolicRun): Dim | undefined }[];
  /** Whether the constructor takes the repetition that it is. */
  readonly index: boolean;
}

/** What is known while one class is written. */
export interface ClassContext {
  readonly behaviour: Behaviour;
  readonly isRoot: boolean;
  readonly signatures: ReadonlyMap<Block, Signature>;
  /** Constructor arguments for sizes, by symbol or by the node that needs one. */
  readonly sizes: Map<string, Signature['sizes'][number]>;
  /** What forward reads from self, and the constructor argument that it holds. */
  readonly attributes: Map<string, string>;
  /** The name by which the code calls a class of the user's own, which it imports. */
  imported(module: string, name: string): string;
  /** Whether tensors of some class stand at two places. */
  readonly ties: { any: boolean };
  index: boolean;
  /** Repeated nodes of one set of weights whose other parameters differ: a module for each repetition, of the same tensors. */
  readonly variedShared: Set<string>;
  /** Whether a number was written in some class that holds for the present parameters of the document only. */
  readonly fixed: { any: boolean };
}

/** The use in the first run where it is there, at its first present repetition. */
export function representative(context: ClassContext, name: string): { readonly run: SymbolicRun; readonly use: Use; readonly k: number } | undefined {
  for (const run of context.behaviour.runs) {
    const use = run.instance.uses.get(name);
    // A block that only another value of a parameter brings in may have no class.
    const k = use?.each.findIndex((each) => each.kind === 'node' || (each.kind === 'block' && context.signatures.has(each.instance.block))) ?? -1;
    if (use && k >= 0) return { run, use, k };
  }
  return undefined;
}

export function nodeAt(run: SymbolicRun, use: Use, k: number): ProgramNode | undefined {
  const each = use.each[k];
  return each?.kind === 'node' ? run.nodes[each.node] : undefined;
}

/**
 * The PyTorch call of a node. Parameters written as expressions are given as values that differ from the default, so that the call never leaves
 * them out; what they are is printed from the expression.
 */
export function torchCall(node: ProgramNode, written: WrittenNode): TorchCall {
  const params: Record<string, ParamValue> = { ...node.params };
  for (const [name, value] of written.node.params) {
    const spec = node.operator.params.get(name);
    if (!spec || !hasExpression(value)) continue;
    const given = params[name];
    if (typeof given === 'number') params[name] = symbol(`e__${name}`);
    else if (typeof given === 'boolean' && given === spec.default) params[name] = !given;
  }
  return node.operator.torch(params, node.inputs.map(({ origin, tensor }) => (origin.kind === 'none' ? null : tensor)));
}

/** The constructor argument that a symbol stands for, as written in the constructor; it is made where it is new. */
export function constructorName(context: ClassContext, text: string): string {
  const meaning = context.behaviour.meanings.get(text);
  if (!meaning) return variable(text);
  if (meaning.kind === 'expression') {
    const written = context.behaviour.runs[0]!.scope.nodes.find(({ node }) => node.name === meaning.node)!;
    const whole = paramText(context, written, written.node.params.get(meaning.param)!, true, constructorSpelling(context, written));
    return /^[\w.]+(\(.*\)|\[\w+\])?$/u.test(whole) ? whole : `(${whole})`;
  }
  if (meaning.kind === 'param') return variable(meaning.name) + (meaning.element === undefined ? '' : `[${meaning.element}]`);
  let size = context.sizes.get(text);
  if (!size) {
    const { input, axis } = meaning;
    size = { name: freeArgument(context, sizeName(context, input, axis)), see: (instance) => instance.inputs.get(input)?.tensor.shape?.[axis] ?? undefined };
    context.sizes.set(text, size);
  }
  return size.name;
}

/** As read in forward: from self. */
export function attributeName(context: ClassContext, text: string): string {
  const argument = constructorName(context, text);
  const [base] = argument.split('[') as [string];
  return attribute(context, base) + argument.slice(base.length);
}

export function attribute(context: ClassContext, argument: string): string {
  const { nodes } = context.behaviour.block;
  let name = argument;
  while (nodes.has(name) || ofModule.has(name)) name = `_${name}`;
  context.attributes.set(name, argument);
  return `self.${name}`;
}

/** `self.NAME`, also for names that nn.Module or Python has taken: the dictionaries of nn.Module hold them, so the keys of the state_dict stay the format's. */
export function moduleName(name: string, kind: 'module' | 'parameter' = 'module'): string {
  const taken = isKeyword(name) || ofModule.has(name) || name.startsWith('__');
  return taken ? `self._${kind}s[${JSON.stringify(name)}]` : `self.${name}`;
}

/** Where a node's module or learned tensor stands. */
export function memberName(context: ClassContext, { node }: WrittenNode): string {
  const shown = representative(context, node.name);
  const isLearned = !node.repeat && shown && nodeAt(shown.run, shown.use, shown.k)?.operator.type === 'Parameter';
  return moduleName(node.name, isLearned ? 'parameter' : 'module');
}

/** Attributes of nn.Module that a parameter or a submodule may not replace. */
export const ofModule: ReadonlySet<string> = new Set(('training dump_patches call_super_init forward register_buffer register_parameter add_module register_module get_submodule set_submodule get_parameter get_buffer '
  + 'get_extra_state set_extra_state apply cuda ipu xpu mtia cpu type float double half bfloat16 to_empty to register_full_backward_pre_hook register_backward_hook register_full_backward_hook '
  + 'register_forward_pre_hook register_forward_hook register_state_dict_post_hook register_state_dict_pre_hook state_dict register_load_state_dict_pre_hook register_load_state_dict_post_hook '
  + 'load_state_dict parameters named_parameters buffers named_buffers children named_children modules named_modules train eval requires_grad_ zero_grad share_memory extra_repr compile T_destination '
  + '_parameters _buffers _modules _non_persistent_buffers_set _backward_pre_hooks _backward_hooks _is_full_backward_hook _forward_hooks _forward_hooks_with_kwargs _forward_hooks_always_called '
  + '_forward_pre_hooks _forward_pre_hooks_with_kwargs _state_dict_hooks _state_dict_pre_hooks _load_state_dict_pre_hooks _load_state_dict_post_hooks _version _compiled_call_impl _apply _call_impl '
  + '_wrapped_call_impl _slow_forward _get_backward_hooks _get_backward_pre_hooks _maybe_warn_non_full_backward_hook _named_members _save_to_state_dict _load_from_state_dict _register_state_dict_hook '
  + '_register_load_state_dict_pre_hook _replicate_for_data_parallel _get_name').split(' '));

function sizeName(context: ClassContext, input: string, axis: number): string {
  const inputs = [...context.behaviour.block.inputs.keys()];
  const rank = context.behaviour.runs.map(({ instance }) => instance.inputs.get(input)?.tensor.shape?.length ?? 0).find((r) => r > 0) ?? 0;
  const spatial = ['depth', 'height', 'width'].slice(5 - rank);
  const word = axis === 0 ? 'batch' : rank <= 3 && axis === rank - 1 ? 'features' : axis === 1 ? (rank === 3 ? 'length' : 'channels') : spatial[axis - 2] ?? `size_${axis}`;
  return `${inputs.indexOf(input) === 0 ? 'in' : input}_${word}`;
}

function freeArgument(context: ClassContext, wanted: string): string {
  let name = wanted;
  const taken = (): boolean => context.behaviour.block.params.has(name) || [...context.sizes.values()].some((size) => size.name === name);
  while (taken()) name += '_';
  return name;
}

/** Formulas in the constructor, by the conditions that choose among them. */
function decisionText(context: ClassContext, decision: Decision): string {
  if (decision.kind === 'leaf') return formulaText(context, decision.leaf);
  const asked = python(decision.condition, { name: variable, dim: () => 'None', whole: () => false }, 2);
  const { then } = decision;
  const isChoice = then.kind === 'when' || then.leaf.kind === 'first' || then.leaf.kind === 'rising';
  const first = isChoice ? `(${decisionText(context, then)})` : formulaText(context, then.leaf, 2);
  return `${first} if ${asked} else ${decisionText(context, decision.otherwise)}`;
}

/** A formula in the constructor, `i` being the repetition. */
function formulaText(context: ClassContext, formula: Formula, least = 0): string {
  const text = (dim: Dim, tight = least): string => pythonSize(dim, (name) => constructorName(context, name), tight);
  switch (formula.kind) {
    case 'same': return text(formula.size);
    case 'first': return `${text(formula.first, 2)} if i == ${formula.at} else ${text(formula.rest, 2)}`;
    case 'linear': return `${text(formula.start, 6)} + ${formula.step === 1 ? 'i' : `i * ${text(formula.step, 8)}`}`;
    case 'rising': return `${text(formula.first, 2)} if i == 0 else ${formulaText(context, { kind: 'linear', start: formula.start, step: formula.step })}`;
    case 'power': return formula.base === 2 ? `${text(formula.start, 7)} * 2**i` : `${text(formula.start, 7)} // 2**i`;
    case 'each': return `(${formula.sizes.map((size) => text(size)).join(', ')})[i]`;
  }
}

/**
 * A size in the constructor. Where no formula of the parameters and input sizes holds in all uses, it becomes a constructor argument of its own;
 * the document itself, which has one use, writes the number, or those of all repetitions.
 */
export function sizeText(context: ClassContext, use: string, label: string, see: (use: Use, k: number, run: SymbolicRun) => Dim | undefined): string {
  const formula = findFormula(context.behaviour, use, see);
  if (formula) return decisionText(context, formula);
  const shown = representative(context, use);
  const value = shown && see(shown.use, shown.k, shown.run);
  const number = shown && value !== undefined ? evaluateDim(value, shown.run.sizes) : 0;
  if (number !== null && (context.isRoot || context.behaviour.block.nodes.get(use)?.repeat)) {
    context.fixed.any = true;
    const each = shown === undefined ? [] : shown.use.each.map((_, k) => {
      const size = see(shown.use, k, shown.run);
      return size === undefined ? null : evaluateDim(size, shown.run.sizes);
    });
    return each.every((other) => other === null || other === number) ? String(number) : `(${each.map((size) => size ?? 'None').join(', ')})[i]`;
  }
  // A size that only the data tells is asked of whoever makes the network.
  const key = `${use}.${label}`;
  let size = context.sizes.get(key);
  if (!size) {
    size = {
      name: freeArgument(context, `${use}_${label}`),
      see: (instance, run) => {
        const inner = instance.uses.get(use);
        return inner && see(inner, 0, { ...run, instance });
      },
    };
    context.sizes.set(key, size);
  }
  return size.name;
}

/** How expressions of a node are spelled in the constructor. In the number of its repetitions, `i` is that of the block around. */
export function constructorSpelling(context: ClassContext, written: WrittenNode, around = false): Spelling {
  return {
    whole: (e) => isWhole(context, written, e),
    name: (name) => {
      if (name !== 'i') return variable(name);
      if (!written.node.repeat || around) context.index = true;
      return 'i';
    },
    dim: (e) => sizeText(context, written.node.name, `size_${e.source.name}`, (use, _k, run) => {
      const shape = sourceTensor(use, written, run, e)?.shape;
      const axis = axisOf(e.axis);
      return shape?.at(axis) ?? undefined;
    }),
  };
}

export function axisOf(e: Expression): number {
  return e.kind === 'number' ? e.value : e.kind === 'unary' && e.operand.kind === 'number' ? -e.operand.value : 0;
}

export function sourceSpelling(e: Expression & { readonly kind: 'dim' }): string {
  return e.source.name + (e.source.repetition === undefined ? '' : `[${e.source.repetition}]`) + (e.source.port === undefined ? '' : `.${e.source.port}`);
}

function sourceTensor(use: Use, written: WrittenNode, run: SymbolicRun, e: Expression & { readonly kind: 'dim' }): Tensor | undefined {
  const text = sourceSpelling(e);
  const input = run.instance.inputs.get(text);
  return input?.tensor ?? use.inputs[written.spelled.indexOf(text)]?.tensor;
}

/** A parameter as the file gives it, spelled in Python; a fraction that comes out whole is made one where a whole number is wanted. */
export function paramText(context: ClassContext, written: WrittenNode, value: JsonValue, whole: boolean, spelling: Spelling): string {
  const text = pythonValue(value, spelling);
  if (!whole || !isExpression(value)) return text;
  const parsed = parseExpression(value);
  return 'expression' in parsed && isFraction(context, written, parsed.expression) ? `int(${text})` : text;
}

/** Whether Python makes a float of it. */
function isFraction(context: ClassContext, written: WrittenNode, e: Expression): boolean {
  const inner = (other: Expression): boolean => isFraction(context, written, other);
  switch (e.kind) {
    case 'number': return !Number.isInteger(e.value);
    case 'name': return context.behaviour.runs.some(({ instance }) => typeof instance.params[e.name] === 'number' && !Number.isInteger(instance.params[e.name]));
    case 'unary': return inner(e.operand);
    case 'conditional': return inner(e.then) || inner(e.otherwise);
    case 'call': return (e.name === 'min' || e.name === 'max') && e.args.some(inner);
    case 'binary': return (e.operator === '/' && !isWhole(context, written, e)) || (['+', '-', '*', '//', '%', '/'].includes(e.operator) && (inner(e.left) || inner(e.right)));
    default: return false;
  }
}

function isWhole(context: ClassContext, written: WrittenNode, e: Expression): boolean {
  return context.behaviour.runs.every((run) => {
    const use = run.instance.uses.get(written.node.name);
    const repetitions = written.node.repeat ? Math.min(use?.each.length ?? 0, 8) : 1;
    return Array.from({ length: Math.max(1, repetitions) }, (_, i) => concrete(run, use, written, e, i)).every((value) => typeof value !== 'number' || Number.isInteger(value));
  });
}

/** An expression with the numbers that a run stands for. */
function concrete(run: SymbolicRun, use: Use | undefined, written: WrittenNode, e: Expression, i: number): ParamValue {
  return evaluate(e, {
    value: (name) => (name === 'i' ? i : numbersOf(run.instance.params[name], run)),
    source: (source) => {
      const shape = use && sourceTensor(use, written, run, { kind: 'dim', source, sourceStart: 0, sourceEnd: 0, axis: e, start: 0, end: 0 })?.shape;
      return { dtype: 'float32', shape: shape?.map((dim) => substitute(dim, run.sizes)) ?? null };
    },
  }, () => undefined);
}

/** When a node is there: always, never, or where a Python condition holds. */
export function presence(context: ClassContext, written: WrittenNode): 'always' | 'never' | JsonValue {
  const { when, name } = written.node;
  if (!representative(context, name)) return 'never';
  if (when === undefined || when === true) return 'always';
  if (isExpression(when)) {
    const parsed = parseExpression(when);
    if ('expression' in parsed && references(parsed.expression).length === 0) return evaluateValue(when, { value: () => undefined, source: () => ({ code: '', message: '' }) }, () => undefined) === true ? 'always' : 'never';
    return when;
  }
  return 'never';
}
