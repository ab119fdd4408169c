import type { Document } from '../../lib/document/model.js';

/** So many nodes can be read at once on a screen; the blocks that fit in stand open when a document is first shown. */
const READABLE = 22;

/** Keys of the blocks that are open at first: outermost ones from the input on, while there is room. */
export function openAtFirst({ root, blocks }: Document): ReadonlySet<string> {
  const open = new Set<string>();
  let shown = root.nodes.size;
  for (const node of root.nodes.values()) {
    const inside = blocks.get(node.op)?.nodes.size;
    if (inside === undefined) continue;
    if (shown + inside > READABLE) break;
    shown += inside;
    open.add(node.name);
  }
  return open;
}
