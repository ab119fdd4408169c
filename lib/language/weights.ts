import type { Block, Document, Node } from '../document/model.js';
import type { Proposal } from './complete.js';
import { usedBlock } from './place.js';

const most = 60;
const deepest = 4;

/** Paths of the nodes whose weights a node can use: the same operator, in its own scope or in blocks below. */
export function weightPaths(document: Document, scope: Block, user: Node): readonly Proposal[] {
  const found: Proposal[] = [];
  const visit = (block: Block, prefix: string, depth: number): void => {
    for (const node of block.nodes.values()) {
      if (found.length >= most) return;
      if (node === user) continue;
      const path = `${prefix}${node.name}${node.repeat ? '[0]' : ''}`;
      if (fits(user.op, node.op)) found.push({ label: path, detail: node.op });
      const used = usedBlock(document, node);
      if (used && depth < deepest && used !== scope) visit(used, `${path}.`, depth + 1);
    }
  };
  visit(scope, '', 1);
  return found;
}

/** A Linear may also be tied to an Embedding. */
function fits(user: string, owner: string): boolean {
  return user === owner || (user === 'Linear' && owner === 'Embedding');
}
