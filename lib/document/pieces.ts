import type { Replacement } from './edit.js';

/** What an original text has become: pieces of it, and new text between them. */
export class Pieces {
  private pieces: readonly Piece[];

  constructor(private readonly length: number) {
    this.pieces = [{ start: 0, end: length }];
  }

  /** Replaces parts of the present text. */
  replace(replacements: readonly Replacement[]): void {
    const next: Piece[] = [];
    let at = 0;
    let k = 0;
    const queue = [...this.pieces];
    for (const replacement of replacements) {
      for (; k < queue.length && at + size(queue[k]!) <= replacement.start; k++) {
        next.push(queue[k]!);
        at += size(queue[k]!);
      }
      if (k < queue.length && replacement.start > at) {
        const [left, right] = split(queue[k]!, replacement.start - at);
        next.push(left);
        queue[k] = right;
        at = replacement.start;
      }
      next.push({ start: -1, end: -1, text: replacement.text });
      for (; k < queue.length && at + size(queue[k]!) <= replacement.end; k++) at += size(queue[k]!);
      if (k < queue.length && replacement.end > at) {
        queue[k] = split(queue[k]!, replacement.end - at)[1];
        at = replacement.end;
      }
    }
    this.pieces = [...next, ...queue.slice(k)].filter((piece) => size(piece) > 0);
  }

  /** The same as changes of the original text. */
  replacements(): readonly Replacement[] {
    const made: Replacement[] = [];
    let at = 0;
    let text = '';
    const flush = (to: number): void => {
      if (text !== '' || to > at) made.push({ start: at, end: to, text });
      text = '';
    };
    for (const piece of this.pieces) {
      if ('text' in piece) text += piece.text;
      else {
        flush(piece.start);
        at = piece.end;
      }
    }
    flush(this.length);
    return made;
  }
}

type Piece = Replacement | { readonly start: number; readonly end: number };
function size(piece: Piece): number {
  return 'text' in piece ? piece.text.length : piece.end - piece.start;
}
function split(piece: Piece, at: number): readonly [Piece, Piece] {
  if ('text' in piece) return [{ ...piece, text: piece.text.slice(0, at) }, { ...piece, text: piece.text.slice(at) }];
  return [{ start: piece.start, end: piece.start + at }, { start: piece.start + at, end: piece.end }];
}
