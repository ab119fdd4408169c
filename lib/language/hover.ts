import type { Analysis } from '../analysis/analysis.js';
import { withBatchOfOne } from '../analysis/index.js';
import type { JsonPath, TextRange } from '../document/json.js';
import { isExpression, operatorIn, type Program, type ProgramNode, type Use } from '../program/index.js';
import { add, formatDim, formatShape, type Dim, type Tensor } from '../shapes/index.js';
import { instancesOf } from '../analysis/scope.js';
import { paramDoc, writtenValue } from './params.js';
import { placeAt, usedBlock, type Place } from './place.js';

export interface Hover {
  readonly range: TextRange;
  readonly markdown: string;
}

/** What the analysis knows of the place at an offset: shapes, parameters and MACs of a node, the shape of a source, the value of an expression. */
export function hover(analysis: Analysis, offset: number): Hover | undefined {
  const { parsed, program } = analysis;
  const place = placeAt(parsed, offset);
  const { path, inner, node } = place;
  const here = (markdown: string | undefined, part: 'key' | 'value' = 'value'): Hover | undefined => {
    const range = parsed.rangeOf(path, part);
    return range && markdown ? { range, markdown } : undefined;
  };
  if (inner[0] === 'inputs' && place.isRoot && inner.length === 2 && place.atKey) return here(inputText(program, String(inner[1])), 'key');
  const value = parsed.valueAt(path);
  if (!place.atKey && isExpression(value)) return here(expressionText(program, place, value));
  if (inner[0] === 'outputs' && typeof value === 'string') return here(sourceText(usesIn(program, place), value));
  if (!node) return undefined;
  if (inner.length === 2 && place.atKey) return here(nodeText(analysis, place, true), 'key');
  if (inner.length === 3 && inner[2] === 'op') return here(nodeText(analysis, place, false), place.atKey ? 'key' : 'value');
  if (inner[2] === 'in' && inner.length === 4 && typeof inner[3] === 'number') return here(readText(program, place, inner[3]));
  if (inner.length === 3 && place.atKey) return here(blockParameterText(place, analysis), 'key');
  return undefined;
}

function inputText(program: Program, name: string): string | undefined {
  const input = program.inputs.find((one) => one.name === name);
  return input && `\`${name}\`: ${tensorText(input.tensor)}`;
}

/** Every unrolled use of what stands at this place. */
function usesOf(program: Program, place: Place): readonly Use[] {
  return instancesOf(program, place.block.name).flatMap((instance) => instance.uses.get(String(place.inner[1])) ?? []);
}
function usesIn(program: Program, place: Place): ReadonlyMap<string, readonly Use[]> {
  const uses = new Map<string, Use[]>();
  for (const instance of instancesOf(program, place.block.name)) for (const [name, use] of instance.uses) uses.set(name, [...(uses.get(name) ?? []), use]);
  return uses;
}

function nodeText(analysis: Analysis, place: Place, withDoc: boolean): string | undefined {
  const { program, parsed } = analysis;
  const { node } = place;
  if (!node) return undefined;
  const block = usedBlock(parsed.document, node);
  const uses = usesOf(program, place);
  const nodes = nodesAt(program, uses);
  const lines: string[] = [];
  const doc = block ? `Block with ${block.nodes.size} ${block.nodes.size === 1 ? 'node' : 'nodes'}.` : operatorIn(parsed.document, node.op)?.doc;
  if (withDoc) lines.push(`**${node.name}** · ${node.op}`, ...(doc ? [doc] : []));
  const outputs = distinct(uses.flatMap((use) => use.outputs.slice(0, 1).map((output) => tensorText(output.tensor))));
  if (outputs.length > 0) lines.push(`Output ${outputs.join(' or ')}`);
  if (nodes.length > 0) {
    const parameters = sum(nodes.filter((one) => !one.shared).map((one) => one.parameters));
    const macs = withBatchOfOne(sum(nodes.map((one) => one.macs)));
    lines.push(`${amount(parameters)} parameters · ${amount(macs)} MACs${nodes.some((one) => one.shared) ? ' · weights shared' : ''}`);
  }
  const places = uses.reduce((count, use) => count + use.each.length, 0);
  if (places > 1) lines.push(`Stands in ${places.toLocaleString('en')} places; the counts are of all of them.`);
  if (uses.length > 0 && uses.every((use) => use.each.every((each) => each.kind === 'absent'))) lines.push('It is not there: its condition is false, or its sources are cut.');
  return lines.length > 0 ? lines.join('\n\n') : undefined;
}

/** The program's nodes that a written node and all inside it stand for. */
function nodesAt(program: Program, uses: readonly Use[]): readonly ProgramNode[] {
  const found: ProgramNode[] = [];
  const visit = (use: Use): void => {
    for (const each of use.each) {
      if (each.kind === 'node') found.push(program.nodes[each.node]!);
      else if (each.kind === 'block') for (const inner of each.instance.uses.values()) visit(inner);
    }
  };
  uses.forEach(visit);
  return found;
}

function readText(program: Program, place: Place, index: number): string | undefined {
  const uses = usesOf(program, place);
  const shapes = distinct(uses.flatMap((use) => use.inputs.slice(index, index + 1).map((input) => tensorText(input.tensor))));
  if (shapes.length === 0) return undefined;
  const cut = uses.some((use) => use.cut[index]) ? ' · cut by `off`' : '';
  return `${shapes.join(' or ')}${cut}`;
}

function sourceText(uses: ReadonlyMap<string, readonly Use[]>, text: string): string | undefined {
  const name = /^[^.[]*/.exec(text)![0];
  const port = Number(/\.(\d+)$/.exec(text)?.[1] ?? 0);
  const shapes = distinct((uses.get(name) ?? []).flatMap((use) => use.outputs.slice(port, port + 1).map((output) => tensorText(output.tensor))));
  return shapes.length > 0 ? shapes.join(' or ') : undefined;
}

/** The values that an expression has in the uses of its scope. */
function expressionText(program: Program, { inner, node, path, isRoot }: Place, text: string): string | undefined {
  if (!node && isRoot && inner[0] === 'inputs' && inner[2] === 'shape' && typeof inner[3] === 'number') {
    const dim = program.inputs.find((input) => input.name === inner[1])?.tensor.shape?.[inner[3]];
    return dim === undefined || dim === null ? undefined : `\`${text.slice(1).trim()}\` = ${formatDim(dim)}`;
  }
  if (!node || inner.length < 3) return undefined;
  const values = distinct(valuesAt(program, path.slice(0, path.length - inner.length + 2), inner.slice(2)));
  if (values.length === 0) return undefined;
  const shown = values.length > 4 ? [...values.slice(0, 4), '…'] : values;
  return `\`${text.slice(1).trim()}\` = ${shown.join(', ')}`;
}

function valuesAt(program: Program, place: JsonPath, [word, ...rest]: JsonPath): readonly string[] {
  const at = (value: unknown): unknown => rest.reduce<unknown>((inside, step) => (Array.isArray(inside) ? inside[Number(step)] : undefined), value);
  const show = (value: unknown): readonly string[] => {
    const written = writtenValue(value as Parameters<typeof writtenValue>[0]);
    return written === undefined ? [] : [typeof written === 'string' ? written : JSON.stringify(written)];
  };
  const values: string[] = [];
  const same = (path: JsonPath): boolean => path.length === place.length && path.every((step, k) => step === place[k]);
  for (const node of program.nodes) if (same(node.place)) values.push(...show(at(node.params[String(word)])));
  if (values.length > 0) return values;
  // A use of a block: what its instances were given, or how often it is repeated.
  const visit = (use: Use): void => {
    if (same(use.place) && word === 'repeat') values.push(String(use.each.length));
    for (const each of use.each) {
      if (each.kind !== 'block') continue;
      if (same(use.place) && word !== 'repeat') values.push(...show(at(each.instance.params[String(word)])));
      for (const inner of each.instance.uses.values()) visit(inner);
    }
    if (same(use.place) && word === 'when') values.push(...use.each.map((each) => String(each.kind !== 'absent')));
  };
  for (const use of program.root.uses.values()) visit(use);
  return values;
}

function blockParameterText({ node, inner }: Place, { parsed }: Analysis): string | undefined {
  const block = usedBlock(parsed.document, node);
  const name = String(inner[2]);
  const spec = block ? undefined : parsed.document.operators.has(node?.op ?? '') ? operatorIn(parsed.document, node!.op)?.params.get(name) : undefined;
  if (spec) return `\`${name}\` · ${paramDoc(spec)}`;
  if (!block?.params.has(name)) return undefined;
  const value = block.params.get(name);
  return `\`${name}\` · parameter of the block ${block.name}, ${value === null ? 'must be given' : `default ${JSON.stringify(value)}`}`;
}

function tensorText({ shape, dtype }: Tensor): string {
  return `${shape ? (shape.length === 0 ? 'a single number' : formatShape(shape)) : '?'}${dtype === 'float32' ? '' : ` ${dtype}`}`;
}

function sum(dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>((total, dim) => add(total, dim), 0);
}
function amount(dim: Dim): string {
  return typeof dim === 'number' ? dim.toLocaleString('en') : formatDim(dim);
}
function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
