import type { JsonValue } from './json.js';
import type { Document, Node } from './model.js';
import { treeOf, type Tree } from './tree.js';
import { documentTree, nodeTree, roleBelow, type Role } from './write.js';

/** How a text indents and ends its lines. */
export interface Style {
  readonly unit: string;
  readonly eol: string;
}
const usual: Style = { unit: '  ', eol: '\n' };

/** The whole design as a text: a node, an input or a recipe on one line. */
export function print(document: Document): string {
  return printTree(documentTree(document), 'root', '', usual) + usual.eol;
}

/** The value of a node, as it stands on its line: `{ "op": "ReLU", "in": ["conv1"] }`. */
export function printNode(node: Node): string {
  return printTree(nodeTree(node), 'node', '', usual);
}

/** A value on one line. */
export function printValue(value: JsonValue): string {
  return inline(treeOf(value));
}

/** A value whose line is indented by `indent`; what holds nodes, blocks and recipes gives each of them a line. */
export function printTree(tree: Tree, role: Role, indent: string, style: Style): string {
  if (tree.kind !== 'object' || !hasLines(role) || tree.members.length === 0) return inline(tree);
  const inner = indent + style.unit;
  const lines = tree.members.map(({ key, value }) => `${inner}${JSON.stringify(key)}: ${printTree(value, roleBelow(role, key), inner, style)}`);
  return `{${style.eol}${lines.join(`,${style.eol}`)}${style.eol}${indent}}`;
}

/** Whether every member of such a value stands on a line of its own. */
export function hasLines(role: Role): boolean {
  return role === 'root' || role === 'block' || role === 'blocks' || role === 'operators' || role === 'operator' || role === 'nodes' || role === 'training' || role === 'view';
}

function inline(tree: Tree): string {
  if (tree.kind === 'scalar') return JSON.stringify(tree.value);
  if (tree.kind === 'list') return `[${tree.items.map((item) => inline(item.value)).join(', ')}]`;
  if (tree.members.length === 0) return '{}';
  return `{ ${tree.members.map(({ key, value }) => `${JSON.stringify(key)}: ${inline(value)}`).join(', ')} }`;
}
