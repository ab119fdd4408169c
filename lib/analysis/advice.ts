import { withoutBatch } from './axes.js';
import { isLayer, lookAt, nodeAt, nodesOf, pathAt, type Graph } from './graph.js';
import { receptiveFields } from './receptive-field.js';
import { findSkips } from './skips.js';
import { writtenAt, type Written } from './scope.js';
import { parametersOf } from './totals.js';
import { isSym } from '../shapes/index.js';
import type { Hint } from './hints.js';
import type { Edit } from '../document/edit.js';
import type { Source } from '../document/model.js';
import type { JsonPath } from '../document/json.js';
import type { ProgramNode } from '../program/program.js';

/**
 * What PyTorch runs without a word and experienced people would change. Only a design without errors gets advice, and each place of the file
 * once, however often it is repeated.
 */
export function adviceOn(graph: Graph): readonly Hint[] {
  const { program } = graph;
  if (program.findings.some(({ severity = 'error' }) => severity === 'error')) return [];
  return [...unusedInputs(graph), ...deadBranches(graph), ...uselessBiases(graph), ...rectifiedBranches(graph), ...heavyLinear(graph), ...shortSighted(graph)];
}

function hint(code: string, node: ProgramNode | undefined, path: JsonPath, message: string, fix?: { readonly title: string; readonly edits: readonly Edit[] }): Hint {
  return {
    problem: { code, severity: 'hint', node: node?.path ?? '', place: { path }, message, explanation: [], fixes: [] },
    candidates: fix === undefined ? [] : [{ title: fix.title, variants: [fix.edits] }],
  };
}

function unusedInputs(graph: Graph): readonly Hint[] {
  if (graph.program.nodes.length === 0) return [];
  return graph.program.inputs.flatMap(({ name }, vertex) => (graph.readers[vertex] === 0 ? [hint('unused-input', undefined, ['inputs', name], `Nothing reads the input \`${name}\`.`)] : []));
}

/** The last layers of what leads to no output. */
function deadBranches(graph: Graph): readonly Hint[] {
  const { program } = graph;
  if (program.outputs.length === 0 || graph.readers.indexOf(0, graph.inputs) < 0) return [];
  const alive = new Uint8Array(graph.size);
  for (const { value } of program.outputs) if (value.origin.kind === 'node') alive[graph.inputs + value.origin.node] = 1;
  for (let vertex = graph.size - 1; vertex >= graph.inputs; vertex -= 1) if (alive[vertex] === 1) for (const read of graph.reads[vertex]!) if (read >= 0) alive[read] = 1;
  const used = new Set(program.nodes.filter((_, index) => alive[graph.inputs + index] === 1).map(({ place }) => place.join('/')));
  return program.nodes.flatMap((node, index) => {
    if (graph.readers[graph.inputs + index] !== 0 || used.has(node.place.join('/'))) return [];
    const written = writtenAt(program, node.path);
    if (written === undefined || isNamedBy(written)) return [];
    // What leads here alone goes with it.
    const gone = new Map<string, JsonPath>();
    const before = new Set([graph.inputs + index]);
    for (const vertex of before) {
      const other = nodeAt(graph, vertex);
      if (other === undefined || alive[vertex] === 1 || other.scope !== node.scope || used.has(other.place.join('/'))) continue;
      gone.set(other.place.join('/'), other.place);
      for (const read of graph.reads[vertex]!) if (read >= 0) before.add(read);
    }
    return [hint('dead-branch', node, node.place, `\`${node.name}\` leads to no output: nothing reads what it gives.`, { title: gone.size > 1 ? `Remove the ${gone.size} layers that lead nowhere` : `Remove \`${node.name}\``, edits: [...gone.values()].map((path): Edit => ({ kind: 'remove', path })) })];
  });
}

/** Whether something in the scope names it all the same: a skip that is switched off, or a node that is not there. */
function isNamedBy({ instance: { block }, name }: Written): boolean {
  const names = (source: Source): boolean => typeof source === 'object' && source?.name === name;
  return block.outputs.some(({ source }) => names(source)) || [...block.nodes.values()].some((other) => other.in.some(names));
}

/** A bias that the normalisation behind it subtracts again with the mean. */
function uselessBiases(graph: Graph): readonly Hint[] {
  return lookAt(graph, 'bias-before-norm', ({ type }) => /^(Batch|Instance)Norm[123]d$/u.test(type), (norm) => {
    const vertex = graph.reads[graph.inputs + norm.index]![0] ?? -1;
    const layer = nodeAt(graph, vertex);
    if (layer === undefined || graph.readers[vertex] !== 1 || layer.params['bias'] !== true || layer.operator.family !== 'Convolution') return [];
    return [hint('bias-before-norm', layer, layer.place, `The bias of \`${layer.name}\` does nothing: \`${norm.name}\` behind it takes the mean away again.`, { title: `Set bias false on \`${layer.name}\``, edits: [{ kind: 'set', path: [...layer.place, 'bias'], value: false }] })];
  });
}

/** A residual branch that ends in a ReLU can only add, never take away. */
function rectifiedBranches(graph: Graph): readonly Hint[] {
  const ends = lookAt(graph, 'activation-before-add', (operator) => operator.merge === 'add', (merge) => graph.reads[graph.inputs + merge.index]!.flatMap((read, input) => {
    if (graph.readers[read] !== 1) return [];
    const end = nodeAt(graph, read);
    return end !== undefined && /^ReLU6?$/u.test(end.operator.type) ? [{ merge, end, input }] : [];
  }));
  if (ends.length === 0) return [];
  const skips = new Map<string, Set<number>>();
  for (const { merge, to, input } of findSkips(graph)) if (merge === 'add') skips.set(to, (skips.get(to) ?? new Set()).add(input));
  // Where another input is a skip, this one is the branch.
  return ends.filter(({ merge, input }) => skips.get(merge.path)?.has(input) === false)
    .map(({ merge, end }) => hint('activation-before-add', end, end.place, `${end.operator.type} \`${end.name}\` ends a residual branch before \`${merge.name}\`, so the branch can only add to the skip.`));
}

/** One Linear that holds nearly all parameters of a convolutional network. */
function heavyLinear(graph: Graph): readonly Hint[] {
  const heavy = nodesOf(graph, ({ type }) => type === 'Linear').filter(({ parameters }) => typeof parameters === 'number' && parameters >= 1_000_000);
  if (heavy.length === 0 || !nodesOf(graph, ({ family }) => family === 'Convolution').some(isLayer)) return [];
  const total = parametersOf(graph.program);
  if (typeof total !== 'number') return [];
  return heavy.flatMap((node) => {
    const { parameters } = node;
    if (typeof parameters !== 'number' || parameters < 0.9 * total) return [];
    return [hint('heavy-linear', node, node.place, `Linear \`${node.name}\` holds ${parameters.toLocaleString('en-US')} of the ${total.toLocaleString('en-US')} parameters (${Math.round((100 * parameters) / total)} %). A pool before it would need far fewer.`)];
  });
}

/** A classifier behind a global pool whose positions each see a part of the image only. */
function shortSighted(graph: Graph): readonly Hint[] {
  const pools = nodesOf(graph, ({ type }) => /^Adaptive(Avg|Max)Pool[123]d$/u.test(type)).filter(({ params }) => [params['output_size']].flat(2).every((size) => size === 1));
  if (pools.length === 0) return [];
  const fields = receptiveFields(graph);
  return pools.flatMap((pool) => {
    const vertex = graph.reads[graph.inputs + pool.index]![0] ?? -1;
    const field = fields.get(pathAt(graph, vertex));
    const image = graph.program.inputs.length === 1 ? graph.program.inputs[0]!.tensor.shape?.slice(2) : undefined;
    if (field === undefined || image === undefined || image.some(isSym) || image.length !== field.size.length || !endsInClassifier(graph, graph.inputs + pool.index)) return [];
    if (!image.some((size, axis) => typeof size === 'number' && field.size[axis]! < size)) return [];
    return [hint('small-receptive-field', pool, pool.place, `Each position that \`${pool.name}\` pools sees ${field.size.join(' × ')} of the ${withoutBatch([1, ...image])} input, so no layer sees the whole.`)];
  });
}

/** Whether nothing but layers of one input that work on vectors stand between a pool and an output of the document. */
function endsInClassifier(graph: Graph, vertex: number): boolean {
  for (const { value } of graph.program.outputs) {
    if (value.origin.kind !== 'node') continue;
    for (let at = graph.inputs + value.origin.node; at >= graph.inputs; at = graph.reads[at]![0]!) {
      if (at === vertex) return true;
      if (graph.reads[at]!.length !== 1 || nodeAt(graph, at)!.operator.family === 'Convolution') break;
    }
  }
  return false;
}
