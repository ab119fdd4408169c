import type { Parsed } from './parse.js';
import { rescan, type Scanned } from './scan.js';
import type { Item, Member, ObjectTree, Tree } from './tree.js';

/**
 * The syntax of a text that differs in one place from one that was read without a fault: only the object around the change is scanned again,
 * and of that only the members that the change touches. Undefined where the whole text must be read.
 */
export function rescanned(previous: Pick<Parsed, 'text' | 'syntax'>, text: string): Scanned | undefined {
  const { syntax } = previous;
  if (syntax.faults.length > 0 || syntax.tree?.kind !== 'object') return undefined;
  const change = changeBetween(previous.text, text);
  // A zero byte makes a file binary, and a byte order mark moves everything.
  if (text.slice(change.start, change.end).includes('\0') || text.charCodeAt(0) === 0xfeff) return undefined;
  const tree = renewed(syntax.tree, syntax.start, 0, text, change);
  return tree && { tree, start: syntax.start, faults: [] };
}

/** What changed: [start, oldEnd) of the old text became [start, end) of the new one. */
interface Change {
  readonly start: number;
  readonly oldEnd: number;
  readonly end: number;
}

function changeBetween(before: string, after: string): Change {
  const least = Math.min(before.length, after.length);
  let start = 0;
  while (start < least && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let tail = 0;
  while (tail < least - start && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) tail++;
  return { start, oldEnd: before.length - tail, end: after.length - tail };
}

function renewed(tree: ObjectTree, start: number, depth: number, text: string, change: Change): ObjectTree | undefined {
  if (change.start <= start || change.oldEnd >= start + tree.length) return undefined;
  return renewedBelow(tree, start, depth, text, change) ?? renewedHere(tree, start, depth, text, change);
}

/** The change lies wholly inside one member: that one is renewed, and those after it move. */
function renewedBelow(tree: ObjectTree, start: number, depth: number, text: string, change: Change): ObjectTree | undefined {
  const k = tree.members.findIndex((member) => start + member.start + member.value.length > change.start);
  const member = tree.members[k];
  if (!member || start + member.start >= change.start) return undefined;
  const value = renewedValue(member.value, start + member.start, depth + 1, text, change);
  if (!value) return undefined;
  const shift = value.length - member.value.length;
  const members = tree.members.slice();
  members[k] = { ...member, value };
  for (let j = k + 1; j < members.length; j++) members[j] = moved(members[j]!, shift);
  return { kind: 'object', length: tree.length + shift, members };
}

function renewedValue(tree: Tree, start: number, depth: number, text: string, change: Change): Tree | undefined {
  if (tree.kind === 'object') return renewed(tree, start, depth, text, change);
  if (tree.kind === 'scalar') return undefined;
  const k = tree.items.findIndex((item) => start + item.start + item.value.length > change.start);
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
  let keep = members.findIndex((member) => start + member.start + member.value.length >= change.start);
  keep = Math.max(0, (keep < 0 ? members.length : keep) - 1);
  const first = members.findIndex((member) => start + member.keyStart >= change.oldEnd);
  const starts = new Map<number, number>();
  if (first >= 0) for (let k = first; k < members.length; k++) starts.set(start + members[k]!.keyStart + shift, k);
  const end = start + tree.length + shift;
  const next = rescan(text, start, depth, {
    members: members.slice(0, keep),
    at: keep < members.length && start + members[keep]!.keyStart < change.start ? start + members[keep]!.keyStart : start + 1,
    known(offset) {
      const k = starts.get(offset);
      if (k === undefined) return undefined;
      const rest: Member[] = [];
      for (let j = k; j < members.length; j++) rest.push(moved(members[j]!, shift));
      return { members: rest, end };
    },
  });
  return next && start + next.length === end ? next : undefined;
}

function moved(member: Member, shift: number): Member {
  return shift === 0 ? member : { key: member.key, keyStart: member.keyStart + shift, keyEnd: member.keyEnd + shift, start: member.start + shift, value: member.value };
}
