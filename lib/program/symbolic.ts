import type { JsonValue } from '../document/json.js';
import type { Block, Document } from '../document/model.js';
import type { ParamValue, ParamValues } from '../operators/operator.js';
import { evaluateDim, isSym, symbol, type Tensor } from '../shapes/index.js';
import { readInput } from './build.js';
import { expandScope } from './expand.js';
import { isExpression, parseExpression, partsOf, type Expression } from './expression.js';
import { createNearest } from './nearest.js';
import { Scopes, type Scope, type WrittenNode } from './scope.js';
import { Sharing, settle } from './sharing.js';
import { createWalk } from './walk.js';
import type { Instance, ProgramNode, Value } from './program.js';

/** One expansion of a block with symbols in place of its integer parameters and sizes. */
export interface SymbolicRun {
  readonly scope: Scope;
  readonly instance: Instance;
  readonly nodes: readonly ProgramNode[];
  /** Parameters of every node and instance by path. */
  readonly paramsOf: ReadonlyMap<string, ParamValues>;
  /** The number behind every symbol. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Symbols that stand for the value of an expression in the file. */
  readonly expressions: ReadonlyMap<string, { readonly node: string; readonly param: string }>;
  /** How many errors the run met. */
  readonly errors: number;
}

/**
 * Expands a block by itself. Its parameters and inputs may hold symbols; `sizes` says which number each stands for, and decides what the
 * symbols leave open, so the run takes the very branches that those numbers would take. A value that the symbols cannot express (a fraction
 * rounded, a choice by a condition) becomes a symbol of its own. `inputs` undefined: the document's.
 */
export function expandSymbolically(document: Document, block: Block, params: ParamValues, inputs: ReadonlyMap<string, Tensor> | undefined, sizes: ReadonlyMap<string, number>, repetition = 0): SymbolicRun {
  const scopes = new Scopes(document, createNearest(0));
  const known = new Map(sizes);
  const expressions = new Map<string, { readonly node: string; readonly param: string }>();
  const naming = ({ node }: WrittenNode, values: ParamValues): ParamValues => {
    let result: Record<string, ParamValue> | undefined;
    for (const [param, json] of node.params) {
      const value = values[param];
      const number = typeof value === 'number' ? value : isSym(value) ? evaluateDim(value, known) : null;
      if (number === null || !Number.isInteger(number) || number < 1 || !needsName(json, value!)) continue;
      const text = `v__${node.name}__${param}`;
      known.set(text, number);
      expressions.set(text, { node: node.name, param });
      (result ??= Object.assign(Object.create(null) as Record<string, ParamValue>, values))[param] = symbol(text);
    }
    return result ?? values;
  };
  let sharing = new Sharing(true);
  for (let pass = 0; ; pass++) {
    const walk = createWalk(scopes, sharing, known, naming);
    const tensors = inputs ?? new Map([...block.inputs.values()].map((input) => [input.name, readInput(walk, document, params, input).tensor]));
    const values = new Map([...tensors].map(([name, tensor], input): [string, Value] => [name, { origin: { kind: 'input', input }, tensor }]));
    const scope = scopes.of(block);
    const { instance } = expandScope(walk, { scope, path: '', home: '', params, inputs: values, repetition, depth: 0 });
    settle(walk);
    const errors = walk.findings.filter(({ severity = 'error' }) => severity === 'error').length;
    if (!sharing.forward || pass === 2) return { scope, instance, nodes: walk.nodes, paramsOf: sharing.params, sizes: known, expressions, errors };
    sharing = new Sharing(true, sharing);
  }
}

/** Whether the symbols do not say all that an expression says: it chooses between values, or came out as a plain number. */
function needsName(json: JsonValue, value: ParamValue): boolean {
  if (!isExpression(json)) return false;
  const parsed = parseExpression(json);
  if (!('expression' in parsed)) return false;
  const kinds = new Set<string>();
  let repetition = false;
  const visit = (e: Expression): void => {
    kinds.add(e.kind);
    repetition ||= e.kind === 'name' && e.name === 'i';
    if (e.kind !== 'dim') partsOf(e).forEach(visit);
  };
  visit(parsed.expression);
  // A value that differs between repetitions has no one symbol.
  if (repetition) return false;
  return kinds.has('conditional') || (!isSym(value) && (kinds.has('name') || kinds.has('dim')));
}
