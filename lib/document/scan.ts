import { FlatObject, flatEnd } from './flat.js';
import { Tokens, type SyntaxFault } from './tokens.js';
import type { Item, Member, ObjectTree, ScalarTree, Tree } from './tree.js';

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
/** Reads any text. Never throws; linear in its length. */
export function scan(text: string): Scanned {
  if (isBinary(text)) return { start: 0, faults: [{ code: 'binary-file', start: 0, end: Math.min(1, text.length), message: 'This file is not text: it holds zero bytes.' }] };
  const scanner = new Scanner(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
  return scanner.file();
}

/** Scans the object at `start` again, taking over what `resume` knows. Undefined where that cannot be done without a fault. */
export function rescan(text: string, start: number, depth: number, resume: Resume): ObjectTree | undefined {
  // What is read here is kept beside what other versions of the text gave.
  const scanner = new Scanner(text, start, true);
  const tree = scanner.object(depth, resume);
  return scanner.faults.length === 0 ? tree : undefined;
}

/** Past whitespace and comments. */
export function skipTrivia(text: string, from: number): number {
  const tokens = new Tokens(text, from);
  tokens.trivia();
  return tokens.at;
}

export function flatObject(raw: string): FlatObject {
  return new FlatObject(raw, membersOf);
}

/** The members of an object whose text is known to be without fault. */
function membersOf(raw: string): readonly Member[] {
  return new Scanner(raw, 0).object(2).members;
}

function isBinary(text: string): boolean {
  const zero = text.indexOf('\0');
  return zero >= 0 && zero < 4096;
}

class Scanner extends Tokens {
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

  private value(depth: number): Tree | undefined {
    const c = this.text.charCodeAt(this.at);
    if (c === 34) return this.string();
    if (c === 123 || c === 91) {
      if (depth >= deepest) return this.passOver();
      return c === 123 ? (this.flat(depth) ?? this.object(depth)) : this.list(depth);
    }
    if (c === 45 || (c >= 48 && c <= 57)) return this.number();
    return this.word();
  }

  /** Below `nodes`, where nearly all of a text stands. */
  private flat(depth: number): ObjectTree | undefined {
    if (depth < 2 || depth > 8) return undefined;
    const end = flatEnd(this.text, this.at);
    if (end < 0) return undefined;
    const raw = this.cut(this.at, end);
    this.at = end;
    return flatObject(raw);
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
}
