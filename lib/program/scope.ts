import type { JsonPath } from '../document/json.js';
import type { Block, Document, Node, Source } from '../document/model.js';
import { isName } from '../document/names.js';
import { Named } from '../document/named.js';
import { formatSource } from '../document/source.js';
import { operators } from '../operators/index.js';
import type { Finding, Operator } from '../operators/operator.js';
import { meantOperator } from '../operators/vocabulary.js';
import { declaredOperators } from './declared.js';
import { parseExpression, type ParsedExpression } from './expression.js';
import { faults } from './faults.js';
import { components, order } from './order.js';
import { prepareBlock, Preparations, type Prepared } from './parameters.js';
import { realigned, windowBetween, type Window } from './window.js';

/** A scope read once, however often it is used: names are looked up, the order is fixed, expressions are parsed. */
export interface Scope {
  readonly block: Block;
  readonly place: JsonPath;
  readonly inputs: readonly string[];
  /** In the order of the file. */
  readonly nodes: readonly WrittenNode[];
  /** Position of each node in `nodes`. */
  readonly index: ReadonlyMap<string, number>;
  /** Indices into `nodes`, topological. */
  readonly order: readonly number[];
  /** Whether the order of the file is topological, so that `order` counts up. */
  readonly straight: boolean;
  /** Where it differs from the scope of the version before, if that was at hand and its inputs are the same. */
  readonly window: Window | undefined;
  readonly outputs: readonly { readonly name: string | undefined; readonly source: WrittenSource; readonly spelled: string; readonly place: JsonPath; readonly faults: readonly Finding[] }[];
}

export interface WrittenNode {
  readonly node: Node;
  /** Its position when it was read, from which its sources are counted: where it stands somewhere else now, its sources have moved with it. */
  readonly at: number;
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

/** All scopes of a document, read on first use. */
export class Scopes {
  /** Those that were read. */
  readonly known: Map<Block, Scope> = new Map();
  readonly preparations: Preparations;
  private readonly parsed = new Map<string, ParsedExpression>();
  private readonly recursive: ReadonlyMap<string, readonly string[]>;

  /** With `previous`, the scopes of an earlier version of the document, what did not change is taken over. */
  constructor(readonly document: Document, readonly nearest: (wanted: string, names: Iterable<string>) => readonly string[], previous?: Scopes) {
    this.recursive = recursions(document);
    this.preparations = previous?.preparations ?? new Preparations();
    // Else an `op` may mean another thing than before.
    if (previous && sameBlocks(document, previous.document)) {
      for (const [block, scope] of previous.known) if (block !== previous.document.root) this.known.set(block, scope);
      this.read(document.root, previous.root);
    }
  }

  get root(): Scope {
    return this.of(this.document.root);
  }

  of(block: Block): Scope {
    return this.known.get(block) ?? this.read(block);
  }

  readonly parse = (text: string): ParsedExpression => {
    let result = this.parsed.get(text);
    if (!result) this.parsed.set(text, (result = parseExpression(text)));
    return result;
  };

  private read(block: Block, before?: Scope): Scope {
    const scope = new Reading(this.document, block, this.recursive, this.nearest, this.preparations, before).scope();
    this.known.set(block, scope);
    return scope;
  }
}

function sameBlocks(a: Document, b: Document): boolean {
  if (a.blocks.size !== b.blocks.size || declaredOperators(a) !== declaredOperators(b)) return false;
  for (const [name, block] of a.blocks) if (b.blocks.get(name) !== block) return false;
  return true;
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

/** Reads one scope. */
class Reading {
  private readonly isRoot: boolean;
  private readonly place: JsonPath;
  private readonly index: ReadonlyMap<string, number>;
  private readonly list: readonly Node[];
  private readonly inputs = new Map<string, WrittenSource>();
  private readonly declared: ReturnType<typeof declaredOperators>;
  private readonly meanings = new Map<string, Meaning>();
  /** What is wrong with the node that is read: mostly nothing, so one list serves all. */
  private readonly found: Finding[] = [];
  /** The same scope of an earlier version, where the inputs in it were the same. */
  private readonly before: Scope | undefined;

  constructor(private readonly document: Document, private readonly block: Block, private readonly recursive: ReadonlyMap<string, readonly string[]>, private readonly nearest: Scopes['nearest'], private readonly preparations: Preparations, before?: Scope) {
    this.isRoot = block === document.root;
    this.place = this.isRoot ? [] : ['blocks', block.name];
    for (const name of block.inputs.keys()) this.inputs.set(name, { kind: 'input', name });
    this.declared = declaredOperators(document);
    const { nodes } = block;
    this.list = nodes instanceof Named ? (nodes.list as readonly Node[]) : [...nodes.values()];
    this.index = nodes instanceof Named ? nodes.index : new Map(this.list.map(({ name }, k) => [name, k]));
    const sameInputs = before?.inputs.length === this.inputs.size && before.inputs.every((name) => this.inputs.has(name));
    this.before = sameInputs ? before : undefined;
  }

  scope(): Scope {
    const { block, place, before, list } = this;
    const window = before && this.windowSince(before);
    const nodes: ReadNode[] = before ? realigned(before.nodes as readonly ReadNode[], window!) : new Array<ReadNode>(list.length);
    let straight = before?.straight ?? true;
    for (let k = 0; k < list.length; k++) {
      // What is on a cycle is told by the scope as a whole, so it is read again.
      if (before && nodes[k]?.node === list[k] && nodes[k]!.faults === noFaults && !crosses(nodes[k]!, k, window!)) continue;
      const { sources } = (nodes[k] = this.node(list[k]!, k));
      for (const source of sources) if (source.kind === 'node' && source.index >= k) straight = false;
    }
    // What made it otherwise may be gone.
    if (before && !straight) straight = nodes.every(({ sources, at }) => sources.every((source) => source.kind !== 'node' || source.index < at));
    const sorted = straight ? before?.straight === true && before.order.length === nodes.length ? before.order : nodes.map((_, k) => k) : inOrder(nodes);
    return {
      block, place, nodes, straight, order: sorted, window,
      index: this.index,
      inputs: before?.inputs ?? [...this.inputs.keys()],
      outputs: block.outputs.map(({ name, source }, k) => {
        const found: Finding[] = [];
        return { name, source: this.source(source, k, found), spelled: formatSource(source), place: [...place, 'outputs', name ?? k], faults: found };
      }),
    };
  }

  private windowSince({ nodes, index }: Scope): Window {
    const { list } = this;
    if (index === this.index) return { start: list.length, oldEnd: list.length, end: list.length };
    return windowBetween({ length: nodes.length, at: (k) => nodes[k]!.node.name }, { length: list.length, at: (k) => list[k]!.name });
  }

  private node(node: Node, at: number): ReadNode {
    const { document, block, nearest, declared } = this;
    const { found } = this;
    const { operator, named, target } = this.meaning(node.op);
    const circle = !this.isRoot && named && this.recursive.get(block.name)?.includes(named.name) ? this.recursive.get(block.name) : undefined;
    if (circle) found.push({ ...faults.recursion(node.op, circle), param: 'op' });
    if (!named && !operator && node.op !== '') found.push({ ...faults.unknownOperator(node.op, meantBy(node.op, nearest(node.op, [...document.blocks.keys(), ...declared.keys(), ...operators.keys()]))), param: 'op' });
    const sources = new Array<WrittenSource>(node.in.length);
    for (let k = 0; k < sources.length; k++) sources[k] = this.source(node.in[k]!, k, found, node.name);
    const merges = !named && operator?.merge !== undefined;
    if (node.off.length > 0 && (named || operator) && !merges) found.push(faults.offNotMerge(node.name, node.op));
    const cut = merges && node.off.length > 0 ? node.in.map((source) => node.off.includes(formatSource(source))) : uncut(node.in.length);
    if (cut.length > 0 && cut.every(Boolean)) found.push(faults.offAll(node.name));
    if (node.when !== undefined && !node.in.some((source) => source !== null)) found.push(faults.whenWithoutInput(node.name));
    const params = named ? prepareBlock(node, named, nearest) : operator && this.preparations.of(node, operator, nearest);
    return new ReadNode(node, at, this.place, circle ? undefined : target, sources, cut, found.length === 0 ? noFaults : found.splice(0), params);
  }

  /** What an `op` says, looked up once. */
  private meaning(op: string): Meaning {
    let meaning = this.meanings.get(op);
    if (!meaning) {
      const operator = this.declared.get(op)?.operator ?? operators.get(op);
      const named = this.document.blocks.get(op);
      this.meanings.set(op, (meaning = { operator, named, target: named ? { kind: 'block', block: named } : operator && { kind: 'operator', operator } }));
    }
    return meaning;
  }

  /** `reader` is the node that reads it. */
  private source(source: Source, input: number, found: Finding[], reader?: string): WrittenSource {
    if (source === null) return leftOut;
    if (typeof source === 'number') return { kind: 'constant', value: source };
    const { name, repetition, port } = source;
    const own = this.inputs.get(name);
    const plain = repetition === undefined && port === undefined;
    if (own) {
      if (plain) return own;
      found.push(repetition === undefined ? faults.inputPort(name, port!, input) : faults.unknownRepetition(name, repetition, undefined, input));
      return unresolved;
    }
    const index = this.index.get(name);
    if (index !== undefined) return plain ? { kind: 'node', index } : { kind: 'node', index, ...(repetition !== undefined && { repetition }), ...(port !== undefined && { port }) };
    // What is spelled as no name at all is a problem of the text.
    if (isName(name)) found.push(faults.unknownSource(formatSource(source), this.isRoot ? 'the document' : `block \`${this.block.name}\``, this.nearest(name, [...this.inputs.keys(), ...this.index.keys()].filter((other) => other !== reader)), input));
    return unresolved;
  }
}

/** Whether a node and something that it reads stand on two sides of the window, so that they are farther apart or nearer than before. */
function crosses({ sources, at }: ReadNode, position: number, { start, oldEnd, end }: Window): boolean {
  const moved = position < end ? position - at : position - end + oldEnd - at;
  for (const source of sources) {
    if (source.kind === 'node' && (position < start ? source.index + moved >= start : source.index + moved < oldEnd)) return true;
  }
  return false;
}

/** The order of what is read before it is given; the first node of each circle gets the fault. */
function inOrder(nodes: ReadNode[]): readonly number[] {
  const reads = nodes.map(({ sources, at }, k) => sources.flatMap((source) => (source.kind === 'node' ? [source.index + k - at] : [])));
  const sorted = order(reads);
  for (const cycle of sorted.cycles) {
    const members = new Set(cycle);
    const at = cycle.reduce((a, b) => Math.min(a, b));
    const { node, at: was, scope, target, sources, cut, faults: found, params } = nodes[at]!;
    const input = sources.findIndex((source) => source.kind === 'node' && members.has(source.index + at - was));
    nodes[at] = new ReadNode(node, was, scope, target, sources, cut, [...found, { ...faults.cycle(cycle.map((k) => nodes[k]!.node.name)), input }], params);
  }
  return sorted.order;
}

interface Meaning {
  readonly operator: Operator | undefined;
  readonly named: Block | undefined;
  readonly target: WrittenNode['target'];
}

class ReadNode implements WrittenNode {
  private texts: readonly string[] | undefined = undefined;
  private path: JsonPath | undefined = undefined;

  /** `scope` is the place of the scope. */
  constructor(readonly node: Node, readonly at: number, readonly scope: JsonPath, readonly target: WrittenNode['target'], readonly sources: readonly WrittenSource[], readonly cut: readonly boolean[], readonly faults: readonly Finding[], readonly params: Prepared | undefined) {}

  get place(): JsonPath {
    return (this.path ??= [...this.scope, 'nodes', this.node.name]);
  }
  get spelled(): readonly string[] {
    return (this.texts ??= this.node.in.map(formatSource));
  }
  get evaluates(): boolean {
    return this.node.when !== undefined || (this.params !== undefined && this.params.pending.length > 0);
  }
}

const leftOut: WrittenSource = { kind: 'left-out' };
const unresolved: WrittenSource = { kind: 'unresolved' };
const noFaults: readonly Finding[] = [];

/** Nothing is cut of so many sources. */
function uncut(count: number): readonly boolean[] {
  return (whole[count] ??= new Array<boolean>(count).fill(false));
}
const whole: (readonly boolean[])[] = [];

/** What an unknown operator may be in another framework's words, then those spelled alike. */
function meantBy(op: string, near: readonly string[]): readonly string[] {
  const meant = meantOperator(op);
  return meant === undefined ? near : [...new Set([meant, ...near])].slice(0, 3);
}
