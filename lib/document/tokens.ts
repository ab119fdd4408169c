import { detached } from './change.js';
import type { ScalarTree } from './tree.js';

/** Something in the text that is not JSON with comments. */
export interface SyntaxFault {
  readonly code: 'syntax' | 'merge-conflict' | 'too-deep' | 'binary-file' | 'number-too-large';
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

/** Faults after this many are not told: the first ones say what to do. */
const mostFaults = 50;

/** Reads the tokens of a text, one after the other. Never throws; what is wrong is noted in `faults`. */
export class Tokens {
  readonly faults: SyntaxFault[] = [];
  /** After a fault nothing is told until something is read again, so that one slip gives one message. */
  protected quiet = false;
  private ended = false;

  /** `apart`: what is read does not hold on to the text. */
  constructor(protected readonly text: string, public at: number, private readonly apart = false) {}

  protected cut(start: number, end: number): string {
    const cut = this.text.slice(start, end);
    return this.apart ? detached(cut) : cut;
  }

  trivia(): void {
    const { text } = this;
    for (;;) {
      const c = text.charCodeAt(this.at);
      if (c === 32 || c === 10 || c === 13 || c === 9) this.at++;
      else if (c === 47 && text.charCodeAt(this.at + 1) === 47) {
        this.at = this.lineEnd();
      } else if (c === 47 && text.charCodeAt(this.at + 1) === 42) {
        const end = text.indexOf('*/', this.at + 2);
        if (end < 0) this.fault(this.at, this.at + 2, 'This comment is never closed: `*/` is missing.');
        this.at = end < 0 ? text.length : end + 2;
      } else if ((c === 60 || c === 61 || c === 62 || c === 124) && this.conflictMarker()) this.at = this.lineEnd();
      else return;
    }
  }

  private lineEnd(): number {
    let end = this.at;
    for (let c = this.text.charCodeAt(end); c !== 10 && c !== 13 && end < this.text.length; c = this.text.charCodeAt(end)) end++;
    return end;
  }

  private conflictMarker(): boolean {
    const { text, at } = this;
    if (at > 0 && text[at - 1] !== '\n' && text[at - 1] !== '\r') return false;
    const marker = text.slice(at, at + 7);
    if (marker !== '<<<<<<<' && marker !== '=======' && marker !== '>>>>>>>' && marker !== '|||||||') return false;
    const end = this.lineEnd();
    this.quiet = false;
    if (marker === '<<<<<<<') this.fault(at, end, 'A merge conflict stands here: keep one of the two sides and delete the marker lines.', 'merge-conflict');
    else if (!this.faults.some((fault) => fault.code === 'merge-conflict')) this.fault(at, end, `A line of a merge conflict (\`${marker}\`) stands here: delete it and keep one side.`, 'merge-conflict');
    this.quiet = true;
    return true;
  }

  protected string(): ScalarTree {
    const { text } = this;
    const start = this.at++;
    plain.lastIndex = this.at;
    if (plain.test(text)) {
      this.at = plain.lastIndex;
      return { kind: 'scalar', length: this.at - start, value: this.cut(start + 1, this.at - 1) };
    }
    let escaped = false;
    for (;;) {
      const c = text.charCodeAt(this.at);
      if (c === 34) {
        this.at++;
        break;
      }
      if (c === 92) {
        escaped = true;
        this.at += 2;
      } else if (Number.isNaN(c) || c === 10 || c === 13) {
        this.at = Math.min(this.at, text.length);
        this.quiet = false;
        this.fault(start, this.at, 'This text is never closed: a `"` is missing.');
        return { kind: 'scalar', length: this.at - start, value: this.cut(start + 1, this.at) };
      } else if (c < 32) {
        this.fault(this.at, this.at + 1, 'A control character stands in this text: write it as \\u and its code.');
        this.at++;
      } else this.at++;
    }
    if (this.at > text.length) this.at = text.length;
    const value = escaped ? this.unescape(start) : this.cut(start + 1, this.at - 1);
    return { kind: 'scalar', length: this.at - start, value };
  }

  private unescape(start: number): string {
    const raw = this.text.slice(start, this.at);
    try {
      return JSON.parse(raw) as string;
    } catch {
      this.fault(start, this.at, 'This text holds a backslash that escapes nothing: write `\\\\` for a backslash.');
      return raw.slice(1, -1);
    }
  }

  protected number(): ScalarTree {
    const start = this.at;
    number.lastIndex = start;
    const match = number.exec(this.text);
    const end = this.wordEnd();
    this.at = end;
    const value = match ? Number(match[0]) : NaN;
    if (!match || match[0].length !== end - start) this.fault(start, end, `\`${this.excerpt(start, end)}\` is not a number.`);
    else if (!Number.isFinite(value)) {
      // The text stays readable; the rest of it is read as if the number were not there.
      this.fault(start, end, `${this.excerpt(start, end)} is too large for a number.`, 'number-too-large');
      this.quiet = false;
      return { kind: 'scalar', length: end - start, value: null };
    }
    // Adding 0 turns -0, which JSON cannot tell from 0 once printed, into 0.
    return { kind: 'scalar', length: end - start, value: Number.isFinite(value) ? value + 0 : 0 };
  }

  protected word(): ScalarTree | undefined {
    const start = this.at;
    const end = this.wordEnd();
    const text = end - start < 6 ? this.text.slice(start, end) : '';
    if (text === 'true' || text === 'false' || text === 'null') {
      this.at = end;
      return { kind: 'scalar', length: end - start, value: text === 'null' ? null : text === 'true' };
    }
    if (isWord(this.text.charCodeAt(start))) {
      this.fault(start, end, `\`${this.excerpt(start, end)}\` is no JSON value: was "${this.excerpt(start, end)}" meant?`);
      this.at = end;
      return { kind: 'scalar', length: end - start, value: null };
    }
    return undefined;
  }

  /** The text ends inside brackets: the innermost says it, those around it say nothing new. */
  protected unclosed(start: number, bracket: string): void {
    if (!this.ended) this.quiet = false;
    this.fault(start, start + 1, `This \`${bracket}\` is never closed.`);
    this.ended = true;
    this.quiet = true;
  }

  protected recover(): void {
    const end = this.wordEnd();
    this.at = Math.max(end, this.at + 1);
    this.quiet = true;
  }

  protected wordEnd(): number {
    let end = this.at;
    while (isWord(this.text.charCodeAt(end))) end++;
    return Math.max(end, Math.min(this.at + 1, this.text.length));
  }

  private excerpt(start: number, end: number): string {
    return end - start > 40 ? `${this.text.slice(start, start + 39)}…` : this.text.slice(start, end);
  }

  protected fault(start: number, end: number, message: string, code: SyntaxFault['code'] = 'syntax'): void {
    if (!this.quiet && !this.ended && this.faults.length < mostFaults) this.faults.push({ code, start, end, message });
    this.quiet = true;
  }
}

/** The rest of a text without escapes. */
const plain = /[^"\\\u0000-\u001f]*"/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function isWord(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c === 43 || c === 45 || c === 46 || c === 36 || c === 39 || c > 127;
}
