import type { Analysis } from '../../lib/analysis/analysis.js';
import type { Dim } from '../../lib/shapes/index.js';
import { formatBytes, formatCount, formatLarge, formatShare, shareOf, sizeOf } from '../shell/numbers.js';
import { familyColour } from '../shell/glyph.js';
import type { UseSubject } from './use-form.js';

/** Parameters, MACs, activations and their memory, with their share of the network. A block's are the sum of what stands in it. */
export function Cost({ analysis, subject }: { readonly analysis: Analysis; readonly subject: UseSubject }) {
  const { node } = subject;
  const repetition = /\[(\d+)\]$/.exec(subject.path)?.[1];
  const inside = node ? [node] : analysis.program.nodes.filter(({ path }) => path.startsWith(`${subject.path}.`) || path.startsWith(`${subject.path}[`));
  if (inside.length === 0) return null;
  const sum = (read: (one: (typeof inside)[number]) => Dim): Dim => inside.reduce<Dim>((total, one) => {
    const [a, b] = [total === null ? undefined : sizeOf(total), sizeOf(read(one))];
    return a === undefined || b === undefined ? null : a + b;
  }, 0);
  const { totals, memory } = analysis;
  const peak = inside.reduce<Dim>((most, one) => {
    const live = memory.nodes.get(one.path)?.live ?? null;
    return most === null || live === null || (sizeOf(live) ?? 0) <= (sizeOf(most) ?? 0) ? most : live;
  }, memory.nodes.get(inside[0]!.path)?.live ?? null);
  const rows: readonly (readonly [string, string, number | undefined])[] = [
    ['Parameters', formatCount(node ? node.parameters : sum((one) => (one.shared ? 0 : one.parameters))), shareOf(node ? node.parameters : sum((one) => (one.shared ? 0 : one.parameters)), totals.params)],
    ['MACs', formatLarge(node ? node.macs : sum((one) => one.macs)), shareOf(node ? node.macs : sum((one) => one.macs), totals.macs)],
    ['Activations', formatBytes(sum((one) => analysis.activationBytes.get(one.path) ?? 0)), shareOf(sum((one) => analysis.activationBytes.get(one.path) ?? 0), totals.activationBytes)],
    ['Kept for training', formatBytes(sum((one) => memory.nodes.get(one.path)?.saved ?? null)), shareOf(sum((one) => memory.nodes.get(one.path)?.saved ?? null), memory.saved)],
    ['Peak, inference', formatBytes(peak), shareOf(peak, memory.inference)],
  ];
  return (
    <section className="section" aria-label="Cost">
      <h3 className="caps"><span>Cost</span><small>share of network</small></h3>
      {rows.map(([title, value, share]) => (
        <div key={title}>
          <div className="fact"><span>{title}</span><span className="value">{value}</span><span className="share">{share === undefined ? '' : formatShare(share)}</span></div>
          <div className="meter" style={{ '--c': familyColour(node?.operator.family) } as React.CSSProperties}><i style={{ width: `${Math.min(100, share ?? 0)}%` }} /></div>
        </div>
      ))}
      {node?.shared === true && <p className="doc">Its weights are those of another layer and count once.</p>}
      {!node && subject.use.each.length > 1 && <p className="doc">{repetition === undefined ? `All ${subject.use.each.length} repetitions together.` : `Of repetition ${Number(repetition) + 1} of ${subject.use.each.length}.`}</p>}
    </section>
  );
}
