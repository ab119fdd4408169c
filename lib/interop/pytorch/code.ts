/** Code as a tree of brackets, laid out as Black does: on one line where it fits, else what stands in brackets one level deeper. */
export type Code = string | Bracket;
export interface Bracket {
  /** Everything up to and with the opening bracket: "self.conv = nn.Conv2d(". */
  readonly open: string;
  readonly items: readonly Code[];
  readonly close: string;
  /** A comprehension's parts follow each other without commas. */
  readonly spaced?: boolean;
}

const width = 88;

export function call(name: string, args: readonly Code[]): Code {
  return args.length === 0 ? `${name}()` : { open: `${name}(`, items: args, close: ')' };
}

/** The code with a text in front: `stride=` or `x = `. */
export function prefixed(text: string, code: Code): Code {
  return typeof code === 'string' ? text + code : { ...code, open: text + code.open };
}

export function suffixed(code: Code, text: string): Code {
  return typeof code === 'string' ? code + text : { ...code, close: code.close + text };
}

export function flat(code: Code): string {
  return typeof code === 'string' ? code : code.open + code.items.map(flat).join(code.spaced ? ' ' : ', ') + code.close;
}

/** Lines at an indentation. */
export function layout(code: Code, indent: number): readonly string[] {
  const pad = ' '.repeat(indent);
  const whole = flat(code);
  if (typeof code === 'string' || indent + whole.length <= width) return [pad + whole];
  const inner = code.items.map(flat).join(code.spaced ? ' ' : ', ');
  const items = indent + 4 + inner.length <= width
    ? [`${pad}    ${inner}`]
    : code.items.flatMap((item) => layout(code.spaced || code.items.length === 1 ? item : suffixed(item, ','), indent + 4));
  return [pad + code.open, ...items, pad + code.close];
}

/** A call written as text, taken apart at its brackets so that it can be laid out. */
export function parsed(text: string): Code {
  const start = text.search(/[([{]/u);
  if (start < 0 || text.length <= 40) return text;
  const items: string[] = [];
  let depth = 0;
  let from = start + 1;
  let quoted = false;
  for (let k = start; k < text.length; k++) {
    const character = text[k]!;
    if (character === '"' && text[k - 1] !== '\\') quoted = !quoted;
    if (quoted) continue;
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character) && --depth === 0) {
      // Only a bracket that closes the whole text can be broken; "(a + b) * c" cannot.
      if (k !== text.length - 1) return text;
      items.push(text.slice(from, k).trim());
      return { open: text.slice(0, start + 1), items: items.filter((item) => item !== '').map(parsed), close: character };
    } else if (character === ',' && depth === 1) {
      items.push(text.slice(from, k).trim());
      from = k + 1;
    }
  }
  return text;
}

/** Spaces around the colons of a slice as Black sets them, where its bounds are more than names and numbers: `x[:, :: self.stride]`. */
export function spacedSlices(text: string): string {
  return text.replace(/\[([^[\]"]*:[^[\]"]*)\]/gu, (_, axes: string) => `[${axes.split(', ').map((axis) => {
    const bounds = axis.split(':').map((bound) => bound.trim());
    return bounds.length === 1 || bounds.every((bound) => /^-?\w*$/u.test(bound)) ? axis
      : bounds.reduce((before, bound, k) => `${before}${bounds[k - 1] === '' ? '' : ' '}:${bound === '' ? '' : ' '}${bound}`);
  }).join(', ')}]`);
}

/** A statement with the lines below it. */
export type Statement = { readonly code: Code; /** Stands behind it where the line has room. */ readonly comment?: string | undefined } | { readonly head: string; readonly body: readonly Statement[] };

export function lines(statements: readonly Statement[], indent: number): readonly string[] {
  return statements.flatMap((statement) => ('code' in statement ? commented(layout(statement.code, indent), statement.comment) : [' '.repeat(indent) + statement.head, ...lines(statement.body, indent + 4)]));
}

function commented(written: readonly string[], comment: string | undefined): readonly string[] {
  const last = `${written[written.length - 1]!}  # ${comment}`;
  return comment === undefined || last.length > width ? written : [...written.slice(0, -1), last];
}

/** Adds a statement; what stands under the same `if` as the statement before joins it. */
export function append(statements: Statement[], next: Statement): void {
  const last = statements[statements.length - 1];
  if (last && 'head' in last && 'head' in next && last.head === next.head && next.head.startsWith('if ')) {
    const body = [...last.body];
    next.body.forEach((each) => append(body, each));
    statements[statements.length - 1] = { head: last.head, body };
  } else statements.push(next);
}
