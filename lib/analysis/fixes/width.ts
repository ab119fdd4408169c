import { graphVertex, nodeAt } from '../graph.js';
import { layerSeenFrom } from '../naming.js';
import { wayUp } from '../parting.js';
import { settingEdits } from './setting.js';
import { writtenAt, type Written } from '../scope.js';
import { insertedBefore } from './insertion.js';
import type { Candidate, FixContext } from './verify.js';

/** Parameters that give a layer's output its width. */
const widths = ['out_channels', 'out_features', 'hidden_size', 'embedding_dim', 'd_model'] as const;

/** Sets the last layer before an input that gave it its width. */
export function widthCandidates({ graph }: FixContext, node: string, input: number, actual: unknown, wanted: unknown): readonly Candidate[] {
  if (typeof actual !== 'number' || typeof wanted !== 'number' || wanted < 1) return [];
  const vertex = graphVertex(graph, node);
  const end = vertex === undefined ? -1 : (graph.reads[vertex]?.[input] ?? -1);
  if (end < 0) return [];
  for (const at of [...wayUp(graph, end)].reverse()) {
    const layer = nodeAt(graph, at);
    const written = layer === undefined ? undefined : writtenAt(graph.program, layer.path);
    const param = widths.find((name) => layer?.params[name] !== undefined && typeof layer.params[name] === 'number');
    if (layer === undefined || written === undefined || param === undefined) continue;
    // A layer of another width does not decide this axis: what stands between does.
    if (layer.params[param] !== actual) return [];
    return [{ title: `Set \`${layerSeenFrom(layer.path, graph.program.nodes[vertex! - graph.inputs]?.scope ?? '')}\` to ${param} ${wanted}`, where: 'before it', variants: [settingEdits(graph.program, written.instance, layer.name, param, wanted)] }];
  }
  return [];
}

/** A Linear before an input that gives it the width that is wanted there. */
export function projectedInput(written: Written, input: number, wanted: unknown, name: string): readonly Candidate[] {
  if (typeof wanted !== 'number' || wanted < 1) return [];
  return [{ title: `Insert a Linear to ${wanted} before ${name} of \`${written.name}\``, variants: [insertedBefore(written, input, [{ wish: 'proj', node: { op: 'Linear', out_features: wanted } }])] }];
}
