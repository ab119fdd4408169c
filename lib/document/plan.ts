import type { Edit, Refusal } from './edit.js';
import type { JsonPath } from './json.js';
import { planBlockRename, planNodeRename } from './rename.js';
import { childOf, listTree, memberIndex, objectTree, sameTree, treeAt, treeOf, type ObjectTree, type Tree } from './tree.js';
import { canonical, isEmpty, isOmittedEmpty, rankIn, roleAt, type Role } from './write.js';

/** The few things that are done to a tree and to a text alike. Those of one plan touch different places, except `delete`, which come one by one. */
export type Step =
  | { readonly do: 'replace'; readonly path: JsonPath; readonly value: Tree }
  /** A new member, as number `at` of the object. */
  | { readonly do: 'add'; readonly path: JsonPath; readonly key: string; readonly at: number; readonly value: Tree }
  | { readonly do: 'append'; readonly path: JsonPath; readonly value: Tree }
  /** Two items of the list change places. */
  | { readonly do: 'exchange'; readonly path: JsonPath; readonly items: readonly [number, number] }
  /** The member at position `at` of the object, or the item of the list. */
  | { readonly do: 'delete'; readonly path: JsonPath; readonly at: number }
  | { readonly do: 'renameKey'; readonly path: JsonPath; readonly to: string };

/** What an edit means for this tree. */
export function plan(root: ObjectTree, edit: Edit): readonly Step[] | Refusal {
  switch (edit.kind) {
    case 'set':
      return planSet(root, edit.path, treeOf(edit.value));
    case 'insert': {
      const at = treeAt(root, edit.path);
      if (at && at.kind !== 'object') return { refused: `${spell(edit.path)} is no object, so nothing can be added to it.` };
      if (at && memberIndex(at, edit.key) >= 0) return { refused: `${spell([...edit.path, edit.key])} stands there already.` };
      return planSet(root, [...edit.path, edit.key], treeOf(edit.value), edit.after);
    }
    case 'exchange': {
      const at = treeAt(root, edit.path);
      if (at?.kind !== 'list') return { refused: `${spell(edit.path)} is no list, so nothing changes places in it.` };
      const gone = edit.items.find((item) => at.items[item] === undefined);
      if (gone !== undefined) return { refused: `${spell(edit.path)} has no item ${gone}.` };
      return edit.items[0] === edit.items[1] ? [] : [{ do: 'exchange', path: edit.path, items: edit.items }];
    }
    case 'remove':
      return planRemove(root, edit.path);
    case 'renameKey': {
      const around = treeAt(root, edit.path.slice(0, -1));
      const key = edit.path[edit.path.length - 1];
      if (around?.kind !== 'object' || memberIndex(around, String(key)) < 0) return { refused: `${spell(edit.path)} is not in the file any more.` };
      if (key === edit.to) return [];
      if (memberIndex(around, edit.to) >= 0) return { refused: `\`${edit.to}\` stands there already.` };
      // Were there a second key of the old name, it would count from now on.
      return [...deletions(around, edit.path, 1), { do: 'renameKey', path: edit.path, to: edit.to }];
    }
    case 'renameNode':
      return planNodeRename(root, edit.scope, edit.from, edit.to);
    case 'renameBlock':
      return planBlockRename(root, edit.from, edit.to);
  }
}

function planSet(root: ObjectTree, path: JsonPath, value: Tree, after?: string | null): readonly Step[] | Refusal {
  if (isOmittedEmpty(roleAt(path)) && isEmpty(value)) return planRemove(root, path);
  let tree: Tree = root;
  for (let k = 0; k < path.length; k++) {
    const step = path[k]!;
    const here = path.slice(0, k);
    if (tree.kind === 'scalar') return { refused: `${spell(here)} is ${JSON.stringify(tree.value)}, so nothing can be set in it.` };
    if (tree.kind === 'list' && (typeof step !== 'number' || step < 0 || step > tree.items.length || !Number.isInteger(step))) return { refused: `${spell(here)} has no item ${step}.` };
    const child = childOf(tree, step);
    if (child) {
      tree = child;
      continue;
    }
    const gone = path.findIndex((_, j) => j >= k && j < path.length - 1 && ['node', 'block', 'operator'].includes(roleAt(path.slice(0, j + 1))));
    if (gone >= 0) return { refused: `\`${path[gone]}\` is not in the design any more.` };
    const role = roleAt(path.slice(0, k + 1));
    const made = wrap(path.slice(k + 1), value);
    if (!made) return { refused: `${spell(path.slice(0, k + 1))} is not in the file any more.` };
    const written = canonical(made, role);
    if (tree.kind === 'list') return [{ do: 'append', path: here, value: written }];
    return [{ do: 'add', path: here, key: String(step), at: position(tree, roleAt(here), String(step), k === path.length - 1 ? after : undefined), value: written }];
  }
  return difference(tree, canonical(value, roleAt(path)), path);
}

/** The value inside new parents for the rest of its path. */
function wrap(path: JsonPath, value: Tree): Tree | undefined {
  let tree = value;
  for (const step of [...path].reverse()) {
    if (typeof step === 'string') tree = objectTree([[step, tree]]);
    else if (step === 0) tree = listTree([tree]);
    else return undefined;
  }
  return tree;
}

/** Where a new key goes: where its words' order says; among its like after `after`, else last. */
function position(tree: ObjectTree, role: Role, key: string, after: string | null | undefined): number {
  const rank = rankIn(role, key);
  let first: number | undefined;
  let last = 0;
  tree.members.forEach((member, k) => {
    const other = rankIn(role, member.key);
    if (other === rank) first ??= k;
    if (other <= rank) last = k + 1;
  });
  if (after === undefined) return last;
  if (after === null || rankIn(role, after) < rank) return first ?? last;
  const at = memberIndex(tree, after);
  return at < 0 || rankIn(role, after) > rank ? last : at + 1;
}

/** Replaces as little as says the same: lists of one length item by item. */
function difference(before: Tree, after: Tree, path: JsonPath): readonly Step[] {
  if (sameTree(before, after)) return [];
  if (before.kind === 'list' && after.kind === 'list' && before.items.length === after.items.length) return before.items.flatMap((item, k) => difference(item.value, after.items[k]!.value, [...path, k]));
  return [{ do: 'replace', path, value: after }];
}

function planRemove(root: ObjectTree, path: JsonPath): readonly Step[] | Refusal {
  if (path.length === 0) return { refused: 'The whole design cannot be removed.' };
  const around = treeAt(root, path.slice(0, -1));
  const step = path[path.length - 1]!;
  if (!around || !childOf(around, step)) return [];
  if (around.kind === 'list') {
    if (around.items.length === 1 && isOmittedEmpty(roleAt(path.slice(0, -1)))) return planRemove(root, path.slice(0, -1));
    return [{ do: 'delete', path, at: step as number }];
  }
  if (around.kind !== 'object') return [];
  if (isOmittedEmpty(roleAt(path.slice(0, -1))) && around.members.every((member) => member.key === step)) return planRemove(root, path.slice(0, -1));
  return deletions(around, path, 0);
}

/** Deletes every member of this key but the first `spared`, last first. */
function deletions(around: ObjectTree, path: JsonPath, spared: number): readonly Step[] {
  const key = String(path[path.length - 1]);
  const positions = around.members.flatMap((member, k) => (member.key === key ? [k] : []));
  return positions.slice(spared).reverse().map((at) => ({ do: 'delete', path, at }));
}

/** A path for people: `nodes.conv1.stride`. */
export function spell(path: JsonPath): string {
  if (path.length === 0) return 'The file';
  return `\`${path.map((step, k) => (typeof step === 'number' ? `[${step}]` : k === 0 ? step : `.${step}`)).join('')}\``;
}
