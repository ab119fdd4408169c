import type { ReactNode } from 'react';
import type { MergeKind } from '../../lib/layout/index.js';

/** The sign of a merge: plus for add, three bars for concatenate, a cross for a gate. */
export function Glyph({ merge, size = 14, color }: { readonly merge: MergeKind; readonly size?: number; readonly color?: string }): ReactNode {
  const paint = color ?? `var(--nw-${tokenOf(merge)})`;
  return (
    <svg className="nw-glyph" width={size} height={size} viewBox="0 0 14 14" aria-hidden="true" stroke={paint} fill={paint} strokeWidth={2} strokeLinecap="round">
      {merge === 'add' && <path d="M7 2.2v9.6M2.2 7h9.6" />}
      {merge === 'gate' && <path d="M3.4 3.4l7.2 7.2M10.6 3.4l-7.2 7.2" />}
      {merge === 'concat' && (
        <g stroke="none">
          <rect x="2" y="2" width="10" height="2.6" rx=".8" />
          <rect x="2" y="5.7" width="10" height="2.6" rx=".8" />
          <rect x="2" y="9.4" width="10" height="2.6" rx=".8" />
        </g>
      )}
    </svg>
  );
}

/** The name of a merge in the tokens: `--nw-add`, `--nw-cat`, `--nw-gate`. */
export function tokenOf(merge: MergeKind): 'add' | 'cat' | 'gate' {
  return merge === 'concat' ? 'cat' : merge;
}

export const mergeWords: { readonly [merge in MergeKind]: string } = { add: 'add', concat: 'concatenate', gate: 'gate' };
export const mergeKeys: { readonly [merge in MergeKind]: string } = { add: 'A', concat: 'C', gate: 'G' };
