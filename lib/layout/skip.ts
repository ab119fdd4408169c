import { printedDims } from './wire.js';
import type { Skip } from '../analysis/analysis.js';
import type { Use } from '../program/program.js';
import type { Facts } from './item.js';
import type { Lane } from './lanes.js';
import type { Arrival, Link, MergeKind, SkipLink } from './model.js';
import type { Wiring } from './wiring.js';

interface SkipQuestion {
  readonly draft: Pick<Wiring, 'off' | 'input'>;
  /** Absent where the wire has none. */
  readonly lane: Lane | undefined;
  /** Where the lane ends, or the wire itself. */
  readonly end: { readonly reader: Use | undefined; readonly merge: MergeKind | undefined; readonly input: number; readonly off: boolean };
  /** It is the last wire on the way to the merge. */
  readonly last: boolean;
  readonly facts: Facts;
  readonly scope: string;
  /** The lane carries nothing, or only what is absent. */
  readonly bare: boolean;
}

/** Whether a wire is (part of) a skip, and what its chip says. */
export function skipOf({ draft, lane, end, last, facts, scope, bare }: SkipQuestion): SkipLink | undefined {
  const { reader, merge } = end;
  if (reader === undefined || merge === undefined) return undefined;
  const to = reader.each[0]?.path ?? reader.path;
  const found = facts.skips.get(`${to}#${liveIndex(reader, end.input)}`);
  if (found === undefined && !end.off) return undefined;
  if (!last) return { merge, off: end.off, to, input: end.input, last: false };
  const chip = draft.off ? 'off' : lane !== undefined && bare && found !== undefined ? chipOf(found, scope) : undefined;
  return { merge, off: draft.off, to, input: draft.input, last: true, ...(chip !== undefined && { chip }) };
}

/** Position among the sources that `off` leaves. */
function liveIndex(use: Use, input: number): number {
  let index = 0;
  for (let i = 0; i < input; i++) if (use.cut[i] !== true) index++;
  return index;
}

/** "identity · 2 layers", or "skip · 8 layers" when it leaves its block. */
function chipOf(skip: Skip, scope: string): string {
  const scopeOf = (path: string): string => (path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '');
  const count = `${skip.layers} ${skip.layers === 1 ? 'layer' : 'layers'}`;
  const leaves = scopeOf(skip.from) !== scope && scopeOf(skip.from).startsWith(scope) && skip.from.includes('.');
  return `${leaves ? 'skip' : skip.kind} · ${count}`;
}

/** "256 + 256"; of many, equal ones that follow each other are counted: "24 + 6 × 12". Undefined where that is too long still. */
export function sumOf(sizes: readonly string[]): string | undefined {
  if (sizes.length <= MANY) return sizes.join(' + ');
  const runs: { readonly size: string; times: number }[] = [];
  for (const size of sizes) {
    const last = runs[runs.length - 1];
    if (last?.size === size) last.times++;
    else runs.push({ size, times: 1 });
  }
  return runs.length > MANY ? undefined : runs.map(({ size, times }) => (times === 1 ? size : `${times} × ${size}`)).join(' + ');
}

/** So many things stand beside each other; more are counted. */
const MANY = 5;

/** The shapes that arrive at a merge, with the axes that disagree; empty where they agree or one is unknown. */
export function arrivalsAt(links: readonly Link[], merge: MergeKind): readonly Arrival[] {
  const live = links.filter((link) => link.skip?.off !== true);
  const dims = live.map((link) => printedDims(link.shape));
  if (live.length < 2 || live.some((link) => link.shape === null)) return [];
  const rank = Math.max(...dims.map((each) => each.length));
  const differs = Array.from({ length: rank }, (_, axis) => new Set(dims.map((each) => each[axis])).size > 1 && !(merge === 'concat' && axis === 0));
  if (!differs.includes(true)) return [];
  const skips = live.filter((link) => link.skip !== undefined).length;
  const told = new Map<string, number>();
  for (const text of dims) told.set(text.join(), (told.get(text.join()) ?? 0) + 1);
  const first = new Set<string>();
  return live.flatMap((link, i) => {
    const text = dims[i]!.join();
    // Of many, each shape is told once, at the first that has it.
    const others = live.length >= MANY ? told.get(text)! - 1 : 0;
    if (live.length >= MANY && first.has(text)) return [];
    first.add(text);
    const who = link.skip !== undefined && skips === 1 ? 'skip' : live.length - skips === 1 && link.skip === undefined ? 'branch' : link.from.item.slice(link.from.item.lastIndexOf('.') + 1);
    return [{ link: link.id, who: others > 0 ? `${who} +${others}` : who, dims: dims[i]!.map((size, axis) => ({ text: size, differs: differs[axis]! })) }];
  });
}
