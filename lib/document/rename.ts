import type { Refusal } from './edit.js';
import type { JsonPath } from './json.js';
import { isName } from './names.js';
import type { Step } from './plan.js';
import { renameInSource, weightSteps } from './source.js';
import { childOf, memberIndex, memberOf, scalarTree, stringOf, treeAt, type ObjectTree, type Tree } from './tree.js';

/** Renames a node or an input, and everything in the file that says its name. */
export function planNodeRename(root: ObjectTree, scope: string, from: string, to: string): readonly Step[] | Refusal {
  const base: JsonPath = scope === '' ? [] : ['blocks', scope];
  const tree = treeAt(root, base);
  const isNode = memberOf(childOf(tree, 'nodes'), from) !== undefined;
  const inputs = childOf(tree, 'inputs');
  const listed = inputs?.kind === 'list' ? inputs.items.findIndex((item) => stringOf(item.value) === from) : -1;
  if (!isNode && listed < 0 && !memberOf(inputs, from)) return { refused: `\`${from}\` is not in the design any more.` };
  if (from === to) return [];
  if (!isName(to)) return { refused: `\`${to}\` cannot be a name: names are letters, digits and \`_\`, and start with no digit.` };
  const takenByInput = inputs?.kind === 'list' ? inputs.items.some((item) => stringOf(item.value) === to) : memberOf(inputs, to) !== undefined;
  if (takenByInput || memberOf(childOf(tree, 'nodes'), to)) return { refused: `\`${to}\` is the name of another ${takenByInput ? 'input' : 'node'} here already.` };

  const steps: Step[] = [];
  const put = (path: JsonPath, text: string | undefined): void => {
    if (text !== undefined) steps.push({ do: 'replace', path, value: scalarTree(text) });
  };
  renameKeys(childOf(tree, 'nodes'), [...base, 'nodes'], from, to, steps);
  renameKeys(inputs, [...base, 'inputs'], from, to, steps);
  if (listed >= 0) put([...base, 'inputs', listed], to);
  const view = childOf(tree, 'view');
  if (memberOf(view, from)) {
    // A place that some earlier node of the new name left behind.
    if (view?.kind === 'object' && memberOf(view, to)) steps.push({ do: 'delete', path: [...base, 'view', to], at: memberIndex(view, to) });
    renameKeys(view, [...base, 'view'], from, to, steps);
  }
  eachText(childOf(tree, 'outputs'), [...base, 'outputs'], (text, path) => put(path, renameInSource(text, from, to)));
  eachNode(tree, base, (node, path) => {
    for (const word of ['in', 'off']) eachText(childOf(node, word), [...path, word], (text, place) => put(place, renameInSource(text, from, to)));
    if (node.kind !== 'object') return;
    for (const { key, value } of node.members) {
      if (key === 'op' || key === 'in' || key === 'off' || key === 'weights') continue;
      eachText(value, [...path, key], (text, place) => put(place, renameInExpression(text, from, to)));
    }
  });
  for (const place of scopes(root)) {
    eachNode(treeAt(root, place.path), place.path, (node, path) => {
      const weights = stringOf(childOf(node, 'weights'));
      if (weights !== undefined) put([...path, 'weights'], renameInWeights(root, place.name, weights, scope, from, to));
    });
  }
  return inOrder(steps);
}

/** Renames a block, and the `op` of every node that uses it. */
export function planBlockRename(root: ObjectTree, from: string, to: string): readonly Step[] | Refusal {
  const blocks = childOf(root, 'blocks');
  if (!memberOf(blocks, from)) return { refused: `The block \`${from}\` is not in the design any more.` };
  if (from === to) return [];
  if (!isName(to)) return { refused: `\`${to}\` cannot be a name: names are letters, digits and \`_\`, and start with no digit.` };
  if (memberOf(blocks, to)) return { refused: `\`${to}\` is the name of another block already.` };
  const steps: Step[] = [];
  for (const place of scopes(root)) {
    eachNode(treeAt(root, place.path), place.path, (node, path) => {
      if (stringOf(childOf(node, 'op')) === from) steps.push({ do: 'replace', path: [...path, 'op'], value: scalarTree(to) });
    });
  }
  renameKeys(blocks, ['blocks'], from, to, steps);
  return inOrder(steps);
}

/** An expression with `dim(from, ...)` read from another name; undefined where it does not mention it. */
export function renameInExpression(text: string, from: string, to: string): string | undefined {
  if (!text.startsWith('=') || !text.includes(from)) return undefined;
  // Quoted texts and whole words are passed over, so that only the function `dim` before a bracket is taken.
  const renamed = text.replace(/'[^']*'|[A-Za-z_][A-Za-z0-9_.]*(?:\s*\(\s*([A-Za-z_][A-Za-z0-9_]*))?/g, (whole: string, source: string | undefined) =>
    source === from && /^dim\s*\(/.test(whole) ? whole.slice(0, whole.length - from.length) + to : whole,
  );
  return renamed === text ? undefined : renamed;
}

/** Follows a path such as `stage1[0].bn1` downward through the blocks that it enters. */
function renameInWeights(root: ObjectTree, start: string, text: string, scope: string, from: string, to: string): string | undefined {
  let renamed = '';
  let done = 0;
  let at: string | undefined = start;
  for (const step of weightSteps(text)) {
    if (at === undefined) break;
    const next: Tree | undefined = treeAt(root, at === '' ? ['nodes', step.name] : ['blocks', at, 'nodes', step.name]);
    if (at === scope && step.name === from) {
      renamed += text.slice(done, step.start) + to;
      done = step.start + from.length;
    }
    const op: string | undefined = stringOf(childOf(next, 'op'));
    at = op !== undefined && memberOf(childOf(root, 'blocks'), op) ? op : undefined;
  }
  return done === 0 ? undefined : renamed + text.slice(done);
}

function renameKeys(tree: Tree | undefined, path: JsonPath, from: string, to: string, steps: Step[]): void {
  if (tree?.kind !== 'object') return;
  const again = tree.members.flatMap((member, k) => (member.key === from ? [k] : [])).slice(1).reverse();
  // Were there a second key of the old name, it would count from now on.
  for (const at of again) steps.push({ do: 'delete', path: [...path, from], at });
  if (memberIndex(tree, from) >= 0) steps.push({ do: 'renameKey', path: [...path, from], to });
}

function scopes(root: ObjectTree): readonly { readonly name: string; readonly path: JsonPath }[] {
  const blocks = childOf(root, 'blocks');
  const names = blocks?.kind === 'object' ? [...new Set(blocks.members.map((member) => member.key))] : [];
  return [{ name: '', path: [] }, ...names.map((name) => ({ name, path: ['blocks', name] }))];
}

function eachNode(scope: Tree | undefined, base: JsonPath, visit: (node: Tree, path: JsonPath) => void): void {
  const nodes = childOf(scope, 'nodes');
  if (nodes?.kind !== 'object') return;
  nodes.members.forEach(({ key, value }, k) => {
    if (memberIndex(nodes, key) === k) visit(value, [...base, 'nodes', key]);
  });
}

/** Every text inside a value. */
function eachText(tree: Tree | undefined, path: JsonPath, visit: (text: string, path: JsonPath) => void): void {
  if (tree?.kind === 'scalar' && typeof tree.value === 'string') visit(tree.value, path);
  else if (tree?.kind === 'list') tree.items.forEach((item, k) => eachText(item.value, [...path, k], visit));
  else if (tree?.kind === 'object') tree.members.forEach((member, k) => memberIndex(tree, member.key) === k && eachText(member.value, [...path, member.key], visit));
}

/** Deletions first, since they are done one by one; keys last, since the other paths say the old name. */
function inOrder(steps: readonly Step[]): readonly Step[] {
  const rank = (step: Step): number => (step.do === 'delete' ? 0 : step.do === 'renameKey' ? 2 : 1);
  return [...steps].sort((a, b) => rank(a) - rank(b));
}
