import { freshName, instanceAt, isNamed, scopePath, type Analysis } from '../analysis/index.js';
import { formatSource } from '../document/source.js';
import { operatorIn } from '../program/declared.js';
import { isExpression } from '../program/expression.js';
import { isRefusal, refuse, type Acted, type DropTarget, type WireRef } from './action.js';
import { addInput, inputFor, inputType } from './source.js';
import { originAt, pathIn, wirePlace, wiresFrom } from './place.js';
import { rewired } from './rewire.js';
import { firstRight } from './trial.js';
import { blockValues, growingValues, keepingValues, nameFor, sourcesOn, type Arriving } from './values.js';
import type { Edit } from '../document/edit.js';
import type { JsonObject, JsonPath, JsonValue } from '../document/json.js';
import type { Block, Node, Source } from '../document/model.js';
import type { Operator } from '../operators/operator.js';
import type { Instance } from '../program/program.js';
import type { Shape } from '../shapes/dimension.js';

/** Puts a layer where it was dropped: on a wire, behind a node (on all that leave it), or free in a scope. `type` is an operator, `block:NAME` or `inputType`. */
export function insertAt(analysis: Analysis, type: string, target: DropTarget): Acted {
  if (type === inputType) return addInput(analysis, target);
  switch (target.kind) {
    case 'wire': return insertOnWire(analysis, target.wire, type);
    case 'node': return insertBehind(analysis, target.path, type);
    case 'point': return addNode(analysis, type, target.scope);
  }
}

/**
 * Puts a layer on a wire, with values that keep the shape where such values exist (in a block as expressions, so that every use stays
 * right): of several choices the first that makes no problem anywhere.
 */
export function insertOnWire(analysis: Analysis, wire: WireRef, type: string): Acted {
  const place = wirePlace(analysis, wire);
  if (place === undefined) return refuse('That wire is not in the design any more.');
  const { block, instance, reader, source } = place;
  if (!isNamed(source)) return refuse('There is no wire: this input has no source to read.');
  return inserted(analysis, { type, instance, block, source, shape: place.value?.tensor.shape ?? null, normed: isNorm(reader?.node), open: reader === undefined && block.name === '', rewire: (name) => (reader === undefined ? [{ kind: 'set', path: place.path, value: name }] : rewired(block, reader.node, place.index, name)) });
}

/** Puts a layer behind a node or an input: everything that reads the one reads the other. */
export function insertBehind(analysis: Analysis, path: string, type: string): Acted {
  const origin = originAt(analysis, path);
  if (origin === undefined) return refuse(`There is no \`${path}\` in the design any more.`);
  const { block, instance, name } = origin;
  const wires = wiresFrom(block, name).filter((wire) => isNamed(wire.source) && wire.source.port === undefined && wire.source.repetition === undefined);
  return inserted(analysis, {
    type, instance, block, source: { name }, shape: origin.value?.tensor.shape ?? null,
    normed: wires.length > 0 && wires.every((wire) => wire.node !== undefined && isNorm(block.nodes.get(wire.node))),
    open: block.name === '' && wires.every((wire) => wire.node === undefined),
    rewire: (fresh) => wires.flatMap((wire) => (wire.node === undefined ? [{ kind: 'set', path: wire.path, value: fresh } as const] : rewired(block, block.nodes.get(wire.node)!, wire.index, fresh))),
  });
}

interface Insertion {
  readonly type: string;
  readonly instance: Instance;
  readonly block: Block;
  readonly source: Exclude<Source, number | null>;
  readonly shape: Shape | null;
  /** Nothing but norms over channels reads it. */
  readonly normed: boolean;
  /** The network ends there: nothing after it counts on the shape. */
  readonly open: boolean;
  rewire(name: string): readonly Edit[];
}

const isNorm = (node: Node | undefined): boolean => node !== undefined && /^(Batch|Instance)Norm[123]d$/.test(node.op);

function inserted(analysis: Analysis, { type, instance, block, source, shape, normed, open, rewire }: Insertion): Acted {
  const kind = kindOf(analysis, type, block);
  if (isRefusal(kind)) return kind;
  const spelled = formatSource(source);
  const name = freshName(block, nameFor(kind.op));
  const arriving: Arriving = { shape, source: spelled, inBlock: block.name !== '', normed };
  const sources = kind.block === undefined ? sourcesOn(kind.op, spelled, kind.operator) : Array.from({ length: Math.max(1, kind.block.inputs.size) }, () => spelled);
  if (sources.length === 0) return refuse(`${kind.op} has no input, so it cannot stand on a wire.`);
  const grown = open && kind.block === undefined ? growingValues(kind.op, kind.operator) : [];
  const choices = [...grown, ...[widthWritten(analysis, instance, source, shape), undefined].flatMap((width) => {
    const from = width === undefined ? arriving : { ...arriving, width };
    return kind.block === undefined ? keepingValues(kind.op, from, kind.operator) : blockValues(kind.block, from);
  })];
  const nodes: JsonPath = [...scopePath(block.name), 'nodes'];
  const after = block.nodes.has(source.name) ? source.name : null;
  const edits = (values: JsonObject): readonly Edit[] => [{ kind: 'insert', path: nodes, key: name, value: { op: kind.op, in: [...sources], ...values }, after }, ...rewire(name)];
  const found = firstRight(analysis, distinct(choices), edits);
  if (found === undefined) return refuse(`${kind.op} cannot be put there.`);
  return { edits: edits(found.choice), label: `Insert ${kind.op} ${name}`, select: [pathIn(instance, name)] };
}

/** Adds a layer that nothing reads yet, as the palette writes it. */
export function addNode(analysis: Analysis, type: string, scope = ''): Acted {
  const instance = instanceAt(analysis.program, scope);
  if (instance === undefined) return refuse(`\`${scope}\` is not in the design any more.`);
  const { block } = instance;
  const kind = kindOf(analysis, type, block);
  if (isRefusal(kind)) return kind;
  // In an empty scope the first layer reads its input, and is its output; a network without an input gets one.
  const takes = kind.block !== undefined || kind.operator === undefined || kind.operator.inputs.length > 0;
  const begin = block.name === '' && block.nodes.size === 0 && block.inputs.size === 0 && takes ? inputFor(kind.operator) : undefined;
  const first = block.nodes.size === 0 && (block.inputs.size > 0 || begin !== undefined);
  const input = begin?.name ?? [...block.inputs.keys()][0];
  const shape = first && input !== undefined ? instance.inputs.get(input)?.tensor.shape ?? null : null;
  const name = freshName(block, nameFor(kind.op));
  const arriving: Arriving = { shape, source: first ? input! : '', inBlock: block.name !== '' };
  const [kept, initial] = kind.block === undefined ? keepingValues(kind.op, arriving, kind.operator) : [undefined, blockValues(kind.block, arriving).at(-1)!];
  // Nothing reads it yet, so its channels are its own: an image's three are no width.
  const own: JsonObject = initial?.['out_channels'] === undefined ? {} : { out_channels: initial['out_channels'] };
  const values: JsonObject = (first && kind.block === undefined ? growingValues(kind.op, kind.operator)[0] ?? { ...kept, ...own } : initial ?? kept) ?? {};
  const sources = first ? (kind.block === undefined ? sourcesOn(kind.op, input!, kind.operator) : [input!]) : [];
  const value = { op: kind.op, ...(sources.length > 0 ? { in: [...sources] } : {}), ...values };
  const edits: Edit[] = [...(begin === undefined ? [] : [{ kind: 'set', path: ['inputs', begin.name], value: begin.value } as const]), { kind: 'insert', path: [...scopePath(block.name), 'nodes'], key: name, value }];
  if (block.nodes.size === 0 && block.outputs.length === 0) edits.push({ kind: 'set', path: [...scopePath(block.name), 'outputs'], value: [name] });
  return { edits, label: `Add ${kind.op} ${name}`, select: [pathIn(instance, name)] };
}

function kindOf(analysis: Analysis, type: string, into: Block): { readonly op: string; readonly block: Block | undefined; readonly operator: Operator | undefined } | { readonly refused: string } {
  const op = type.startsWith('block:') ? type.slice('block:'.length) : type;
  const block = analysis.parsed.document.blocks.get(op);
  if (type.startsWith('block:') && block === undefined) return refuse(`There is no block \`${op}\` any more.`);
  if (block !== undefined && contains(analysis, op, into.name)) return refuse(`\`${op}\` cannot be used in \`${into.name}\`: a block cannot contain itself.`);
  return { op, block, operator: operatorIn(analysis.parsed.document, op) };
}

/** Whether a block is, or uses, another. */
function contains(analysis: Analysis, block: string, inner: string): boolean {
  if (inner === '') return false;
  const { blocks } = analysis.parsed.document;
  const open = [block];
  const seen = new Set<string>();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === inner) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    for (const node of blocks.get(name)?.nodes.values() ?? []) if (blocks.has(node.op)) open.push(node.op);
  }
  return false;
}

/** The expression by which a layer before sets the width that arrives ("=channels"): a layer put there follows the same parameter. */
export function widthWritten(analysis: Analysis, instance: Instance, source: Source, shape: Shape | null): JsonValue | undefined {
  const { block } = instance;
  const width = shape?.[1];
  const seen = new Set<string>();
  for (let at: Source | undefined = source; isNamed(at) && !seen.has(at.name); at = block.nodes.get(at.name)?.in[0]) {
    seen.add(at.name);
    const each = instance.uses.get(at.name)?.each[0];
    const node = each?.kind === 'node' ? analysis.program.nodes[each.node] : undefined;
    if (each?.kind === 'absent') continue;
    if (node === undefined || node.outputs[0]?.shape?.[1] !== width) return undefined;
    for (const param of ['out_channels', 'out_features']) {
      const written = node.params[param] === width ? block.nodes.get(at.name)?.params.get(param) : undefined;
      if (written !== undefined) return isExpression(written) || block.name !== '' ? written : undefined;
    }
  }
  return undefined;
}

function distinct(choices: readonly JsonObject[]): readonly JsonObject[] {
  const seen = new Set<string>();
  return choices.filter((choice) => { const key = JSON.stringify(choice); return seen.has(key) ? false : (seen.add(key), true); });
}
