import { scopePath } from './scope.js';
import type { Document } from '../document/model.js';
import type { Problem } from '../document/problem.js';

/** Takes away the warnings and hints that a node allows with a reason (`"allow": { "CODE": "why" }`). An error cannot be allowed. */
export function withAllowances(document: Document, problems: readonly Problem[]): readonly Problem[] {
  return problems.filter((problem) => allowanceOf(document, problem) === undefined);
}

/** An allowance that silences nothing is a hint itself. */
export function unusedAllowances(document: Document, problems: readonly Problem[]): readonly Problem[] {
  const used = new Set(problems.map((problem) => allowanceOf(document, problem)));
  const unused: Problem[] = [];
  for (const block of [document.root, ...document.blocks.values()]) {
    for (const node of block.nodes.values()) {
      if (node.allow.size === 0) continue;
      for (const code of node.allow.keys()) {
        if (used.has(keyOf(block.name, node.name, code))) continue;
        const path = [...scopePath(block.name), 'nodes', node.name, 'allow', code];
        unused.push({
          code: 'unused-allowance', severity: 'hint', node: block.name === '' ? node.name : '', place: { path, part: 'key' }, explanation: [],
          message: `\`${node.name}\` allows \`${code}\`, but there is no such warning here.`,
          fixes: [{ title: 'Remove the allowance', edits: [{ kind: 'remove', path }] }],
        });
      }
    }
  }
  return unused;
}

/** The allowance that silences a problem; undefined where none does. */
function allowanceOf(document: Document, { severity, code, place: { path } }: Problem): string | undefined {
  if (severity === 'error') return undefined;
  const inBlock = path[0] === 'blocks';
  const name = path[inBlock ? 2 : 0] === 'nodes' ? String(path[inBlock ? 3 : 1]) : undefined;
  const block = inBlock ? document.blocks.get(String(path[1])) : document.root;
  return name !== undefined && block?.nodes.get(name)?.allow.has(code) === true ? keyOf(block.name, name, code) : undefined;
}

const keyOf = (block: string, node: string, code: string): string => `${block} ${node} ${code}`;
