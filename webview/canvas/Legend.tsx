import { useState, type ReactNode } from 'react';
import { useStore, type ReactFlowState } from '@xyflow/react';
import type { Picture } from '../../lib/layout/index.js';
import { Glyph, mergeWords, tokenOf } from './Glyph.js';

const widths: readonly (readonly [number, number])[] = [[3, 2], [64, 5.2], [128, 6.8], [512, 10]];

const ROOMY = { width: 820, height: 560 };

/** What widths, tints and patterns mean; lists only what is drawn, and can be closed. */
export function Legend({ picture, quiet }: { readonly picture: Picture; readonly quiet: boolean }): ReactNode {
  const roomy = useStore((state: ReactFlowState) => state.width === 0 || (state.width >= ROOMY.width && state.height >= ROOMY.height));
  // In a small window, and where a problem is explained, it waits until it is asked for.
  const [wish, setWish] = useState<boolean>();
  const open = wish ?? (roomy && !quiet);
  const setOpen = setWish;
  if (!open) return <button type="button" className="nw-float nw-legend-closed" onClick={() => setOpen(true)}>Legend</button>;
  return (
    <div className="nw-float nw-legend" role="note" aria-label="Legend">
      <button type="button" className="nw-close" aria-label="Close the legend" onClick={() => setOpen(false)}><i className="codicon codicon-close" aria-hidden="true" /></button>
      <div className="nw-row"><span>Width</span><span className="nw-right">channels, log₂</span></div>
      <svg width="172" height="16" className="nw-widths" aria-hidden="true">{widths.map(([channels, width], i) => <line key={channels} x1={i * 44} x2={i * 44 + 20} y1="8" y2="8" strokeWidth={width} />)}</svg>
      <div className="nw-ticks is-widths">{widths.map(([channels]) => <span key={channels}>{channels}</span>)}</div>
      {picture.levels.length > 0 && (
        <>
          <div className="nw-row"><span>Tint</span><span className="nw-right">resolution</span></div>
          <div className="nw-ticks is-levels">
            {picture.levels.map(({ level, size }) => (
              <div key={level}>
                <div className="nw-swatch" style={{ background: `var(--nw-res-${level})` }} />
                <span title={size}>{size}</span>
              </div>
            ))}
          </div>
        </>
      )}
      {picture.merges.length > 0 && (
        <div className="nw-kinds">
          {picture.merges.map((merge) => (
            <span key={merge}>
              <Glyph merge={merge} size={11} />
              <svg width="22" height="8" aria-hidden="true">
                <line x1="0" x2="22" y1="4" y2="4" stroke={`var(--nw-${tokenOf(merge)})`} strokeWidth={merge === 'concat' ? 7 : 4} strokeDasharray={merge === 'gate' ? '6 4' : undefined} />
                {merge === 'concat' && <line x1="0" x2="22" y1="4" y2="4" stroke="var(--nw-panel)" strokeWidth="3.5" />}
              </svg>
              <span>{mergeWords[merge]}</span>
            </span>
          ))}
        </div>
      )}
    </div>
  );
}
