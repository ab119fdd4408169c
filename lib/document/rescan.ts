import { changeBetween, detached, type Change } from './change.js';
import { FlatObject, flatEnd } from './flat.js';
import type { Parsed } from './parse.js';
import { flatObject, rescan, type Scanned } from './scan.js';
import { EditedObject, many, moved } from './edited.js';
import type { Item, ObjectTree, Tree } from './tree.js';

/**
 * The syntax of a text that differs in one place from one that was read without a fault: only the object around the change is scanned again,
 * and of that only the members that the change touches. Undefined where the whole text must be read.
 */
export function rescanned(previous: Pick<Parsed, 'text' | 'syntax'>, text: string, change: Change = changeBetween(previous.text, text)): Scanned | undefined {
  const { syntax } = previous;
  if (syntax.faults.length > 0 || syntax.tree?.kind !== 'object') return undefined;
  // A zero byte makes a file binary, and a byte order mark moves everything.
  if (text.slice(change.start, change.end).includes('\0') || text.charCodeAt(0) === 0xfeff) return undefined;
  const tree = renewed(syntax.tree, syntax.start, 0, text, change);
  return tree && { tree, start: syntax.start, faults: [] };
}

function renewed(tree: ObjectTree, start: number, depth: number, text: string, change: Change): ObjectTree | undefined {
  if (change.start <= start || change.oldEnd >= start + tree.length) return undefined;
  const length = tree.length + change.end - change.oldEnd;
  if (tree instanceof FlatObject && flatEnd(text, start) === start + length) return flatObject(detached(text.slice(start, start + length)));
  return renewedBelow(tree, start, depth, text, change) ?? renewedHere(tree, start, depth, text, change);
}

/** The change lies wholly inside one member: that one is renewed, and those after it move. */
function renewedBelow(tree: ObjectTree, start: number, depth: number, text: string, change: Change): ObjectTree | undefined {
  const edited = tree instanceof EditedObject ? tree : undefined;
  const k = edited ? firstAfter(edited.count, (at) => edited.endAt(at), change.start - start) : firstEndingAfter(tree.members, change.start - start);
  if (k >= (edited?.count ?? tree.members.length)) return undefined;
  const member = edited ? edited.memberAt(k) : tree.members[k]!;
  if (start + member.start >= change.start) return undefined;
  const value = renewedValue(member.value, start + member.start, depth + 1, text, change);
  if (!value) return undefined;
  const shift = value.length - member.value.length;
  if (tree.index && (edited || tree.members.length >= many)) return EditedObject.of(tree, tree.index, k, { ...member, value }, shift);
  const members = tree.members.slice();
  members[k] = { ...member, value };
  if (shift !== 0) for (let j = k + 1; j < members.length; j++) members[j] = moved(members[j]!, shift);
  return { kind: 'object', length: tree.length + shift, members, ...(tree.index && { index: tree.index }) };
}

function renewedValue(tree: Tree, start: number, depth: number, text: string, change: Change): Tree | undefined {
  if (tree.kind === 'object') return renewed(tree, start, depth, text, change);
  if (tree.kind === 'scalar') return undefined;
  const k = firstEndingAfter(tree.items, change.start - start);
  const item = tree.items[k];
  if (!item || item.value.kind === 'scalar') return undefined;
  const value = renewedValue(item.value, start + item.start, depth + 1, text, change);
  if (!value) return undefined;
  const shift = value.length - item.value.length;
  const items = tree.items.map((one, j): Item => (j < k ? one : j === k ? { ...one, value } : { ...one, start: one.start + shift }));
  return { kind: 'list', length: tree.length + shift, items };
}

/** Scans from the last key before the change to the first key after it that stood there before. */
function renewedHere(tree: ObjectTree, start: number, depth: number, text: string, change: Change): ObjectTree | undefined {
  const { members } = tree;
  const shift = change.end - change.oldEnd;
  const keep = Math.max(0, firstEndingAfter(members, change.start - start - 1) - 1);
  // The first key behind the change; the scan may pass some of these before it comes to one that still is a key.
  let next = firstEndingAfter(members, change.oldEnd - start);
  while (next < members.length && start + members[next]!.keyStart < change.oldEnd) next++;
  const end = start + tree.length + shift;
  const scanned = rescan(text, start, depth, {
    members: members.slice(0, keep),
    at: keep < members.length && start + members[keep]!.keyStart < change.start ? start + members[keep]!.keyStart : start + 1,
    known(offset) {
      while (next < members.length && start + members[next]!.keyStart + shift < offset) next++;
      if (next >= members.length || start + members[next]!.keyStart + shift !== offset) return undefined;
      const rest = members.slice(next);
      return { members: shift === 0 ? rest : rest.map((member) => moved(member, shift)), end };
    },
  });
  return scanned && start + scanned.length === end ? scanned : undefined;
}

/** Index of the first entry that ends behind an offset in its container; their number where none does. */
function firstEndingAfter(entries: readonly Item[], offset: number): number {
  return firstAfter(entries.length, (at) => entries[at]!.start + entries[at]!.value.length, offset);
}

/** The first of so many ends, which grow, that lies behind an offset. */
function firstAfter(count: number, endAt: (at: number) => number, offset: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (endAt(middle) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
