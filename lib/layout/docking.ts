import type { Operator } from '../operators/operator.js';
import type { Item, MergeKind } from './model.js';
import type { Wiring } from './wiring.js';

/** A unit under construction: what will be drawn as one piece. The first and the last item are where wires arrive and leave. */
export interface Piece {
  readonly kind: 'card' | 'pill' | 'merge' | 'block' | 'frame' | 'input';
  readonly item: Item;
  readonly merge?: MergeKind;
  head: Item[];
  foot: Item[];
  tail?: Item;
}

/** What docking asks of one written node. */
export interface Candidate {
  readonly item: Item;
  readonly role: 'card' | 'pill' | 'merge' | 'block' | 'frame';
  readonly operator: Operator | undefined;
}

/** A second strip is full at six; more would hide the layer under its own trimmings. */
const MOST_DOCKED = 6;
const MOST_ABOVE = 3;

/**
 * Puts layers together that are drawn as one piece: normalisations, activations and dropout dock under the layer that they follow; before
 * a layer they dock above it, as do global pools and Flatten before a Linear; an activation right after a merge is its tail. Docking ends
 * where a second wire leaves.
 */
export function dock(inputs: readonly Item[], candidates: readonly Candidate[], wiring: readonly Wiring[]): readonly Piece[] {
  const readers = new Map<string, number>();
  const sources = new Map<string, Wiring[]>();
  for (const wire of wiring) {
    readers.set(wire.from, (readers.get(wire.from) ?? 0) + 1);
    if (wire.to !== undefined) sources.set(wire.to, [...(sources.get(wire.to) ?? []), wire]);
  }
  const pieces = new Map<string, Piece>();
  const pieceOf = new Map<string, Piece>();
  const loose = new Map<string, Candidate>();
  const put = (piece: Piece): void => {
    pieces.set(piece.item.path, piece);
    pieceOf.set(piece.item.name, piece);
  };
  /** The piece that this node alone reads, when it reads nothing else. */
  const onlySource = (name: string): { readonly name: string; readonly piece: Piece } | undefined => {
    const wires = sources.get(name) ?? [];
    const wire = wires[0];
    if (wires.length !== 1 || wire === undefined || wire.off || readers.get(wire.from) !== 1) return undefined;
    const piece = pieceOf.get(wire.from);
    return piece === undefined || lastOf(piece).name !== wire.from ? undefined : { name: wire.from, piece };
  };
  for (const item of inputs) put({ kind: 'input', item, head: [], foot: [] });
  for (const candidate of candidates) {
    const { item, role, operator } = candidate;
    const before = onlySource(item.name);
    if (role === 'pill' && item.times === undefined && before !== undefined && operator?.docks === true) {
      const { piece } = before;
      if (piece.kind === 'card' && piece.item.times === undefined && piece.foot.length < MOST_DOCKED) {
        piece.foot.push(item);
        pieceOf.set(item.name, piece);
        continue;
      }
      if (piece.kind === 'merge' && piece.tail === undefined && operator.activation === true) {
        piece.tail = item;
        pieceOf.set(item.name, piece);
        continue;
      }
    }
    const piece: Piece = { kind: role, item, head: [], foot: [], ...(role === 'merge' && { merge: operator?.merge ?? 'add' }) };
    if (role === 'card' && item.times === undefined) {
      for (let source = before; source !== undefined && piece.head.length < MOST_ABOVE; source = onlySource(source.name)) {
        const above = loose.get(source.name);
        if (above === undefined || !docksAbove(above, operator)) break;
        piece.head.unshift(above.item);
        pieces.delete(above.item.path);
        loose.delete(source.name);
      }
      for (const above of piece.head) pieceOf.set(above.name, piece);
    }
    put(piece);
    if (role === 'pill' && item.times === undefined) loose.set(item.name, candidate);
  }
  return [...pieces.values()];
}

function docksAbove({ operator }: Candidate, below: Operator | undefined): boolean {
  if (operator === undefined) return false;
  if (operator.docks === true) return true;
  return below?.family === 'Linear' && (operator.type === 'Flatten' || operator.type.startsWith('Adaptive'));
}

/** The item whose output leaves the piece. */
export function lastOf(piece: Piece): Item {
  return piece.tail ?? piece.foot[piece.foot.length - 1] ?? piece.item;
}

/** Every item of a piece in reading order. */
export function itemsOf(piece: Piece): readonly Item[] {
  return [...piece.head, piece.item, ...piece.foot, ...(piece.tail === undefined ? [] : [piece.tail])];
}
