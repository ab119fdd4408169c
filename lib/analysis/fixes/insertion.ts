import { freshName, isNamed, nameBefore, nodePath, scopePath, type Written } from '../scope.js';
import { formatSource } from '../../document/source.js';
import type { Edit } from '../../document/edit.js';
import type { JsonObject } from '../../document/json.js';

/** A node that is put before a layer, without its source. */
export interface Inserted {
  /** The name that it gets where that is free. */
  readonly wish: string;
  readonly node: JsonObject;
}

/**
 * The edits that put nodes, one behind the other, before an input of a written node. Whatever else that node reads from the same source goes
 * through them too: query, key and value of self-attention are one tensor. Empty where the input has no named source.
 */
export function insertedBefore({ instance, node, name, block }: Written, input: number, chain: readonly Inserted[]): readonly Edit[] {
  const source = node.in[input];
  if (!isNamed(source)) return [];
  const spelled = formatSource(source);
  const edits: Edit[] = [];
  const taken = new Set<string>();
  let before = nameBefore(instance.block, name);
  let from = spelled;
  for (const { wish, node: value } of chain) {
    const fresh = freshName(instance.block, wish, taken);
    const { op, ...params } = value;
    edits.push({ kind: 'insert', path: [...scopePath(block), 'nodes'], key: fresh, value: { op: op!, in: [from], ...params }, after: before });
    taken.add(fresh);
    before = fresh;
    from = fresh;
  }
  node.in.forEach((other, index) => {
    if (index === input || (isNamed(other) && formatSource(other) === spelled && node.in.length > 2)) edits.push({ kind: 'set', path: [...nodePath(block, name), 'in', index], value: from });
  });
  return edits;
}
