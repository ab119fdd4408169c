import type { ReactNode } from 'react';
import type { Bus, Item } from '../../lib/layout/index.js';

/** Widths of a strip, and the room that a bus may take: many repetitions make thin strips. */
const INPUT = 14;
const STRIP = 8;
const GAP = 1;
const LEFT = 20;
/** Half a card and the gap to it, which the text beside the bus keeps clear of. */
const CARD = 100 + 16;
const TEXT = 118;
/** Where the bus is read and where the repetition adds to it, from the frame's upper and lower edge. */
const READ = 36;
const WRITTEN = 7;

/** The running concatenation of a dense repetition beside its body: what the shown repetition reads, and the strip that it adds. A strip shows its repetition. */
export function DenseBus({ bus: { input, growth }, item, axis, height }: { readonly bus: Bus; readonly item: Item; readonly axis: number; readonly height: number }): ReactNode {
  const times = item.times ?? 1;
  const shown = item.shown ?? 0;
  const room = axis - CARD - LEFT - INPUT - TEXT;
  const strip = Math.min(STRIP, Math.max(1, room / times - GAP));
  const at = (k: number): number => LEFT + INPUT + GAP + k * (strip + GAP);
  const end = at(times);
  const top = 44, bottom = 20;
  const written = at(shown) + strip / 2;
  const read = growth === undefined || input === undefined ? undefined : input + shown * growth;
  return (
    <div className="nw-bus">
      <svg width="1" height="1" aria-hidden="true">
        <path d={`M${LEFT + INPUT / 2} ${top}V${READ}H${axis}`} />
        <path d={`M${axis} ${height - WRITTEN}H${written}V${height - bottom + 6}`} />
        <path className="is-head" d={`M${written - 4} ${height - bottom + 7}h8l-4 -7z`} />
      </svg>
      <div className="is-input" style={{ left: LEFT, width: INPUT, top, bottom }} title={`What arrives${input === undefined ? '' : `: ${input}`}`} />
      {Array.from({ length: times }, (_, k) => (
        <button
          key={k} type="button" tabIndex={-1} className={k < shown ? 'is-read' : k === shown ? 'is-written' : ''} style={{ left: at(k), width: strip, top, bottom }} data-repetition={k} data-of={item.path}
          title={`Repetition ${k + 1}${growth === undefined ? '' : ` adds ${growth}`}: press to show it`} aria-label={`Show repetition ${k + 1}`}
        />
      ))}
      <div className="nw-bus-text" style={{ left: end + 8, top: top - 2 }}>
        {read === undefined ? 'reads all before' : <>reads {input}{shown > 0 && ` + ${shown} × ${growth}`}{shown > 0 && <><br />= <b>{read}</b></>}</>}
      </div>
      {growth !== undefined && <div className="nw-bus-text" style={{ left: end + 8, bottom: bottom - 2 }}>adds <b>{growth}</b></div>}
    </div>
  );
}
