import type { JsonValue } from '../../document/json.js';
import type { Block, Document, Node } from '../../document/model.js';
import { isExpression, parseExpression, partsOf, references, type Expression } from '../../program/index.js';
import type { Scope } from '../../program/scope.js';
import { literalExpression, substituted, type Meant } from './rewriting.js';

/** A condition on the parameters of a scope, by which sizes in it may come out otherwise. */
export interface Condition {
  readonly expression: Expression;
  /** Whether it says if something is there; else it chooses between values. */
  readonly isPresence: boolean;
  /** Names of the nodes that have it, each through the blocks around it: `["stage", "proj"]`. */
  readonly paths: readonly (readonly string[])[];
  /** Whether it asks if anything is repeated at all. */
  readonly isCount: boolean;
  /** The node of the scope by which it is there: sizes of what lies behind that node may hang on it. */
  readonly node: string;
}

/** How deep blocks are looked into. */
const deepest = 8;

/** All conditions of a scope: of its nodes' presence, of how often they are repeated, of choices in their parameters, and those of the blocks that they use. */
export function conditionsOf(document: Document, block: Block): readonly Condition[] {
  return [...block.nodes.values()].flatMap((node) => conditionsOfNode(document, node, 0).map((found) => ({ ...found, node: node.name })));
}

type Found = Omit<Condition, 'node'>;

function conditionsOfNode(document: Document, node: Node, depth: number): readonly Found[] {
  const found: readonly Found[] = [
    ...decides(node.when).map((expression) => ({ expression, isPresence: true, isCount: false, paths: [[node.name]] })),
    ...counts(node.repeat?.times).map((expression) => ({ expression, isPresence: true, isCount: true, paths: [[node.name]] })),
    ...[...node.params.values()].flatMap(choices).map((expression) => ({ expression, isPresence: false, isCount: false, paths: [[node.name]] })),
  ];
  const block = document.blocks.get(node.op);
  if (!block || depth === deepest) return unique(found);
  const inner = unique([...block.nodes.values()].flatMap((each) => conditionsOfNode(document, each, depth + 1)));
  const meant = (name: string): Meant => meaning(node.params.get(name) ?? block.params.get(name));
  return unique([...found, ...inner.flatMap(({ expression, paths, ...rest }) => {
    const outer = substituted(expression, meant);
    return outer && isOfParameters(outer) ? [{ ...rest, expression: outer, paths: paths.map((path) => [node.name, ...path]) }] : [];
  })]);
}

/** Whether it hangs on parameters of the scope alone: neither on sizes nor on the repetition. */
function isOfParameters(e: Expression): boolean {
  const names = references(e).filter(({ kind }) => kind !== 'function');
  return names.length > 0 && names.every(({ kind, name }) => kind === 'param' && name !== 'i');
}

function decides(json: JsonValue | undefined): readonly Expression[] {
  const e = parsedExpression(json);
  return e && isOfParameters(e) ? [e] : [];
}

function counts(json: JsonValue | undefined): readonly Expression[] {
  const e = parsedExpression(json);
  return e && isOfParameters(e) ? [aboveZero(e)] : [];
}

/** `(depth - 2) / 6` is above 0 where `depth > 2`. */
function aboveZero(e: Expression): Expression {
  if (e.kind === 'binary' && e.operator === '/' && e.right.kind === 'number' && e.right.value > 0) return aboveZero(e.left);
  const sum = e.kind === 'binary' && e.operator === '-' ? e : undefined;
  return { kind: 'binary', operator: '>', left: sum?.left ?? e, right: sum?.right ?? literalExpression(0)!, start: 0, end: 0 };
}

function choices(json: JsonValue): readonly Expression[] {
  if (Array.isArray(json)) return json.flatMap((element: JsonValue) => choices(element));
  const e = parsedExpression(json);
  if (!e) return [];
  const found: Expression[] = [];
  const visit = (each: Expression): void => {
    if (each.kind === 'conditional') found.push(each.condition);
    partsOf(each).forEach(visit);
  };
  visit(e);
  return found.filter(isOfParameters);
}

/** What a parameter of a block is in the scope that uses it. */
function meaning(json: JsonValue | undefined): Meant {
  return isExpression(json) ? parsedExpression(json) : literalExpression(json);
}

function parsedExpression(json: JsonValue | undefined): Expression | undefined {
  if (!isExpression(json)) return undefined;
  const parsed = parseExpression(json);
  return 'expression' in parsed ? parsed.expression : undefined;
}

/** Each condition once, with the nodes of all that have it. */
function unique(all: readonly Found[]): readonly Found[] {
  const merged = new Map<string, Found>();
  for (const found of all) {
    const key = `${found.isPresence} ${found.isCount} ${textOf(found.expression)}`;
    const known = merged.get(key);
    merged.set(key, known ? { ...known, paths: [...known.paths, ...found.paths] } : found);
  }
  return [...merged.values()];
}

/** What an expression says, wherever it is written. */
export function textOf(expression: Expression): string {
  return JSON.stringify(expression, (name, value: unknown) => (name === 'start' || name === 'end' ? undefined : value));
}

/** Names of the nodes that a node's sizes come from: all before it on some path, and itself. */
export function sourcesOf({ nodes }: Scope, index: number): ReadonlySet<string> {
  const found = new Set<number>();
  const waiting = [index];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    for (const source of nodes[next]!.sources) if (source.kind === 'node') waiting.push(source.index);
  }
  return new Set([...found].map((each) => nodes[each]!.node.name));
}
