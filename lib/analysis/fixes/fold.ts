import { nodePath, writtenAt, type Written } from '../scope.js';
import { graphVertex, nodeAt } from '../graph.js';
import { wayUp } from '../parting.js';
import { settingEdits, tupleValue } from './setting.js';
import { widthCandidates } from './width.js';
import type { Candidate, FixContext } from './verify.js';
import type { Edit } from '../../document/edit.js';

/** Fixes of a Fold whose columns or places do not make its map. */
export function foldCandidates(context: FixContext): readonly Candidate[] {
  const { finding, graph } = context;
  const written = finding === undefined ? undefined : writtenAt(graph.program, finding.node);
  if (finding === undefined || written?.node.op !== 'Fold') return [];
  const set = (param: string, value: readonly number[]): Candidate => ({ title: `Set ${param} ${JSON.stringify(tupleValue(value)).replace(/,/gu, ', ')}`, once: `fold-${param}`, variants: [settingEdits(graph.program, written.instance, written.name, param, tupleValue(value))] });
  const unfolded = unfoldBefore(context);
  const map = unfolded?.inputs[0]?.tensor.shape?.slice(-2);
  const shape = written.use.inputs[0]?.tensor.shape;
  const kernel = unfolded?.params['kernel_size'];
  const likeUnfold = isNumbers(kernel) && JSON.stringify(kernel) !== JSON.stringify(graph.program.node(finding.node)?.params['kernel_size']) ? [{ ...set('kernel_size', kernel), where: `as in \`${unfolded!.name}\`` }] : [];
  if (finding.code === 'element-count' || (finding.code === 'window-too-large' && finding.param === 'kernel_size')) {
    const own = isNumbers(map) ? [set('output_size', map)] : [];
    return [...likeUnfold, ...own, ...mapsOf(graph.program.node(finding.node)?.params, shape?.at(-1)).map((size) => ({ ...set('output_size', size), where: `${shape?.at(-1)} places of the window` }))];
  }
  if (finding.code !== 'not-divisible') return [];
  const rows = shape?.at(-2);
  const window = finding.facts?.['by'];
  return [
    ...likeUnfold,
    ...(typeof rows === 'number' && typeof window === 'number' ? widthCandidates(context, finding.node, 0, rows, Math.max(1, Math.round(rows / window)) * window) : []),
    ...kernelsOf(written, rows).flatMap((size) => windowsOf(context, written, size, shape?.at(-1))),
  ];
}

const isNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.length > 0 && value.every((size) => typeof size === 'number');

/** The Unfold that made the columns. */
function unfoldBefore({ graph, finding }: FixContext) {
  const vertex = graphVertex(graph, finding!.node);
  const end = vertex === undefined ? -1 : (graph.reads[vertex]?.[0] ?? -1);
  return end < 0 ? undefined : [...wayUp(graph, end)].reverse().map((at) => nodeAt(graph, at)).find((node) => node?.operator.type === 'Unfold');
}

/** Maps on which a window has as many places as arrive, the squarest first. */
function mapsOf(params: Readonly<Record<string, unknown>> | undefined, places: unknown): readonly (readonly number[])[] {
  if (params === undefined || typeof places !== 'number' || places < 1 || places > 1_000_000) return [];
  const [kernel, dilation, padding, stride] = ['kernel_size', 'dilation', 'padding', 'stride'].map((name) => params[name]);
  if (![kernel, dilation, padding, stride].every(isNumbers)) return [];
  const size = (count: number, axis: number): number => (count - 1) * (stride as number[])[axis]! + (dilation as number[])[axis]! * ((kernel as number[])[axis]! - 1) + 1 - 2 * (padding as number[])[axis]!;
  const maps: (readonly number[])[] = [];
  for (let height = Math.floor(Math.sqrt(places)); height >= 1 && maps.length < 3; height -= 1) if (places % height === 0) maps.push([size(height, 0), size(places / height, 1)]);
  return maps.filter((map) => map.every((each) => each >= 1));
}

/** Another window, with a map that has as many places of it as arrive where the present one has not. */
function windowsOf({ graph, finding }: FixContext, written: Written, size: number, places: unknown): readonly Candidate[] {
  const path = nodePath(written.block, written.name);
  const kernel: Edit = { kind: 'set', path: [...path, 'kernel_size'], value: size };
  const [map] = mapsOf({ ...graph.program.node(finding!.node)?.params, kernel_size: [size, size] }, places);
  return [
    { title: `Set kernel_size ${size}`, once: 'fold-kernel', variants: [[kernel]] },
    ...(map === undefined ? [] : [{ title: `Set kernel_size ${size} and output_size ${JSON.stringify(tupleValue(map)).replace(/,/gu, ', ')}`, once: 'fold-kernel', variants: [[kernel, { kind: 'set' as const, path: [...path, 'output_size'], value: tupleValue(map) }]] }]),
  ];
}

/** Square windows whose places divide the columns. */
function kernelsOf({ node }: Written, rows: unknown): readonly number[] {
  const present = [node.params.get('kernel_size') ?? 1].flat()[0];
  if (typeof rows !== 'number' || typeof present !== 'number') return [];
  return [present - 1, present + 1, present - 2, present + 2].filter((size) => size >= 1 && rows % (size * size) === 0);
}
