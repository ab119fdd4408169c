import { createContext, useContext, type CSSProperties, type ReactNode } from 'react';
import { anatomy, busGap, busInput, busStrip, type Bus, type Direction, type Item } from '../../lib/layout/index.js';

/** Widths of a strip, and the room that a bus may take: many repetitions make thin strips. */
const STRIP = 8;
const LEFT = 20;
/** Half a card and the gap to it, which the text beside the bus keeps clear of. */
const CARD = 100 + 16;
const TEXT = 118;
/** Where the bus is read and where the repetition adds to it, from the frame's upper and lower edge. */
const READ = 36;
const WRITTEN = 7;

/** Where the strips begin and end along a flow to the right, and how far below the header the first one lies. */
const BEGIN = 26, END = 22, BELOW = 6;

/** Which way the picture on the canvas flows. */
export const FlowDirection = createContext<Direction>('down');

interface Given {
  readonly bus: Bus;
  readonly item: Item;
  readonly axis: number;
  readonly width: number;
  readonly height: number;
}

/** The running concatenation of a dense repetition beside its body: what the shown repetition reads, and the strip that it adds. A strip shows its repetition. */
export function DenseBus(given: Given): ReactNode {
  return useContext(FlowDirection) === 'down' ? <Upright {...given} /> : <Lying {...given} />;
}

function Upright({ bus, item, axis, height }: Given): ReactNode {
  const times = item.times ?? 1;
  const room = axis - CARD - LEFT - busInput - TEXT;
  const strip = Math.min(STRIP, Math.max(1, room / times - busGap));
  const at = (k: number): number => LEFT + busInput + busGap + k * (strip + busGap);
  const top = 44, bottom = 20;
  const written = at(item.shown ?? 0) + strip / 2;
  return (
    <div className="nw-bus">
      <svg width="1" height="1" aria-hidden="true">
        <path d={`M${LEFT + busInput / 2} ${top}V${READ}H${axis}`} />
        <path d={`M${axis} ${height - WRITTEN}H${written}V${height - bottom + 6}`} />
        <path className="is-head" d={`M${written - 4} ${height - bottom + 7}h8l-4 -7z`} />
      </svg>
      <Strips bus={bus} item={item} input={{ left: LEFT, width: busInput, top, bottom }} strip={(k) => ({ left: at(k), width: strip, top, bottom })} />
      <div className="nw-bus-text" style={{ left: at(times) + 8, top: top - 2 }}><Reads bus={bus} item={item} broken /></div>
      {bus.growth !== undefined && <div className="nw-bus-text" style={{ left: at(times) + 8, bottom: bottom - 2 }}>adds <b>{bus.growth}</b></div>}
    </div>
  );
}

function Lying({ bus, item, axis, width }: Given): ReactNode {
  const times = item.times ?? 1;
  const strip = busStrip(times);
  const top = anatomy.head + BELOW;
  const at = (k: number): number => top + busInput + busGap + k * (strip + busGap);
  const written = at(item.shown ?? 0) + strip / 2;
  const end = width - END;
  return (
    <div className="nw-bus">
      <svg width="1" height="1" aria-hidden="true">
        <path d={`M${BEGIN} ${top + busInput / 2}H${BEGIN / 2}V${axis}`} />
        <path d={`M${width - WRITTEN} ${axis}V${written}H${end + 6}`} />
        <path className="is-head" d={`M${end + 7} ${written - 4}v8l-7 -4z`} />
      </svg>
      <Strips bus={bus} item={item} input={{ left: BEGIN, right: END, top, height: busInput }} strip={(k) => ({ left: BEGIN, right: END, top: at(k), height: strip })} />
      <div className="nw-bus-text" style={{ left: BEGIN, top: at(times) + 4 }}><Reads bus={bus} item={item} />{bus.growth !== undefined && <> · adds <b>{bus.growth}</b></>}</div>
    </div>
  );
}

function Strips({ bus: { input, growth }, item, input: place, strip }: { readonly bus: Bus; readonly item: Item; readonly input: CSSProperties; strip(k: number): CSSProperties }): ReactNode {
  const shown = item.shown ?? 0;
  return (
    <>
      <div className="is-input" style={place} title={`What arrives${input === undefined ? '' : `: ${input}`}`} />
      {Array.from({ length: item.times ?? 1 }, (_, k) => (
        <button
          key={k} type="button" tabIndex={-1} className={k < shown ? 'is-read' : k === shown ? 'is-written' : ''} style={strip(k)} data-repetition={k} data-of={item.path}
          title={`Repetition ${k + 1}${growth === undefined ? '' : ` adds ${growth}`}: press to show it`} aria-label={`Show repetition ${k + 1}`}
        />
      ))}
    </>
  );
}

/** "reads 64 + 2 × 12 = 88", on two lines where it is broken. */
function Reads({ bus: { input, growth }, item, broken = false }: { readonly bus: Bus; readonly item: Item; readonly broken?: boolean }): ReactNode {
  const shown = item.shown ?? 0;
  if (growth === undefined || input === undefined) return 'reads all before';
  return <>reads {input}{shown > 0 && ` + ${shown} × ${growth}`}{shown > 0 && <>{broken ? <br /> : ' '}= <b>{input + shown * growth}</b></>}</>;
}
