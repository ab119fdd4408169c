import type { JsonPath } from '../document/json.js';
import type { Block, Document, Node, Source } from '../document/model.js';
import { isName } from '../document/names.js';
import { formatSource } from '../document/source.js';
import { operators } from '../operators/index.js';
import type { Finding, Operator } from '../operators/operator.js';
import { meantOperator } from '../operators/vocabulary.js';
import { declaredOperators } from './declared.js';
import { parseExpression, type ParsedExpression } from './expression.js';
import { faults } from './faults.js';
import { components, order } from './order.js';
import { prepareBlock, prepareOperator, type Prepared } from './parameters.js';

/** A scope read once, however often it is used: names are looked up, the order is fixed, expressions are parsed. */
export interface Scope {
  readonly block: Block;
  readonly place: JsonPath;
  readonly inputs: readonly string[];
  /** In the order of the file. */
  readonly nodes: readonly WrittenNode[];
  /** Indices into `nodes`, topological. */
  readonly order: readonly number[];
  readonly outputs: readonly { readonly name: string | undefined; readonly source: WrittenSource; readonly spelled: string; readonly place: JsonPath; readonly faults: readonly Finding[] }[];
  /** Nodes and inputs by name. */
  readonly names: ReadonlyMap<string, WrittenSource>;
}

export interface WrittenNode {
  readonly node: Node;
  readonly place: JsonPath;
  readonly target: { readonly kind: 'operator'; readonly operator: Operator } | { readonly kind: 'block'; readonly block: Block } | undefined;
  readonly sources: readonly WrittenSource[];
  /** Sources as spelled, for dim() and `off`. */
  readonly spelled: readonly string[];
  readonly cut: readonly boolean[];
  /** Wrong in every use of the scope. */
  readonly faults: readonly Finding[];
  readonly params: Prepared | undefined;
  /** Whether anything about it is an expression. */
  readonly evaluates: boolean;
}

export type WrittenSource =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'node'; readonly index: number; readonly repetition?: number; readonly port?: string | number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'left-out' }
  | { readonly kind: 'unresolved' };

/** The names that a wrong operator may mean: what another library calls so stands first. */
function meantBy(op: string, near: readonly string[]): readonly string[] {
  const meant = meantOperator(op);
  return meant === undefined ? near : [...new Set([meant, ...near])].slice(0, 3);
}

/** All scopes of a document, read on first use. */
export interface Scopes {
  readonly root: Scope;
  of(block: Block): Scope;
  parse(text: string): ParsedExpression;
  nearest(wanted: string, names: Iterable<string>): readonly string[];
}

export function createScopes(document: Document, nearest: Scopes['nearest']): Scopes {
  const known = new Map<Block, Scope>();
  const parsed = new Map<string, ParsedExpression>();
  const recursive = recursions(document);
  const of = (block: Block): Scope => {
    let scope = known.get(block);
    if (!scope) known.set(block, (scope = readScope(document, block, recursive, nearest)));
    return scope;
  };
  return {
    get root() { return of(document.root); },
    of,
    nearest,
    parse: (text) => {
      let result = parsed.get(text);
      if (!result) parsed.set(text, (result = parseExpression(text)));
      return result;
    },
  };
}

/** For each block that contains itself, the blocks of its circle. */
function recursions(document: Document): ReadonlyMap<string, readonly string[]> {
  const blocks = [...document.blocks.values()];
  const index = new Map(blocks.map((block, k) => [block.name, k]));
  const uses = blocks.map((block) => [...new Set([...block.nodes.values()].map(({ op }) => index.get(op)).filter((k) => k !== undefined))]);
  const component = components(uses);
  const result = new Map<string, readonly string[]>();
  const members = new Map<number, string[]>();
  blocks.forEach(({ name }, k) => {
    const names = members.get(component[k]!);
    if (names) names.push(name);
    else members.set(component[k]!, [name]);
  });
  blocks.forEach(({ name }, k) => {
    const circle = members.get(component[k]!)!;
    if (circle.length > 1 || uses[k]!.includes(k)) result.set(name, circle);
  });
  return result;
}

function readScope(document: Document, block: Block, recursive: ReadonlyMap<string, readonly string[]>, nearest: Scopes['nearest']): Scope {
  const place: JsonPath = block === document.root ? [] : ['blocks', block.name];
  const title = block === document.root ? 'the document' : `block \`${block.name}\``;
  const names = new Map<string, WrittenSource>();
  for (const name of block.inputs.keys()) names.set(name, { kind: 'input', name });
  const declared = declaredOperators(document);
  const written = [...block.nodes.values()];
  written.forEach((node, index) => { if (!names.has(node.name)) names.set(node.name, { kind: 'node', index }); });

  const resolve = (source: Source): WrittenSource | undefined => {
    if (source === null) return { kind: 'left-out' };
    if (typeof source === 'number') return { kind: 'constant', value: source };
    const found = names.get(source.name);
    if (found?.kind !== 'node') return source.repetition === undefined && source.port === undefined ? found : undefined;
    return source.repetition === undefined && source.port === undefined ? found : { ...found, ...(source.repetition !== undefined && { repetition: source.repetition }), ...(source.port !== undefined && { port: source.port }) };
  };
  const read = (source: Source, input: number, found: Finding[]): WrittenSource => {
    const resolved = resolve(source);
    if (resolved) return resolved;
    if (source !== null && typeof source !== 'number') {
      if (names.get(source.name)?.kind === 'input') found.push(source.repetition === undefined ? faults.inputPort(source.name, source.port!, input) : faults.unknownRepetition(source.name, source.repetition, undefined, input));
      // What is spelled as no name at all is a problem of the text.
      else if (isName(source.name)) found.push(faults.unknownSource(formatSource(source), title, nearest(source.name, names.keys()), input));
    }
    return { kind: 'unresolved' };
  };

  const nodes = written.map((node): WrittenNode => {
    const found: Finding[] = [];
    const operator = declared.get(node.op)?.operator ?? operators.get(node.op);
    const named = document.blocks.get(node.op);
    const circle = block !== document.root && named && recursive.get(block.name)?.includes(named.name) ? recursive.get(block.name) : undefined;
    if (circle) found.push({ ...faults.recursion(node.op, circle), param: 'op' });
    if (!named && !operator && node.op !== '') found.push({ ...faults.unknownOperator(node.op, meantBy(node.op, nearest(node.op, [...document.blocks.keys(), ...declared.keys(), ...operators.keys()]))), param: 'op' });
    const sources = node.in.map((source, k) => read(source, k, found));
    const spelled = node.in.map(formatSource);
    const merges = !named && operator?.merge !== undefined;
    if (node.off.length > 0 && (named || operator) && !merges) found.push(faults.offNotMerge(node.name, node.op));
    const cut = spelled.map((text) => merges && node.off.includes(text));
    if (cut.length > 0 && cut.every(Boolean)) found.push(faults.offAll(node.name));
    if (node.when !== undefined && !node.in.some((source) => source !== null)) found.push(faults.whenWithoutInput(node.name));
    const params = named ? prepareBlock(node, named, nearest) : operator && prepareOperator(node, operator, nearest);
    return {
      node, sources, spelled, cut, faults: found, params,
      evaluates: node.when !== undefined || (params !== undefined && params.pending.length > 0),
      place: [...place, 'nodes', node.name],
      target: circle ? undefined : named ? { kind: 'block', block: named } : operator && { kind: 'operator', operator },
    };
  });

  const reads = nodes.map(({ sources }) => sources.flatMap((source) => (source.kind === 'node' ? [source.index] : [])));
  const sorted = order(reads);
  for (const cycle of sorted.cycles) {
    const members = new Set(cycle);
    const first = Math.min(...cycle);
    const input = nodes[first]!.sources.findIndex((source) => source.kind === 'node' && members.has(source.index));
    (nodes[first]!.faults as Finding[]).push({ ...faults.cycle(cycle.map((k) => written[k]!.name)), input });
  }
  return {
    block, place, names, nodes,
    inputs: [...block.inputs.keys()],
    order: sorted.order,
    outputs: block.outputs.map(({ name, source }, k) => {
      const found: Finding[] = [];
      return { name, source: read(source, k, found), spelled: formatSource(source), place: [...place, 'outputs', name ?? k], faults: found };
    }),
  };
}
