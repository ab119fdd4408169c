import type { JsonValue, TextRange } from '../document/json.js';
import type { Block, Document, Node } from '../document/model.js';
import { isNodeWord } from '../document/names.js';
import type { Parsed } from '../document/parse.js';
import { formatSource } from '../document/source.js';
import { declaredOperators, operatorIn } from '../program/index.js';
import { writtenValue } from './params.js';
import { completeExpression } from './complete-expression.js';
import { placeAt, usedBlock, type Place } from './place.js';
import { weightPaths } from './weights.js';

/** One proposal for the place of the cursor. */
export interface Completion {
  readonly label: string;
  readonly kind: 'block' | 'parameter' | 'source' | 'weights' | 'function' | 'value';
  /** What is replaced, and by what. */
  readonly range: TextRange;
  readonly insert: string;
  /** One line beside the label. */
  readonly detail?: string;
  readonly documentation?: string;
  /** Best first: 0, 1, 2 ... */
  readonly order: number;
}

/** A proposal before it is known where it goes. */
export interface Proposal {
  readonly label: string;
  readonly detail?: string;
  readonly documentation?: string;
}

/** What the file's own names offer at an offset: blocks, their parameters, sources, weights, names in expressions. Operators and their parameters come from the schema. */
export function complete(parsed: Parsed, offset: number): readonly Completion[] {
  const place = placeAt(parsed, offset);
  const { document } = parsed;
  const string = stringAround(parsed, place, offset);
  if (string && string.text.startsWith('=') && offset > string.range.start + 1) return completeExpression(parsed, place, offset, string.range);
  const [first, , word] = place.inner;
  if (first === 'outputs' && !(place.atKey && place.inner.length === 2)) return texts(sources(document, place.block, undefined), 'source', string, offset);
  if (place.isRoot && first === 'training' && place.inner[2] === 'set' && place.inner.length >= 3) return keys(parsed, place, 3, document.root.params, offset, 'a parameter of the design');
  if (!place.node) return [];
  const { node } = place;
  if (word === undefined || (place.inner.length === 3 && place.atKey)) {
    const block = usedBlock(document, node);
    if (block) return keys(parsed, place, 2, block.params, offset, `a parameter of ${block.name}`);
    const own = declaredOperators(document).get(node.op)?.operator;
    return own ? keys(parsed, place, 2, new Map([...own.params].filter(([, { assertion }]) => assertion !== true).map(([name, spec]) => [name, writtenValue(spec.default ?? spec.initial) ?? null])), offset, `a parameter of ${own.type}`) : [];
  }
  if (word === 'op') {
    const own = [...declaredOperators(document).values()].map(({ operator }): Proposal => ({ label: operator.type, detail: 'operator of this design', documentation: operator.doc }));
    return texts([...usableBlocks(document, place.block).map((block): Proposal => ({ label: block.name, detail: signature(block) })), ...own], 'block', string, offset);
  }
  if (word === 'in') return texts(sources(document, place.block, node), 'source', string, offset);
  if (word === 'off') return texts(node.in.map(formatSource).filter((text, k) => typeof node.in[k] === 'object' && node.in[k] !== null && !node.off.includes(text)).map((label) => ({ label, detail: `a source of ${node.name}` })), 'source', string, offset);
  if (word === 'weights') return texts(weightPaths(document, place.block, node), 'weights', string, offset);
  return [];
}

/** "Basic(channels, stride = 1)" */
function signature(block: Block): string {
  return `(${[...block.params].map(([name, value]) => (value === null ? name : `${name} = ${JSON.stringify(value)}`)).join(', ')})`;
}

/** Blocks that may stand in a scope: not itself, and none that uses it. */
function usableBlocks(document: Document, scope: Block): readonly Block[] {
  const reaches = (block: Block, seen: Set<Block>): boolean => {
    if (block === scope) return true;
    if (seen.has(block)) return false;
    seen.add(block);
    return [...block.nodes.values()].some((node) => {
      const used = usedBlock(document, node);
      return used !== undefined && reaches(used, seen);
    });
  };
  return [...document.blocks.values()].filter((block) => !reaches(block, new Set()));
}

/** What a node may read: the nearest node before it first. Nodes that already read from it would make a cycle and are left out. */
function sources(document: Document, scope: Block, reader: Node | undefined): readonly Proposal[] {
  const nodes = [...scope.nodes.values()];
  const at = reader ? nodes.indexOf(reader) : nodes.length;
  const downstream = reader ? readersOf(scope, reader.name) : new Set<string>();
  const before = nodes.slice(0, at).reverse();
  const after = nodes.slice(at + 1);
  const inputs = [...scope.inputs.values()].map((input): Proposal => ({ label: input.name, detail: input.shape ? `input [${input.shape.join(', ')}]` : 'input' }));
  const proposals = (list: readonly Node[]): readonly Proposal[] => list.filter((node) => !downstream.has(node.name)).flatMap((node) => spellings(document, node));
  return [...proposals(before), ...inputs, ...proposals(after)];
}

/** A node, and its further ports. */
function spellings(document: Document, node: Node): readonly Proposal[] {
  const block = usedBlock(document, node);
  const outputs = operatorIn(document, node.op)?.outputs;
  const ports: readonly (string | number)[] = block ? block.outputs.map((output, k) => output.name ?? k) : typeof outputs === 'object' ? outputs : [];
  const more = ports.slice(1).map((port): Proposal => ({ label: `${node.name}.${port}`, detail: `${node.op}, port ${port}` }));
  return [{ label: node.name, detail: node.op }, ...more];
}

function readersOf(scope: Block, name: string): ReadonlySet<string> {
  const readers = new Map<string, string[]>();
  for (const node of scope.nodes.values()) {
    for (const source of node.in) {
      if (typeof source !== 'object' || source === null) continue;
      const list = readers.get(source.name);
      if (list) list.push(node.name);
      else readers.set(source.name, [node.name]);
    }
  }
  const found = new Set<string>([name]);
  for (const one of found) for (const reader of readers.get(one) ?? []) found.add(reader);
  return found;
}

/** Keys of an object that may still be written, each with its default. */
function keys(parsed: Parsed, place: Place, depth: number, params: ReadonlyMap<string, JsonValue>, offset: number, detail: string): readonly Completion[] {
  const object = place.path.slice(0, place.path.length - place.inner.length + depth);
  const written = parsed.valueAt(object);
  const present = typeof written === 'object' && written !== null ? Object.keys(written) : [];
  const key = place.atKey && place.path.length > object.length ? parsed.rangeOf(place.path, 'key') : undefined;
  const current = key && place.path[place.path.length - 1];
  const range = key ?? { start: offset, end: offset };
  return [...params].filter(([name]) => (name === current || !present.includes(name)) && !isNodeWord(name)).map(([name, value], order): Completion => ({
    label: name, kind: 'parameter', range, order, detail: value === null ? `${detail}, must be given` : `${detail}, default ${JSON.stringify(value)}`,
    // At a key that stands already only its name is changed.
    insert: key ? JSON.stringify(name) : `${JSON.stringify(name)}: ${JSON.stringify(value ?? 1)}`,
  }));
}

/** Proposals that are texts: they replace the text around the cursor, or are written with their quotes. */
function texts(proposals: readonly Proposal[], kind: Completion['kind'], string: { readonly range: TextRange } | undefined, offset: number): readonly Completion[] {
  const range = string?.range ?? { start: offset, end: offset };
  return proposals.map((proposal, order) => ({ ...proposal, kind, range, order, insert: JSON.stringify(proposal.label) }));
}

/** The text, with its quotes, in which the cursor stands. */
function stringAround(parsed: Parsed, place: Place, offset: number): { readonly text: string; readonly range: TextRange } | undefined {
  const range = parsed.rangeOf(place.path);
  const text = parsed.valueAt(place.path);
  if (place.atKey || !range || typeof text !== 'string' || offset <= range.start || offset > range.end) return undefined;
  return { text, range };
}
