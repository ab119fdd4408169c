import type { Edit, Refusal } from './edit.js';
import type { JsonPath } from './json.js';
import type { Document } from './model.js';
import { plan, type Step } from './plan.js';
import { readDocument } from './read.js';
import { member, memberIndex, type ObjectTree, type Tree } from './tree.js';
import { documentTree } from './write.js';

/** The document after the edits, each seeing what the ones before it did; refused as a whole where one of them does not apply. Untouched nodes stay the same objects. */
export function apply(document: Document, edits: readonly Edit[]): Document | Refusal {
  let tree = documentTree(document);
  for (const edit of edits) {
    const steps = plan(tree, edit);
    if ('refused' in steps) return steps;
    for (const step of steps) tree = done(tree, step.path, step) as ObjectTree;
  }
  return readDocument(tree).document;
}

function done(tree: Tree, rest: JsonPath, step: Step): Tree {
  const inside = step.do === 'add' || step.do === 'append' || step.do === 'exchange' ? 0 : 1;
  if (rest.length === 0 && step.do === 'replace') return step.value;
  if (rest.length <= inside) return changed(tree, step);
  const [head, ...below] = rest;
  if (tree.kind === 'list') return { kind: 'list', length: 0, items: tree.items.map((item, k) => (k === head ? { start: 0, value: done(item.value, below, step) } : item)) };
  if (tree.kind !== 'object') return tree;
  const at = memberIndex(tree, String(head));
  return { kind: 'object', length: 0, members: tree.members.map((one, k) => (k === at ? member(one.key, done(one.value, below, step)) : one)) };
}

function changed(tree: Tree, step: Step): Tree {
  if (tree.kind === 'scalar') return tree;
  if (step.do === 'append') return tree.kind === 'list' ? { ...tree, items: [...tree.items, { start: 0, value: step.value }] } : tree;
  if (step.do === 'exchange') {
    const [a, b] = step.items;
    return tree.kind === 'list' ? { ...tree, items: tree.items.map((item, k) => (k === a ? tree.items[b]! : k === b ? tree.items[a]! : item)) } : tree;
  }
  if (tree.kind === 'list') {
    const at = step.path[step.path.length - 1];
    if (step.do === 'delete') return { ...tree, items: tree.items.filter((_, k) => k !== at) };
    return { ...tree, items: tree.items.map((item, k) => (k === at && step.do === 'replace' ? { start: 0, value: step.value } : item)) };
  }
  const key = String(step.path[step.path.length - 1]);
  const members = [...tree.members];
  if (step.do === 'add') members.splice(step.at, 0, member(step.key, step.value));
  else if (step.do === 'delete') members.splice(step.at, 1);
  else {
    const at = memberIndex(tree, key);
    members[at] = step.do === 'renameKey' ? member(step.to, members[at]!.value) : member(key, step.value);
  }
  return { kind: 'object', length: 0, members };
}
