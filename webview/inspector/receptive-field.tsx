import type { Analysis } from '../../lib/analysis/analysis.js';
import type { Instance } from '../../lib/program/program.js';
import { keyOf } from '../../lib/layout/view.js';
import { formatDim } from '../../lib/shapes/index.js';
import { sizeOf } from '../shell/numbers.js';

const BOX = 64;

/** How much of the input one output value sees, drawn to scale. */
export function ReceptiveFieldSection({ analysis, path, scope }: { readonly analysis: Analysis; readonly path: string; readonly scope: Instance }) {
  const field = analysis.receptiveFields.get(path);
  const shape = analysis.program.inputs[0]?.tensor.shape;
  if (!field || field.size.length === 0 || !shape) return null;
  const axes = shape.slice(-field.size.length);
  const input = axes.map((dim) => sizeOf(dim));
  const last = [...scope.uses.values()].at(-1)?.each[0];
  const end = scope.path !== '' && last?.kind === 'node' ? analysis.receptiveFields.get(last.path) : undefined;
  const share = (k: number) => Math.min(1, (field.size[k] ?? field.size[0] ?? 0) / (input[k] ?? (field.size[k] ?? 1) * 2));
  const two = field.size.length > 1;
  const [w, h] = [share(field.size.length - 1) * (BOX - 1), two ? share(field.size.length - 2) * (BOX - 1) : BOX / 4];
  return (
    <section className="section" aria-label="Receptive field">
      <h3 className="caps">Receptive field</h3>
      <div className="receptive">
        <svg width={BOX} height={two ? BOX : BOX / 4 + 1} aria-hidden="true">
          <rect x=".5" y=".5" width={BOX - 1} height={two ? BOX - 1 : BOX / 4} fill="none" stroke="var(--nw-card-line)" />
          <rect x={(BOX - w) / 2} y={two ? (BOX - h) / 2 : 0.5} width={w} height={h} fill="color-mix(in srgb,var(--nw-conv) 30%,transparent)" stroke="var(--nw-conv)" />
        </svg>
        <div>
          <div className="mono strong num">{field.size.join(' × ')} px</div>
          <div className="dim">of {axes.map(formatDim).join(' × ')}, step {uniform(field.step)} px</div>
          {end && <div className="dim">{keyOf(scope.path)} ends at {end.size.join(' × ')}</div>}
          {input.every((size, k) => size !== undefined && (field.size[k] ?? 0) >= size) && <div className="dim">sees the whole input</div>}
        </div>
      </div>
    </section>
  );
}

const uniform = (steps: readonly number[]): string => (steps.every((step) => step === steps[0]) ? String(steps[0]) : steps.join(' × '));
