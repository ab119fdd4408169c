import { listed, withoutBatch } from './axes.js';
import { settingsOf } from './explain.js';
import { nodeAt, pathAt, type Graph } from './graph.js';
import { layerSeenFrom, vertexName } from './naming.js';
import { wayUp } from './parting.js';
import { formatShape, sameDim, symbolsOf } from '../shapes/index.js';
import type { Step } from '../document/problem.js';
import type { LocatedFinding, ProgramNode } from '../program/program.js';
import type { Shape } from '../shapes/dimension.js';

/** Why what arrives at a layer has the shape that the layer refuses: the last layers before it that set the axes concerned, from the input on. */
export function arrivalSteps(graph: Graph, node: ProgramNode, finding: LocatedFinding): readonly Step[] {
  const input = finding.input ?? 0;
  const end = graph.reads[graph.inputs + node.index]?.[input] ?? -1;
  const arriving = node.inputs[input]?.tensor.shape;
  if (end < 0 || arriving == null) return [];
  let axes = axesOf(finding, arriving);
  if (axes.length === 0) return [];
  const way = wayUp(graph, end);
  const steps: Step[] = [];
  let complete = false;
  for (let at = way.length - 1; at > 0 && steps.length < 4 && !complete; at -= 1) {
    const layer = nodeAt(graph, way[at]!);
    const leaving = layer?.outputs[0]?.shape;
    const entering = layer?.inputs[Math.max(0, graph.reads[way[at]!]!.indexOf(way[at - 1]!))]?.tensor.shape;
    if (layer === undefined || leaving == null || entering == null) continue;
    const changed = entering.length !== leaving.length ? leaving.map((_, axis) => axis) : axes.filter((axis) => sameDim(entering[axis] ?? null, leaving[axis] ?? null) !== true);
    if (changed.length === 0) continue;
    const settings = settingsOf(layer, changed);
    const name = `\`${layerSeenFrom(layer.path, node.scope)}\``;
    steps.push({ text: `${name} ${settings.length > 0 ? `sets ${listed(settings)}` : `(${layer.operator.type}) changes the shape`}: ${withoutBatch(entering)} becomes ${withoutBatch(leaving)}.`, node: layer.path });
    // Where axes were joined, what made them counts, the batch aside; a width is set anew by each layer, so the last one counts alone.
    if (entering.length !== leaving.length) axes = entering.flatMap((_, axis) => (axis > 0 ? [axis] : []));
    else complete = axes.length === 1 && (axes[0] === 1 || axes[0] === leaving.length - 1);
  }
  if (!complete && steps.length < 5 && way[0] !== undefined && nodeAt(graph, way[0]) === undefined) steps.push({ text: `The input ${vertexName(graph, way[0], node.scope)} is ${withoutBatch(graph.program.inputs[way[0]]?.tensor.shape ?? null)}.`, node: pathAt(graph, way[0]) });
  return steps.reverse();
}

/** The sentence of a learned tensor whose size is left open because the batch stands where features are read: to give that a number would mend nothing. */
export function batchInWeight({ program }: Graph, node: ProgramNode, { code, facts }: LocatedFinding): string | undefined {
  const symbols = facts?.['symbols'];
  if (code !== 'symbolic-weight' || !Array.isArray(symbols)) return undefined;
  const batch = program.inputs.flatMap(({ name, tensor: { shape } }) => (shape?.[0] != null && symbolsOf(shape[0]).some((symbol) => symbols.includes(symbol)) ? [[symbolsOf(shape[0])[0]!, name] as const] : []));
  const [first] = batch;
  const arriving = node.inputs[0]?.tensor.shape ?? null;
  if (first === undefined) return undefined;
  return `${node.operator.type} \`${node.name}\`: \`${String(facts?.['tensor'])}\` would be ${String(facts?.['shape'])}: of what arrives, ${formatShape(arriving)}, it reads the batch ${first[0]} of the input \`${first[1]}\` as ${node.operator.family === 'Convolution' ? 'channels' : 'features'}.`;
}

function axesOf(finding: LocatedFinding, arriving: Shape): readonly number[] {
  switch (finding.code) {
    case 'channel-mismatch': case 'not-divisible': return arriving.length > 1 ? [1] : [];
    case 'feature-mismatch': case 'symbolic-weight': return [arriving.length - 1];
    case 'window-too-large': case 'empty-output': case 'crop-too-large': return arriving.flatMap((_, axis) => (axis >= 2 ? [axis] : []));
    case 'wrong-rank': case 'element-count': case 'rank-mismatch': return arriving.map((_, axis) => axis);
    default: return [];
  }
}
