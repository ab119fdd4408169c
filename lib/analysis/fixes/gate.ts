import { insertedBefore } from './insertion.js';
import { settingEdits } from './setting.js';
import { sameDim } from '../../shapes/index.js';
import type { MergeSite, Side } from './merge.js';
import type { Candidate } from './verify.js';
import type { JsonValue } from '../../document/json.js';

/**
 * One number a channel beside maps: the gate of squeeze-and-excitation (Hu et al. 2018) after its Linear layers, or a learned scale. It gets
 * axes of size 1 for height and width, so that it is stretched over them.
 */
export function gateCandidates(site: MergeSite): readonly Candidate[] {
  if (site.mismatch.node.operator.merge === 'concat') return [];
  const [small, large] = site.branch.shape.length < site.skip.shape.length ? [site.branch, site.skip] : [site.skip, site.branch];
  const missing = large.shape.length - small.shape.length;
  const channels = large.shape[1];
  if (missing < 1 || large.shape.length < 3 || channels === undefined) return [];
  if (small.shape.length === 2 && missing === large.shape.length - 2 && sameDim(small.shape[1]!, channels) === true && sameDim(small.shape[0]!, large.shape[0]!) !== false) return unflattened(site, small, missing);
  const parameter = small.way.at(-1);
  if (small.shape.length !== 1 || sameDim(small.shape[0]!, channels) !== true || typeof channels !== 'number') return [];
  const shape = [channels, ...Array.from({ length: large.shape.length - 2 }, () => 1)];
  if (parameter?.node.operator.type !== 'Parameter') return [{ title: `Insert Reshape before \`${site.name}\`, to ${shape.join(' × ')}`, where: 'one number a channel', variants: [insertedBefore(site, small.index, [{ wish: 'reshape', node: { op: 'Reshape', shape } }])] }];
  return [{ title: `Set shape of \`${parameter.node.name}\` to [${shape.join(', ')}]`, where: 'one number a channel', variants: [settingEdits(site.context.graph.program, parameter.instance, parameter.node.name, 'shape', shape)] }];
}

function unflattened(site: MergeSite, small: Side, missing: number): readonly Candidate[] {
  const ones = Array.from({ length: missing }, () => 1);
  const channels = widthOf(small);
  if (channels === undefined) return [];
  const target = ['N', typeof small.shape[1] === 'number' ? small.shape[1] : 'C', ...ones].join(' × ');
  return [
    { title: `Insert Unflatten before \`${site.name}\`, to ${target}`, where: 'one number a channel', once: 'gate', variants: [insertedBefore(site, small.index, [{ wish: 'unflatten', node: { op: 'Unflatten', dim: 1, unflattened_size: [channels, ...ones] } }])] },
    { title: `Insert Reshape before \`${site.name}\`, to ${target}`, where: 'one number a channel', once: 'gate', variants: [insertedBefore(site, small.index, [{ wish: 'reshape', node: { op: 'Reshape', shape: [-1, channels, ...ones] } }])] },
  ];
}

/** The width as its layer writes it, so that a block's parameter stays one. */
function widthOf(side: Side): JsonValue | undefined {
  const size = side.shape[1];
  for (const step of [...side.steps].reverse()) {
    for (const param of ['out_features', 'out_channels']) {
      const value = step.written.params.get(param);
      if (value !== undefined && step.node?.params[param] === size) return value;
    }
  }
  return typeof size === 'number' ? size : undefined;
}
