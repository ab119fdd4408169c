import type { Edit, Refusal, Replacement } from './edit.js';
import { find, type Parsed } from './parse.js';
import { apply } from './apply.js';
import { insertion, keyPadding, styleOf, valueText } from './insertion.js';
import { deletion } from './deletion.js';
import { exchange } from './exchange.js';
import { Pieces } from './pieces.js';
import { plan, type Step } from './plan.js';
import { print } from './print.js';
import { rescanned } from './rescan.js';
import { scan } from './scan.js';
import { memberIndex } from './tree.js';
import { emptyDocument, roleAt } from './write.js';

/**
 * The smallest changes of the text that do the edits, each edit seeing what the ones before it did. Every byte outside of the replacements stays;
 * comments stay with what they stand at. Refused as a whole where one edit does not apply, and where the text cannot be read.
 */
export function patch(parsed: Parsed, edits: readonly Edit[]): readonly Replacement[] | Refusal {
  if (!parsed.readable) return { refused: `The text cannot be read, so nothing can be changed in it: ${parsed.problems[0]?.message ?? 'it is no design.'}` };
  // Between edits only the syntax is followed; what it means to the format is read once, by whoever takes the new text.
  let now: Written = parsed;
  const pieces = new Pieces(parsed.text.length);
  const put = (replacements: readonly Replacement[]): void => {
    if (replacements.length === 0) return;
    pieces.replace(replacements);
    const text = applyReplacements(now.text, replacements);
    const [first, last] = [replacements[0]!, replacements[replacements.length - 1]!];
    const change = { start: first.start, oldEnd: last.end, end: last.end + text.length - now.text.length };
    now = { text, syntax: rescanned(now, text, change) ?? scan(text) };
  };
  for (const edit of edits) {
    if (now.syntax.tree?.kind !== 'object') {
      const made = apply(emptyDocument, [edit]);
      if ('refused' in made) return made;
      put(fromNothing(now.text, print(made)));
      continue;
    }
    const steps = plan(now.syntax.tree, edit);
    if ('refused' in steps) return steps;
    for (const step of steps) if (step.do === 'delete') put(replacementsOf(now, step));
    put(sorted(steps.flatMap((step) => (step.do === 'delete' ? [] : replacementsOf(now, step)))));
  }
  return pieces.replacements();
}

type Written = Pick<Parsed, 'text' | 'syntax'>;

/** The text with the replacements, which are sorted and disjoint. */
export function applyReplacements(text: string, replacements: readonly Replacement[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text: inserted } of replacements) {
    parts.push(text.slice(at, start), inserted);
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

function sorted(replacements: readonly Replacement[]): readonly Replacement[] {
  return [...replacements].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** A whole design below the comments of a file that held nothing else. */
function fromNothing(text: string, printed: string): readonly Replacement[] {
  const { eol } = styleOf(text);
  const blank = text.trim() === '' && text.charCodeAt(0) !== 0xfeff;
  if (blank) return [{ start: 0, end: text.length, text: printed }];
  return [{ start: text.length, end: text.length, text: (/[\n\r\ufeff]$/.test(text) ? '' : eol) + printed.replaceAll('\n', eol) }];
}

function replacementsOf({ text, syntax }: Written, step: Step): readonly Replacement[] {
  const around = find(syntax, step.do === 'add' || step.do === 'append' || step.do === 'exchange' ? step.path : step.path.slice(0, -1));
  switch (step.do) {
    case 'replace': {
      const found = find(syntax, step.path);
      if (!found) return [];
      return [{ start: found.start, end: found.start + found.tree.length, text: valueText(text, found.start, step.value, roleAt(step.path)) }];
    }
    case 'renameKey': {
      if (around?.tree.kind !== 'object') return [];
      const member = around.tree.members[memberIndex(around.tree, String(step.path[step.path.length - 1]))];
      return member ? keyPadding(text, around.tree, around.start, member, step.to) : [];
    }
    case 'add':
      return around?.tree.kind === 'object' ? insertion(text, around.tree, around.start, step.at, step.value, roleAt([...step.path, step.key]), roleAt(step.path), step.key) : [];
    case 'append':
      return around?.tree.kind === 'list' ? insertion(text, around.tree, around.start, around.tree.items.length, step.value, 'plain', 'plain') : [];
    case 'exchange':
      return around?.tree.kind === 'list' ? exchange(text, around.tree, around.start, step.items[0], step.items[1]) : [];
    case 'delete':
      return around && around.tree.kind !== 'scalar' ? deletion(text, around.tree, around.start, step.at) : [];
  }
}
