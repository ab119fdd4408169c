import type { Analysis } from '../../analysis/analysis.js';
import type { ParamValue } from '../../operators/operator.js';
import type { ProgramNode, Value } from '../../program/program.js';
import { type DimJson, type NodeReport, type Report, report, type ShapeJson } from './report.js';
import { count, difference } from './table.js';

/** What differs between two states of one design. */
export interface Comparison {
  readonly file: string;
  readonly added: readonly Layer[];
  readonly removed: readonly Layer[];
  readonly changed: readonly { readonly path: string; readonly before: LayerReport; readonly after: LayerReport }[];
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
  readonly node: LayerReport;
}
/** A layer with all that decides what it computes. */
export interface LayerReport extends NodeReport {
  /** Its operator's parameters, as text. */
  readonly values: Readonly<Record<string, string>>;
  /** What it reads, in the order of its inputs. */
  readonly reads: readonly string[];
  /** Keys of its tensors; another node's where it shares them. */
  readonly tensors: readonly string[];
}

/** Layers are matched by path: a renamed layer shows as removed and added. */
export function compare(file: string, earlier: Analysis, later: Analysis): Comparison {
  const [before, after] = [report(file, earlier), report(file, later)];
  const [old, now] = [layersOf(earlier, before), layersOf(later, after)];
  const only = (nodes: ReadonlyMap<string, LayerReport>, others: ReadonlyMap<string, LayerReport>): Layer[] =>
    [...nodes].filter(([path]) => !others.has(path)).map(([path, node]) => ({ path, node }));
  const names = [...new Set([...Object.keys(before.outputs), ...Object.keys(after.outputs)])];
  const [oldOutputs, newOutputs] = [new Map(Object.entries(before.outputs)), new Map(Object.entries(after.outputs))];
  const errors = (side: Report): number => side.problems.filter((problem) => problem.severity === 'error').length;
  return {
    file,
    added: only(now, old),
    removed: only(old, now),
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

function layersOf({ program }: Analysis, { nodes }: Report): ReadonlyMap<string, LayerReport> {
  const described = new Map(Object.entries(nodes));
  const source = ({ origin }: Value): string => {
    if (origin.kind === 'constant') return String(origin.value);
    if (origin.kind === 'input') return program.inputs[origin.input]?.name ?? '';
    if (origin.kind === 'none') return 'nothing';
    return `${program.nodes[origin.node]?.path ?? ''}${origin.port ? `.${origin.port}` : ''}`;
  };
  const layer = (node: ProgramNode): readonly [string, LayerReport][] => {
    const known = described.get(node.path);
    if (!known) return [];
    const values = Object.fromEntries(Object.entries(node.params).map(([name, value]) => [name, valueText(value)]));
    return [[node.path, { ...known, values, reads: node.inputs.map(source), tensors: node.weights.map(({ key }) => key) }]];
  };
  return new Map(program.nodes.flatMap(layer));
}

function valueText(value: ParamValue): string {
  if (typeof value === 'symbol') return '?';
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  return typeof value === 'object' && value !== null && 'text' in value ? value.text : String(value);
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

function described(before: LayerReport, after: LayerReport): string {
  const names = before.op === after.op ? [...new Set([...Object.keys(before.values), ...Object.keys(after.values)])] : [];
  const value = (layer: LayerReport, name: string): string => (Object.hasOwn(layer.values, name) ? (layer.values[name] ?? '') : 'inferred');
  const parts = [
    before.op !== after.op && `${before.op} -> ${after.op}`,
    ...names.filter((name) => value(before, name) !== value(after, name)).map((name) => `${name} ${value(before, name)} -> ${value(after, name)}`),
    !same(before.reads, after.reads) && `reads ${after.reads.join(', ')} instead of ${before.reads.join(', ')}`,
    !same(before.shapes, after.shapes) && `${shapes(before)} -> ${shapes(after)}`,
    before.params !== after.params && `${difference(before.params, after.params)} parameters`,
    before.macs !== after.macs && `${difference(before.macs, after.macs)} MACs`,
    before.shared !== after.shared && (after.shared ? `now shares ${after.tensors.join(', ')}` : 'now has its own weights'),
    before.shared && after.shared && !same(before.tensors, after.tensors) && `shares ${after.tensors.join(', ')} instead of ${before.tensors.join(', ')}`,
  ];
  return parts.filter(Boolean).join(', ') || 'its tensors have other names';
}

const shape = (dims: ShapeJson): string => (dims ? dims.map((dim) => dim ?? '?').join(' × ') : '?');
const shapes = (node: NodeReport): string => node.shapes.map(shape).join(', ');
