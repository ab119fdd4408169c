import { nodeAt, type Graph } from './graph.js';

/**
 * How a node is called by someone who looks at the scope `scope`: by its name where it stands there, else by the outermost thing around
 * it that the two do not share ("stage1[1]" for "stage1[1].relu2" seen from "stage2[0]").
 */
export function nameSeenFrom(path: string, scope: string): string {
  const parts = path.split('.');
  const around = scope === '' ? [] : scope.split('.');
  let common = 0;
  while (common < parts.length - 1 && common < around.length && parts[common] === around[common]) common += 1;
  // Derived nodes ("dense[2].$concat") have no name of their own: what they stand for does.
  const part = parts[common]!;
  return part.startsWith('$') && common > 0 ? parts[common - 1]! : part;
}

/** The name of a vertex seen from a scope, in backticks. */
export function vertexName(graph: Graph, vertex: number, scope: string): string {
  const node = nodeAt(graph, vertex);
  if (node === undefined) return `\`${graph.program.inputs[vertex]?.name ?? '?'}\``;
  return `\`${nameSeenFrom(node.path, scope)}\``;
}

/** A layer by its way from a scope: "conv1" where it stands there, "dense[0].conv1" where it stands in a block of that scope. */
export function layerSeenFrom(path: string, scope: string): string {
  const seen = nameSeenFrom(path, scope);
  const parts = path.split('.');
  const at = parts.indexOf(seen);
  return at < 0 || parts.some((part) => part.startsWith('$')) ? seen : parts.slice(at).join('.');
}

/** A sentence in which names of more than 60 letters are cut in the middle. */
export function shortNames(text: string): string {
  return text.replace(/[\w.[\]$]{61,}/gu, (name) => `${name.slice(0, 40)}…${name.slice(-12)}`);
}
