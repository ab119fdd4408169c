import type { Candidate, FixContext } from './verify.js';
import type { Edit } from '../../document/edit.js';

/** Other sizes of the input near the present one: multiples of the powers of two by which networks halve, and larger ones for windows that do not fit. */
export function inputSizeCandidates(context: FixContext, larger = false): readonly Candidate[] {
  const { document } = context.parsed;
  const candidates: { readonly distance: number; readonly candidate: Candidate }[] = [];
  for (const input of document.root.inputs.values()) {
    const sizes = input.shape?.slice(2);
    if (input.shape === undefined || sizes === undefined || sizes.length === 0 || !sizes.every((size): size is number => typeof size === 'number')) continue;
    const choices = new Set<string>();
    for (const step of [2, 4, 8, 16, 32]) for (const round of larger ? [Math.ceil] : [Math.ceil, Math.floor]) choices.add(JSON.stringify(sizes.map((size) => Math.max(1, round(size / step)) * step)));
    if (larger) for (const size of [16, 28, 32, 48, 64, 96, 128, 224, 256, 512]) choices.add(JSON.stringify(sizes.map((present) => Math.max(present, size))));
    for (const choice of choices) {
      const wanted = JSON.parse(choice) as number[];
      if (wanted.every((size, axis) => size === sizes[axis])) continue;
      const edits = wanted.map((size, axis): Edit => ({ kind: 'set', path: ['inputs', input.name, 'shape', axis + 2], value: size }));
      const distance = wanted.reduce((sum, size, axis) => sum + Math.abs(size - sizes[axis]!), 0);
      candidates.push({ distance, candidate: { title: `Set the input \`${input.name}\` to ${wanted.join(' × ')}`, where: `nearest size that fits, from ${sizes.join(' × ')}`, variants: [edits] } });
    }
  }
  // One candidate, its variants by distance: only the nearest size that fits is of use.
  const sorted = candidates.sort((a, b) => a.distance - b.distance);
  return sorted.slice(0, 8).map(({ candidate }) => ({ ...candidate, once: 'input-size' }));
}
