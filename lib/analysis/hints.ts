import { adviceOn } from './advice.js';
import { doubtsOf } from './doubts.js';
import { axisNames, withoutBatch } from './axes.js';
import { flattenCandidate } from './fixes/shapes.js';
import { nodeAt, nodesOf, type Graph } from './graph.js';
import { writtenAt } from './scope.js';
import { formatDim, sameDim } from '../shapes/index.js';
import type { Candidate } from './fixes/verify.js';
import type { Problem } from '../document/problem.js';

/** What PyTorch would run and a person hardly means, with what would mend it. */
export interface Hint {
  readonly problem: Problem;
  readonly candidates: readonly Candidate[];
}

/** Each place of the file once, with the paths of its other repetitions and uses. */
export function hintsOf(graph: Graph): readonly Hint[] {
  const found = new Map<string, { readonly hint: Hint; readonly others: string[] }>();
  for (const hint of [...doubtsOf(graph), ...linearsOnMaps(graph), ...adviceOn(graph)]) {
    const key = `${hint.problem.code} ${hint.problem.place.path.join('/')}`;
    const before = found.get(key);
    if (before === undefined) found.set(key, { hint, others: [] });
    else before.others.push(hint.problem.node);
  }
  return [...found.values()].map(({ hint, others }) => (others.length === 0 ? hint : { ...hint, problem: { ...hint.problem, facts: { ...hint.problem.facts, others } } }));
}

function linearsOnMaps(graph: Graph): readonly Hint[] {
  return nodesOf(graph, ({ type }) => type === 'Linear').flatMap((node) => {
    if (node.state === 'error' || (node.inputs[0]?.tensor.shape?.length ?? 0) < 4) return [];
    // One that keeps the shape was just put there, or is meant to mix along that axis.
    if (sameDim(node.inputs[0]!.tensor.shape!.at(-1) ?? null, node.outputs[0]?.shape?.at(-1) ?? null) !== false) return [];
    return comesFromMaps(graph, graph.inputs + node.index) ? linearOnMap(graph, graph.inputs + node.index) : [];
  });
}

/** Whether the first input of a node is a map with channels first: nothing since the last convolution or pool has moved its axes. */
function comesFromMaps(graph: Graph, vertex: number): boolean {
  for (let at = graph.reads[vertex]?.[0] ?? -1; at >= 0; at = graph.reads[at]?.[0] ?? -1) {
    const node = nodeAt(graph, at);
    if (node === undefined) return false;
    if (node.operator.family === 'Convolution' || node.operator.family === 'Pooling') return true;
    if (node.operator.docks !== true && node.operator.merge === undefined) return false;
  }
  return false;
}

function linearOnMap(graph: Graph, vertex: number): readonly Hint[] {
  const node = nodeAt(graph, vertex)!;
  const written = writtenAt(graph.program, node.path);
  const shape = node.inputs[0]?.tensor.shape;
  if (written === undefined || shape == null) return [];
  const axis = axisNames(shape.length).at(-1) ?? 'last axis';
  return [{
    problem: {
      code: 'linear-on-map', severity: 'hint', node: node.path, at: { port: 0 }, place: { path: [...node.place, 'in', 0] }, explanation: [], fixes: [],
      message: `Linear \`${node.name}\` works along the last axis only, the ${axis} ${formatDim(shape.at(-1) ?? null)} of ${withoutBatch(shape)}. A Flatten before it would let it see everything.`,
    },
    candidates: flattenCandidate(written, 0),
  }];
}
