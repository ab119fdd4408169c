import type { SkipMerge } from '../canvas/contract.js';

export const mergeColours: Readonly<Record<SkipMerge, string>> = { add: 'var(--nw-add)', concat: 'var(--nw-cat)', gate: 'var(--nw-gate)' };

/** The sign of a merge: plus, three bars, cross. */
export function Glyph({ merge, size = 14 }: { readonly merge: SkipMerge; readonly size?: number }) {
  return (
    <svg className="glyph" width={size} height={size} viewBox="0 0 14 14" stroke={mergeColours[merge]} fill={mergeColours[merge]} strokeWidth="2" strokeLinecap="round" aria-hidden="true">
      {glyphShapes[merge]}
    </svg>
  );
}

const bar = (y: number) => <rect key={y} x="2" y={y} width="10" height="2.6" rx=".8" />;
export const glyphShapes = {
  add: <path d="M7 2.2v9.6M2.2 7h9.6" />,
  concat: <g stroke="none">{[2, 5.7, 9.4].map(bar)}</g>,
  gate: <path d="M3.4 3.4l7.2 7.2M10.6 3.4l-7.2 7.2" />,
};

export function Icon({ name }: { readonly name: string }) {
  return <i className={`codicon codicon-${name}`} aria-hidden="true" />;
}

/** The colour of an operator's family, as a custom property's value. */
export function familyColour(family: string | undefined): string {
  return `var(--nw-${families[family ?? ''] ?? 'blockfam'})`;
}
const families: Readonly<Record<string, string>> = {
  Convolution: 'conv', Normalisation: 'norm', Activation: 'act', Pooling: 'pool', Linear: 'linear', Attention: 'attn', Recurrent: 'recur', Shape: 'shape', Merge: 'shape', Arithmetic: 'shape', Input: 'io',
};
