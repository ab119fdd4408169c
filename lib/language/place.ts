import type { JsonPath } from '../document/json.js';
import type { Block, Document, Node } from '../document/model.js';
import type { Parsed } from '../document/parse.js';

/** What a place in the file is about. */
export interface Place {
  readonly path: JsonPath;
  /** The scope around it. */
  readonly block: Block;
  readonly isRoot: boolean;
  /** Path within the scope: ["nodes", "conv", "in", 0]. */
  readonly inner: JsonPath;
  /** The node that it belongs to. */
  readonly node?: Node;
  /** The offset stands in or at the key of `path`. */
  readonly atKey: boolean;
}

export function placeAt(parsed: Parsed, offset: number): Place {
  const path = parsed.pathAt(offset);
  const { document } = parsed;
  const inBlock = path[0] === 'blocks' && path.length >= 2 && document.blocks.has(String(path[1]));
  const block = inBlock ? document.blocks.get(String(path[1]))! : document.root;
  const inner = inBlock ? path.slice(2) : path;
  const node = inner[0] === 'nodes' && inner.length >= 2 ? block.nodes.get(String(inner[1])) : undefined;
  const key = typeof path[path.length - 1] === 'string' ? parsed.rangeOf(path, 'key') : undefined;
  return { path, block, isRoot: !inBlock, inner, ...(node && { node }), atKey: key !== undefined && offset <= key.end };
}

/** The block that a node uses, where it uses one. */
export function usedBlock(document: Document, node: Node | undefined): Block | undefined {
  return node && document.blocks.get(node.op);
}
