import { isNamed, nodePath, scopePath, type Analysis } from '../analysis/index.js';
import { formatSource } from '../document/source.js';
import { operatorIn } from '../program/declared.js';
import { refuse, type Acted, type WireRef } from './action.js';
import { originAt, wirePlace, wiresFrom } from './place.js';
import { rewired } from './rewire.js';
import type { Edit } from '../document/edit.js';
import type { Block, Source } from '../document/model.js';

/** How far from its own place a person put a node, as seen in a falling flow: `x` across it, `y` along it. */
export interface Move {
  readonly path: string;
  readonly x: number;
  readonly y: number;
}

/** Remembers where a person put a node. */
export function moveNode(analysis: Analysis, path: string, x: number, y: number): Acted {
  return moveNodes(analysis, [{ path, x, y }]);
}

/** Remembers where a person put some nodes; one that is back at its own place is forgotten. */
export function moveNodes(analysis: Analysis, moves: readonly Move[]): Acted {
  const edits: Edit[] = [];
  const back: string[] = [];
  const names: string[] = [];
  for (const { path, x, y } of moves) {
    const origin = originAt(analysis, path);
    if (origin === undefined) return refuse(`There is no \`${path}\` in the design any more.`);
    names.push(origin.name);
    if (Math.round(x) === 0 && Math.round(y) === 0) back.push(path);
    else edits.push({ kind: 'set', path: [...scopePath(origin.block.name), 'view', origin.name], value: { x: Math.round(x), y: Math.round(y) } });
  }
  // A scope that gets a place in this very step keeps its `view`.
  edits.push(...forgotten(analysis, back, edits.length > 0));
  if (edits.length === 0) return refuse('It stands there already.');
  return { edits, label: names.length === 1 ? `Move ${names[0]!}` : `Move ${names.length} layers`, select: moves.map((move) => move.path) };
}

/** Whether any of some nodes was placed by hand; any of the design where none is named. */
export function placedByHand(analysis: Analysis, paths: readonly string[]): boolean {
  if (paths.length === 0) return scopesOf(analysis).some((block) => block.view.size > 0);
  return paths.some((path) => {
    const origin = originAt(analysis, path);
    return origin?.block.view.has(origin.name) === true;
  });
}

/** Lets nodes stand where the layout puts them; all nodes of the design where none is named. */
export function resetPositions(analysis: Analysis, paths: readonly string[]): Acted {
  if (!placedByHand(analysis, paths)) return refuse('Nothing there was placed by hand.');
  if (paths.length > 0) return { edits: forgotten(analysis, paths), label: paths.length === 1 ? 'Reset the position' : 'Reset positions', select: paths };
  return { edits: scopesOf(analysis).flatMap((block): Edit[] => (block.view.size > 0 ? [{ kind: 'remove', path: [...scopePath(block.name), 'view'] }] : [])), label: 'Reset all positions' };
}

function scopesOf({ parsed }: Analysis): readonly Block[] {
  return [parsed.document.root, ...parsed.document.blocks.values()];
}

/** Takes places out of `view`, and `view` itself with its last one. */
export function forgotten(analysis: Analysis, paths: readonly string[], keeps = false): readonly Edit[] {
  const byBlock = new Map<Block, Set<string>>();
  for (const path of paths) {
    const origin = originAt(analysis, path);
    if (origin?.block.view.has(origin.name) !== true) continue;
    byBlock.set(origin.block, (byBlock.get(origin.block) ?? new Set()).add(origin.name));
  }
  return [...byBlock].flatMap(([block, names]): Edit[] => {
    const view = [...scopePath(block.name), 'view'];
    const all = names.size === block.view.size && !keeps;
    return all ? [{ kind: 'remove', path: view }] : [...names].map((name): Edit => ({ kind: 'remove', path: [...view, name] }));
  });
}

/**
 * Takes a piece of the flow (`paths`: one layer, or a layer with what is docked to it, in order) out of its place, joins its neighbours,
 * and puts it on a wire of the same scope. The layers keep their names, parameters and lines.
 */
export function moveOntoWire(analysis: Analysis, paths: readonly string[], wire: WireRef): Acted {
  const origins = paths.map((path) => originAt(analysis, path));
  const nodes = origins.flatMap((origin) => (origin?.written === undefined ? [] : [origin.written.node]));
  const [first] = origins;
  const [head] = nodes;
  const foot = nodes[nodes.length - 1];
  if (first === undefined || head === undefined || foot === undefined || nodes.length !== paths.length) return refuse('An input stays at the beginning of its network.');
  const { block } = first;
  const place = wirePlace(analysis, wire);
  if (place === undefined || !isNamed(place.source)) return refuse('That wire is not in the design any more.');
  if (place.block !== block || place.instance !== first.instance) return refuse(`\`${head.name}\` stands in another scope than that wire.`);
  const names = new Set(nodes.map((node) => node.name));
  if (names.has(place.source.name) || (place.reader !== undefined && names.has(place.reader.name))) return refuse('It stands on that wire already.');
  const read = [...new Set(head.in.map(formatSource))];
  const before: Source | undefined = head.in[0];
  const inputs = head.in.length > 0 ? head.in.length : operatorIn(analysis.parsed.document, head.op)?.inputs.length === 0 ? 0 : 1;
  if (inputs === 0) return refuse(`\`${head.name}\` reads nothing, so it cannot stand on a wire.`);
  if (read.length > 1 || (before !== undefined && !isNamed(before))) return refuse(`\`${head.name}\` reads several layers, so it cannot stand on a wire.`);
  for (const name of names) {
    const outside = wiresFrom(block, name).filter((reader) => reader.node === undefined || !names.has(reader.node));
    if (outside.some(({ source }) => name !== foot.name || (isNamed(source) && (source.port !== undefined || source.repetition !== undefined)))) return refuse(`Other layers read more of \`${name}\` than its first output.`);
  }
  const edits: Edit[] = [];
  for (const reader of wiresFrom(block, foot.name)) {
    // What read a layer that read nothing has lost its source, and says so.
    if (before === undefined) continue;
    if (reader.node === undefined) edits.push({ kind: 'set', path: reader.path, value: formatSource(before) });
    else edits.push(...rewired(block, block.nodes.get(reader.node)!, reader.index, formatSource(before)));
  }
  if (before === undefined) edits.push({ kind: 'set', path: [...nodePath(block.name, head.name), 'in'], value: [formatSource(place.source)] });
  head.in.forEach((_, index) => edits.push(...rewired(block, head, index, formatSource(place.source))));
  edits.push(...(place.reader === undefined ? [{ kind: 'set', path: place.path, value: foot.name } as const] : rewired(block, place.reader.node, place.index, foot.name)));
  edits.push(...forgotten(analysis, paths));
  return { edits, label: `Move ${head.name}`, select: [paths[0]!] };
}
