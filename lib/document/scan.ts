import type { Item, Member, ObjectTree, ScalarTree, Tree } from './tree.js';

/** Something in the text that is not JSON with comments. */
export interface SyntaxFault {
  readonly code: 'syntax' | 'merge-conflict' | 'too-deep' | 'binary-file';
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export interface Scanned {
  /** Absent where the text holds no value at all. */
  readonly tree?: Tree;
  readonly start: number;
  readonly faults: readonly SyntaxFault[];
}

/** Where a scan of an object goes on, and what it may take over from an earlier scan of nearly the same text. */
export interface Resume {
  readonly members: readonly Member[];
  readonly at: number;
  /** Given the offset of a key, the members from there on, where they are known already, and the object's end. */
  known(offset: number): { readonly members: readonly Member[]; readonly end: number } | undefined;
}

/** Values nested deeper than this are passed over, so that no text can exhaust the stack. A design needs about eight. */
export const deepest = 200;
/** Faults after this many are not told: the first ones say what to do. */
const mostFaults = 50;

/** Reads any text. Never throws; linear in its length. */
export function scan(text: string): Scanned {
  if (isBinary(text)) return { start: 0, faults: [{ code: 'binary-file', start: 0, end: Math.min(1, text.length), message: 'This file is not text: it holds zero bytes.' }] };
  const scanner = new Scanner(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
  return scanner.file();
}

/** Scans the object at `start` again, taking over what `resume` knows. Undefined where that cannot be done without a fault. */
export function rescan(text: string, start: number, depth: number, resume: Resume): ObjectTree | undefined {
  const scanner = new Scanner(text, start);
  const tree = scanner.object(depth, resume);
  return scanner.faults.length === 0 ? tree : undefined;
}

/** Past whitespace and comments. */
export function skipTrivia(text: string, from: number): number {
  const scanner = new Scanner(text, from);
  scanner.trivia();
  return scanner.at;
}

function isBinary(text: string): boolean {
  const zero = text.indexOf('\0');
  return zero >= 0 && zero < 4096;
}

class Scanner {
  readonly faults: SyntaxFault[] = [];
  /** After a fault nothing is told until something is read again, so that one slip gives one message. */
  private quiet = false;
  private ended = false;

  constructor(private readonly text: string, public at: number) {}

  file(): Scanned {
    this.trivia();
    const start = this.at;
    if (start >= this.text.length) return { start, faults: this.faults };
    let tree = this.value(0);
    while (!tree && this.at < this.text.length) {
      this.at++;
      this.trivia();
      if (this.text[this.at] === '{') {
        const inner = this.at;
        tree = this.value(0);
        return { tree, start: inner, faults: this.faults };
      }
    }
    this.trivia();
    if (this.at < this.text.length) {
      this.quiet = false;
      this.fault(this.at, this.wordEnd(), 'The document ends before this: nothing may follow its last `}`.');
    }
    return { ...(tree && { tree }), start, faults: this.faults };
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

  private value(depth: number): Tree | undefined {
    const c = this.text.charCodeAt(this.at);
    if (c === 34) return this.string();
    if (c === 123 || c === 91) {
      if (depth >= deepest) return this.passOver();
      return c === 123 ? this.object(depth) : this.list(depth);
    }
    if (c === 45 || (c >= 48 && c <= 57)) return this.number();
    return this.word();
  }

  object(depth: number, resume?: Resume): ObjectTree {
    const start = this.at;
    const members: Member[] = resume ? resume.members.slice() : [];
    this.at = resume ? resume.at : start + 1;
    for (;;) {
      this.trivia();
      const c = this.text.charCodeAt(this.at);
      if (c === 125) {
        this.at++;
        break;
      }
      if (Number.isNaN(c)) {
        this.unclosed(start, '{');
        break;
      }
      if (c !== 34) {
        if (c === 93) {
          // A list's bracket closes an object that was left open: give it back to the list around.
          this.fault(this.at, this.at + 1, '`]` stands where `}` was expected.');
          if (depth > 0) break;
        }
        this.fault(this.at, this.wordEnd(), c === 44 ? 'There is a comma too many here.' : 'A key in double quotes was expected here.');
        this.recover();
        continue;
      }
      const known = resume?.known(this.at);
      if (known) {
        for (const one of known.members) members.push(one);
        this.at = known.end;
        break;
      }
      const keyAt = this.at;
      const key = this.string().value as string;
      const keyEnd = this.at;
      this.trivia();
      if (this.text.charCodeAt(this.at) !== 58) {
        this.fault(keyAt, keyEnd, `A colon and a value are missing after "${key}".`);
        if (this.text.charCodeAt(this.at) === 44) this.at++;
        continue;
      }
      this.at++;
      this.trivia();
      const valueAt = this.at;
      const value = this.value(depth + 1);
      if (!value) {
        this.fault(keyAt, keyEnd, `A value is missing after "${key}".`);
        const next = this.text.charCodeAt(this.at);
        if (next === 44) this.at++;
        else if (next !== 125 && next !== 93) this.recover();
        continue;
      }
      this.quiet = false;
      members.push({ key, keyStart: keyAt - start, keyEnd: keyEnd - start, start: valueAt - start, value });
      this.comma(125, this.at);
    }
    return { kind: 'object', length: this.at - start, members };
  }

  private list(depth: number): Tree {
    const start = this.at++;
    const items: Item[] = [];
    for (;;) {
      this.trivia();
      const c = this.text.charCodeAt(this.at);
      if (c === 93) {
        this.at++;
        break;
      }
      if (Number.isNaN(c)) {
        this.unclosed(start, '[');
        break;
      }
      if (c === 125) {
        this.fault(this.at, this.at + 1, '`}` stands where `]` was expected.');
        break;
      }
      const at = this.at;
      const value = this.value(depth + 1);
      if (!value) {
        this.fault(at, this.wordEnd(), c === 44 ? 'There is a comma too many here.' : 'A value was expected here.');
        this.recover();
        continue;
      }
      if (this.text.charCodeAt(skipTrivia(this.text, this.at)) === 58) {
        this.fault(start, start + 1, 'This list holds a key with a colon: was `{` meant, or is `]` missing?');
        this.at = skipTrivia(this.text, this.at) + 1;
        continue;
      }
      this.quiet = false;
      items.push({ start: at - start, value });
      this.comma(93, this.at);
    }
    return { kind: 'list', length: this.at - start, items };
  }

  /** After a member or item: a comma, or the end. */
  private comma(close: number, end: number): void {
    this.trivia();
    const c = this.text.charCodeAt(this.at);
    if (c === 44) this.at++;
    else if (c !== close && !Number.isNaN(c) && c !== 125 && c !== 93) this.fault(end, Math.min(end + 1, this.text.length), 'A comma is missing here.');
  }

  private string(): ScalarTree {
    const { text } = this;
    const start = this.at++;
    plain.lastIndex = this.at;
    if (plain.test(text)) {
      this.at = plain.lastIndex;
      return { kind: 'scalar', length: this.at - start, value: text.slice(start + 1, this.at - 1) };
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
        return { kind: 'scalar', length: this.at - start, value: text.slice(start + 1, this.at) };
      } else if (c < 32) {
        this.fault(this.at, this.at + 1, 'A control character stands in this text: write it as \\u and its code.');
        this.at++;
      } else this.at++;
    }
    if (this.at > text.length) this.at = text.length;
    const value = escaped ? this.unescape(start) : text.slice(start + 1, this.at - 1);
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

  private number(): ScalarTree {
    const start = this.at;
    number.lastIndex = start;
    const match = number.exec(this.text);
    const end = this.wordEnd();
    this.at = end;
    const value = match ? Number(match[0]) : NaN;
    if (!match || match[0].length !== end - start) this.fault(start, end, `\`${this.excerpt(start, end)}\` is not a number.`);
    else if (!Number.isFinite(value)) this.fault(start, end, `${this.excerpt(start, end)} is too large for a number.`);
    // Adding 0 turns -0, which JSON cannot tell from 0 once printed, into 0.
    return { kind: 'scalar', length: end - start, value: Number.isFinite(value) ? value + 0 : 0 };
  }

  private word(): ScalarTree | undefined {
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

  /** Past a value that is nested too deep, without a stack. */
  private passOver(): ScalarTree {
    const start = this.at;
    this.quiet = false;
    this.fault(start, start + 1, `Values are nested more than ${deepest} deep here.`, 'too-deep');
    let open = 0;
    while (this.at < this.text.length) {
      const c = this.text.charCodeAt(this.at);
      if (c === 34) this.string();
      else if (c === 47) {
        const before = this.at;
        this.trivia();
        if (this.at === before) this.at++;
      } else {
        if (c === 123 || c === 91) open++;
        if (c === 125 || c === 93) open--;
        this.at++;
        if (open === 0) break;
      }
    }
    return { kind: 'scalar', length: this.at - start, value: null };
  }

  /** The text ends inside brackets: the innermost says it, those around it say nothing new. */
  private unclosed(start: number, bracket: string): void {
    if (!this.ended) this.quiet = false;
    this.fault(start, start + 1, `This \`${bracket}\` is never closed.`);
    this.ended = true;
    this.quiet = true;
  }

  private recover(): void {
    const end = this.wordEnd();
    this.at = Math.max(end, this.at + 1);
    this.quiet = true;
  }

  private wordEnd(): number {
    let end = this.at;
    while (isWord(this.text.charCodeAt(end))) end++;
    return Math.max(end, Math.min(this.at + 1, this.text.length));
  }

  private excerpt(start: number, end: number): string {
    return end - start > 40 ? `${this.text.slice(start, start + 39)}…` : this.text.slice(start, end);
  }

  private fault(start: number, end: number, message: string, code: SyntaxFault['code'] = 'syntax'): void {
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
