import { settingEdits } from './setting.js';
import { nodeOf } from './wiring.js';
import { writtenAt, type Written } from '../scope.js';
import { isSym } from '../../shapes/index.js';
import { nearest } from '../../document/names.js';
import { operatorIn } from '../../program/declared.js';
import { paramText } from '../explain.js';
import type { Candidate, FixContext } from './verify.js';
import type { JsonValue } from '../../document/json.js';
import type { ParamSpec } from '../../operators/operator.js';
import type { LocatedFinding } from '../../program/program.js';

/** Fixes of values: what is missing is written, what is refused is set to the nearest that is not. */
export function paramCandidates(context: FixContext): readonly Candidate[] {
  const { finding, graph } = context;
  const written = finding === undefined ? undefined : writtenAt(graph.program, finding.node);
  if (finding === undefined) return [];
  if (written === undefined) return finding.code === 'invalid-size' ? [{ title: 'Set it to 1', variants: [[{ kind: 'set', path: finding.place, value: 1 }]] }] : [];
  const spec = finding.param === undefined ? undefined : operatorIn(context.parsed.document, written.node.op)?.params.get(finding.param);
  const setter = settersOf(context, written, finding);
  switch (finding.code) {
    case 'missing-param': return setter(missingValues(context, written, finding, spec), (value, param) => `Write ${param} ${paramText(value)}`);
    case 'channel-mismatch': case 'feature-mismatch': case 'declared-shape': return assertionCandidates(finding, setter);
    case 'not-divisible': return divisorCandidates(written, finding, setter);
    case 'same-with-stride': return [...setter([halfExtent(written)], (value) => `Set padding ${paramText(value)}`), ...setter([1], () => 'Set stride 1', 'stride')];
    case 'padding-too-large': {
      const extent = finding.facts?.['extent'] ?? finding.facts?.['kernel'];
      const size = finding.facts?.['size'];
      const most = typeof extent === 'number' ? Math.floor(extent / 2) : typeof size === 'number' ? size - 1 : 0;
      return setter([most, 0], (value, param) => `Set ${param} ${paramText(value)}`);
    }
    case 'output-padding-too-large': return setter([0], (value, param) => `Set ${param} ${paramText(value)}`);
    case 'axis-out-of-range': {
      const rank = finding.facts?.['rank'];
      return typeof rank === 'number' ? setter([1, rank - 1].filter((axis) => axis < rank && axis >= 0), (value, param) => `Set ${param} ${paramText(value)}`) : [];
    }
    case 'invalid-param': case 'wrong-type': case 'undecided': case 'expression-type': case 'expression-syntax': case 'division-by-zero': case 'index-out-of-range': case 'wrong-size': case 'wrong-axes': case 'expression-index':
    case 'unknown-name': case 'dim-source':
      return refusedValue(context, finding, spec, setter);
    default: return [];
  }
}

type Setter = (values: readonly (JsonValue | undefined)[], title: (value: JsonValue, param: string) => string, param?: string) => readonly Candidate[];

/** Candidates that set a parameter, at the use of the block where it is handed down and else where it is written. */
function settersOf(context: FixContext, written: Written, finding: LocatedFinding): Setter {
  const { program } = context.graph;
  return (values, title, param = finding.param) => {
    if (param === undefined) return [];
    return values.flatMap((value): readonly Candidate[] => {
      if (value === undefined) return [];
      const here: JsonValue[] = [...nodeOf(finding.place), param] as JsonValue[];
      return [{ title: title(value, param), variants: [[{ kind: 'set', path: here as string[], value }], settingEdits(program, written.instance, written.name, param, value)] }];
    });
  };
}

function missingValues(context: FixContext, written: Written, finding: LocatedFinding, spec: ParamSpec | undefined): readonly (JsonValue | undefined)[] {
  const initial = finding.facts?.['initial'] ?? spec?.initial;
  if (initial !== undefined) return [plain(initial)];
  // A block's own parameter says nothing of what it wants: other uses of the block do, and the width that arrives.
  const uses = [...context.parsed.document.blocks.values(), context.parsed.document.root].flatMap((block) => [...block.nodes.values()]).filter((node) => node.op === written.node.op);
  const values = uses.map((node) => node.params.get(finding.param ?? '')).filter((value) => value !== undefined && !(typeof value === 'string' && value.startsWith('=')));
  const arriving = written.use.inputs[0]?.tensor.shape?.[1];
  return [...new Set([...values, typeof arriving === 'number' ? arriving : undefined, 1])].slice(0, 3);
}

function assertionCandidates(finding: LocatedFinding, setter: Setter): readonly Candidate[] {
  const actual = plain(finding.facts?.['actual']);
  const path = [...nodeOf(finding.place), finding.param ?? ''];
  const remove: Candidate = { title: `Remove ${finding.param ?? 'it'}`, where: 'it is inferred', variants: finding.param === undefined ? [] : [[{ kind: 'remove', path }]] };
  return [...setter([actual], (value, param) => `Set ${param} ${paramText(value)}`), remove];
}

/** The largest divisor that is not above what is written, or the nearest multiple of it. */
function divisorCandidates(written: Written, finding: LocatedFinding, setter: Setter): readonly Candidate[] {
  const { what, value, by } = finding.facts ?? {};
  if (typeof value !== 'number' || typeof by !== 'number' || by < 1) return [];
  // Groups divide both the channels that arrive and those that leave.
  const both = [value, ...(finding.param === 'groups' ? [written.node.params.get('out_channels'), written.use.inputs[0]?.tensor.shape?.[1]] : []).filter((size): size is number => typeof size === 'number')];
  let divisor = Math.min(by, value);
  while (divisor > 1 && both.some((size) => size % divisor !== 0)) divisor -= 1;
  const title = (set: JsonValue, param: string): string => `Set ${param} ${paramText(set)}`;
  const multiple = Math.max(1, Math.round(value / by)) * by;
  return [...setter([divisor, ...(divisor === 1 ? [] : [1])], title), ...(typeof what === 'string' && what !== 'in_channels' && what !== finding.param ? setter([multiple], title, what) : [])];
}

function refusedValue(context: FixContext, finding: LocatedFinding, spec: ParamSpec | undefined, setter: Setter): readonly Candidate[] {
  const value = finding.facts?.['value'];
  const path = [...nodeOf(finding.place), finding.param ?? ''];
  const values: (JsonValue | undefined)[] = [];
  if (spec?.choices !== undefined && typeof value === 'string') values.push(nearest(value, spec.choices));
  if (typeof value === 'number') values.push(Math.max(spec?.min ?? -Infinity, Math.min(spec?.max ?? Infinity, Math.round(value))));
  const listed = spec?.kind === 'list' || spec?.kind === 'ranges';
  if (typeof value === 'number' && listed) values.push([value]);
  // A named size stands for the batch, of which a learned tensor has one.
  if (Array.isArray(value) && spec?.kind === 'list') values.push((value as readonly JsonValue[]).map((size) => (typeof size === 'string' ? 1 : size)));
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) values.push(Number(value));
  // The value of a new layer says nothing where a list was meant.
  if (spec?.initial !== undefined && !Array.isArray(value) && !(listed && typeof value === 'number') && finding.code !== 'wrong-type' && typeof context.parsed.valueAt(path) !== 'string') values.push(plain(spec.initial));
  if (finding.param === 'when' || finding.param === 'repeat') return [{ title: `Remove \`${finding.param}\``, variants: [[{ kind: 'remove', path }]] }];
  values.push(...blockValues(context, finding, value));
  const usable = spec === undefined ? values : values.filter((candidate) => candidate !== undefined && !('wrong' in spec.read(candidate as never)));
  const byDefault: readonly Candidate[] = spec?.default === undefined && spec?.assertion !== true ? [] : [{ title: `Remove ${finding.param ?? 'it'}`, where: spec.default == null ? 'it is inferred' : `PyTorch's default is ${paramText(spec.default)}`, variants: [[{ kind: 'remove', path }]] }];
  return [...setter([...new Set(usable)], (set, param) => `Set ${param} ${listed ? JSON.stringify(set).replace(/,/gu, ', ') : paramText(set)}`), ...byDefault];
}

/** What a parameter of a block may be, where another kind of value is written: its default, or what the text may mean. */
function blockValues({ parsed, graph }: FixContext, finding: LocatedFinding, value: unknown): readonly (JsonValue | undefined)[] {
  const written = writtenAt(graph.program, finding.node);
  const block = written === undefined || finding.code !== 'wrong-type' || finding.param === undefined ? undefined : parsed.document.blocks.get(written.node.op);
  const fallback = block?.params.get(finding.param ?? '');
  if (fallback === undefined || fallback === null) return [];
  const given = value ?? parsed.valueAt([...nodeOf(finding.place), finding.param!]);
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : NaN;
  return [...(typeof fallback === 'number' && Number.isFinite(number) ? [number] : []), ...(typeof fallback === 'boolean' && (given === 1 || given === 0) ? [given === 1] : []), ...(Array.isArray(fallback) && typeof given === 'number' ? [(fallback as readonly JsonValue[]).map(() => given)] : []), fallback];
}

/** Half of the window's extent: the padding that stands for "same". */
function halfExtent(written: Written): number | undefined {
  const kernel = written.node.params.get('kernel_size');
  const dilation = written.node.params.get('dilation');
  const size = Array.isArray(kernel) ? kernel[0] : kernel;
  return typeof size === 'number' ? Math.floor(((typeof dilation === 'number' ? dilation : 1) * (size - 1)) / 2) : undefined;
}

/** A value as the file can hold it; undefined for a symbol or what is unknown. */
export function plain(value: unknown): JsonValue | undefined {
  if (value === undefined || typeof value === 'symbol' || isSym(value)) return undefined;
  if (Array.isArray(value)) {
    const list = value.map(plain);
    return list.includes(undefined) ? undefined : (list as JsonValue[]);
  }
  return value as JsonValue;
}
