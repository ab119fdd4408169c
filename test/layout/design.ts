import ELK from 'elkjs/lib/elk.bundled.js';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { analyze, type Analysis } from '../../lib/analysis/index.js';
import { emptyView, layout, picture, type Direction, type Elk, type Link, type Picture, type Placed, type Scene, type Unit, type ViewState } from '../../lib/layout/index.js';
import { root } from '../support/paths.js';

/** One engine for all tests: it takes a moment to load. */
const elk: Elk = new ELK() as unknown as Elk;

export function template(name: string): Analysis {
  return analyze(readFileSync(path.join(root, 'media/templates', `${name}.nnet.json`), 'utf8'));
}

/** A design of the given nodes over one image. */
export function design(nodes: Readonly<Record<string, unknown>>, outputs: readonly string[] | Readonly<Record<string, string>>, more: Readonly<Record<string, unknown>> = {}): Analysis {
  return analyze(JSON.stringify({ nnet: 1, inputs: { image: { shape: ['N', 64, 32, 32] } }, nodes, outputs, ...more }));
}

export const conv = (source: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({ op: 'Conv2d', in: [source], out_channels: 64, kernel_size: 3, padding: 1, ...more });

export const opened = (...keys: readonly string[]): ViewState => ({ ...emptyView, expanded: new Set(keys) });

export const drawn = (analysis: Analysis, view: ViewState = emptyView): Picture => picture(analysis, view);

export async function placed(analysis: Analysis, view: ViewState = emptyView, direction: Direction = 'down'): Promise<Placed> {
  return layout(picture(analysis, view), elk, direction);
}

/** A picture placed by an engine that remembers nothing, with how many boxes each request to it had. */
export async function requests(analysis: Analysis): Promise<{ readonly where: Placed; readonly boxes: readonly number[] }> {
  const boxes: number[] = [];
  const where = await layout(picture(analysis, emptyView), { layout: (graph) => (boxes.push(graph.children?.length ?? 0), elk.layout(graph)) });
  return { where, boxes };
}

export function unit(scene: Scene, id: string): Unit | undefined {
  for (const each of scene.units) {
    if (each.id === id) return each;
    const inside = each.kind === 'frame' ? unit(each.body, id) : undefined;
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** The link into a node, by names. */
export function link(scene: Scene, from: string, to: string): Link {
  const found = scene.links.find((each) => each.from.item.endsWith(from) && each.to.item.endsWith(to));
  if (found === undefined) throw new Error(`No wire from ${from} to ${to}.`);
  return found;
}

export const box = (where: Placed, id: string): Placed['units'][number] => {
  const found = where.units.find((each) => each.unit.id === id);
  if (found === undefined) throw new Error(`${id} is not drawn.`);
  return found;
};
