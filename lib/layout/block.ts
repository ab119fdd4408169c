import type { Analysis } from '../analysis/analysis.js';
import type { Instance, ProgramNode, Use } from '../program/program.js';
import type { Shape } from '../shapes/dimension.js';
import type { Bus, ClosedBlock, MergeKind, Scene } from './model.js';

const words: Readonly<Record<string, string>> = { Convolution: 'conv', Linear: 'linear', Attention: 'attention' };

/** Whether a node counts as a layer when a way is measured. */
export function isLayer(node: ProgramNode): boolean {
  return node.operator.family in words || node.operator.family === 'Recurrent';
}

/** Weighted layers inside an instance, at any depth. */
export function layersIn(instance: Instance, analysis: Analysis): readonly ProgramNode[] {
  const found: ProgramNode[] = [];
  walk(instance, analysis, (node) => {
    if (isLayer(node)) found.push(node);
  });
  return found;
}

function walk(instance: Instance, analysis: Analysis, visit: (node: ProgramNode) => void): void {
  for (const use of instance.uses.values()) {
    for (const each of use.each) {
      if (each.kind === 'node') visit(analysis.program.nodes[each.node]!);
      else if (each.kind === 'block') walk(each.instance, analysis, visit);
    }
  }
}

/** Line 2 of a closed block: "2 conv · + identity"; of dense repetition, what each adds: "2 conv · ≡ +32 each". */
export function insideOf(instance: Instance, use: Use, analysis: Analysis): ClosedBlock['inside'] {
  const counts = new Map<string, number>();
  for (const node of layersIn(instance, analysis)) {
    const word = words[node.operator.family] ?? node.operator.type;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const parts: ({ readonly text: string } | { readonly glyph: MergeKind })[] = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 2).map(([word, n]) => ({ text: `${n} ${word}` }));
  if (use.node.repeat?.wiring === 'dense') {
    const growth = instance.outputs[0]?.tensor.shape?.[1];
    return [...parts, { glyph: 'concat' }, { text: typeof growth === 'number' ? `+${growth} each` : 'dense' }];
  }
  const skips = analysis.skips.filter((skip) => skip.to.startsWith(`${instance.path}.`));
  const first = skips[0];
  // One line holds so much: the commonest layer and the skip say more than two layers.
  if (first !== undefined && parts.length > 1 && parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 0), 0) > 12) parts.pop();
  if (first !== undefined) parts.push({ glyph: first.merge }, { text: skips.length > 1 ? `${skips.length} skips` : first.kind });
  return parts;
}

/** What a dense repetition concatenates; undefined for another one, and where skips inside need the room at that side. */
export function busOf(use: Use, instance: Instance, body: Scene): Bus | undefined {
  const { repeat } = use.node;
  if (repeat?.wiring !== 'dense' || use.each.length < 2 || body.links.some((link) => link.lane !== undefined)) return undefined;
  const axis = typeof repeat.dim === 'number' ? repeat.dim : 1;
  const sizeOf = (shape: Shape | null | undefined): number | undefined => {
    const size = shape?.at(axis);
    return typeof size === 'number' ? size : undefined;
  };
  return { input: sizeOf(use.inputs[0]?.tensor.shape), growth: sizeOf(instance.outputs[0]?.tensor.shape) };
}

/** "73,984 params"; empty where a size is symbolic or unknown. */
export function costOf(instances: readonly Instance[], analysis: Analysis): string {
  let total = 0;
  for (const instance of instances) {
    walk(instance, analysis, (node) => {
      if (!node.shared) total += typeof node.parameters === 'number' ? node.parameters : Number.NaN;
    });
  }
  return Number.isNaN(total) ? '' : `${total.toLocaleString('en-US')} params`;
}

/** How often a block is used in the design as written. */
export function usesOf(name: string, analysis: Analysis): number {
  const { root, blocks } = analysis.program.document;
  let count = 0;
  for (const scope of [root, ...blocks.values()]) for (const node of scope.nodes.values()) if (node.op === name) count++;
  return count;
}
