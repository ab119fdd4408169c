import type { DimJson, NodeReport, Report, ShapeJson } from './report.js';
import { count, difference } from './table.js';

/** What differs between two states of one design. */
export interface Comparison {
  readonly file: string;
  readonly added: readonly Layer[];
  readonly removed: readonly Layer[];
  readonly changed: readonly { readonly path: string; readonly before: NodeReport; readonly after: NodeReport }[];
  readonly params: Pair<DimJson>;
  readonly macs: Pair<DimJson>;
  readonly skips: Pair<number>;
  readonly outputs: readonly { readonly name: string; readonly before: ShapeJson; readonly after: ShapeJson }[];
  readonly errors: Pair<number>;
}
export interface Pair<T> {
  readonly before: T;
  readonly after: T;
}
export interface Layer {
  readonly path: string;
  readonly node: NodeReport;
}

/** Layers are matched by path: a renamed layer shows as removed and added. */
export function compare(before: Report, after: Report): Comparison {
  const old = new Map(Object.entries(before.nodes));
  const now = new Map(Object.entries(after.nodes));
  const layers = (nodes: ReadonlyMap<string, NodeReport>, others: ReadonlyMap<string, NodeReport>): Layer[] =>
    [...nodes].filter(([path]) => !others.has(path)).map(([path, node]) => ({ path, node }));
  const names = [...new Set([...Object.keys(before.outputs), ...Object.keys(after.outputs)])];
  const oldOutputs = new Map(Object.entries(before.outputs));
  const newOutputs = new Map(Object.entries(after.outputs));
  const errors = (side: Report): number => side.problems.filter((problem) => problem.severity === 'error').length;
  return {
    file: after.file,
    added: layers(now, old),
    removed: layers(old, now),
    changed: [...now].flatMap(([path, node]) => {
      const previous = old.get(path);
      return previous && !same(previous, node) ? [{ path, before: previous, after: node }] : [];
    }),
    params: { before: before.totals.params, after: after.totals.params },
    macs: { before: before.totals.macs, after: after.totals.macs },
    skips: { before: before.skips.length, after: after.skips.length },
    outputs: names.map((name) => ({ name, before: oldOutputs.get(name) ?? null, after: newOutputs.get(name) ?? null })).filter((output) => !same(output.before, output.after)),
    errors: { before: errors(before), after: errors(after) },
  };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The comparison as a text for a terminal, or as Markdown for a pull request. */
export function comparisonText(change: Comparison, ref: string, markdown: boolean): string {
  const mark = (text: string): string => (markdown ? `\`${text}\`` : text);
  const item = markdown ? '- ' : '  ';
  const layer = ({ path, node }: Layer): string => `${item}${mark(path)} ${node.op} -> ${shapes(node)}, ${count(node.params)} parameters`;
  const section = (title: string, lines: readonly string[]): readonly string[] => (lines.length ? ['', markdown ? `**${title}**` : title, ...(markdown ? [''] : []), ...lines] : []);
  const rows: readonly (readonly [string, DimJson, DimJson])[] = [
    ['parameters', change.params.before, change.params.after],
    ['MACs', change.macs.before, change.macs.after],
    ['skips', change.skips.before, change.skips.after],
    ['errors', change.errors.before, change.errors.after],
  ];
  const totals = markdown
    ? ['', `| | ${ref} | now | change |`, '|---|---:|---:|---:|', ...rows.map(([name, a, b]) => `| ${name} | ${count(a)} | ${count(b)} | ${difference(a, b)} |`)]
    : ['', ...rows.map(([name, a, b]) => `  ${name}: ${count(a)} -> ${count(b)} (${difference(a, b)})`)];
  const nothing = !change.added.length && !change.removed.length && !change.changed.length && !change.outputs.length;
  return [
    markdown ? `### ${mark(change.file)} against ${mark(ref)}` : `${change.file} against ${ref}`,
    ...section('Layers added', change.added.map(layer)),
    ...section('Layers removed', change.removed.map(layer)),
    ...section('Layers changed', change.changed.map(({ path, before, after }) => `${item}${mark(path)} ${described(before, after)}`)),
    ...section('Outputs changed', change.outputs.map(({ name, before, after }) => `${item}${mark(name)} ${shape(before)} -> ${shape(after)}`)),
    ...(nothing ? ['', 'No layer differs.'] : []),
    ...totals,
  ].join('\n');
}

function described(before: NodeReport, after: NodeReport): string {
  const parts = [
    before.op !== after.op && `${before.op} -> ${after.op}`,
    !same(before.shapes, after.shapes) && `${shapes(before)} -> ${shapes(after)}`,
    before.params !== after.params && `${difference(before.params, after.params)} parameters`,
    before.macs !== after.macs && `${difference(before.macs, after.macs)} MACs`,
    before.shared !== after.shared && (after.shared ? 'now shares weights' : 'now has its own weights'),
  ];
  return parts.filter(Boolean).join(', ');
}

const shape = (dims: ShapeJson): string => (dims ? dims.map((dim) => dim ?? '?').join(' × ') : '?');
const shapes = (node: NodeReport): string => node.shapes.map(shape).join(', ');
