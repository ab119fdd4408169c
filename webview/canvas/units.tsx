import type { CSSProperties, ReactNode } from 'react';
import { stripsOf, type Card, type ClosedBlock, type Frame, type Item, type Merge, type Pill, type PlacedUnit } from '../../lib/layout/index.js';
import { DenseBus } from './DenseBus.js';
import { Glyph, tokenOf } from './Glyph.js';
import { Badge, Misfit, Ports, WeightMarks, Summary, tint, useItemAttributes, useStateClasses } from './items.js';

/** One unit of the picture, at its place; sizes come from the layout. */
export function UnitView({ placed }: { readonly placed: PlacedUnit }): ReactNode {
  const { unit } = placed;
  switch (unit.kind) {
    case 'card': return <CardView unit={unit} />;
    case 'pill': return <PillView unit={unit} />;
    case 'merge': return <MergeView unit={unit} axis={placed.axis} />;
    case 'block': return <BlockView unit={unit} />;
    case 'frame': return <FrameView unit={unit} axis={placed.axis} width={placed.width} height={placed.height} />;
  }
}

function CardView({ unit }: { readonly unit: Card }): ReactNode {
  const { item } = unit;
  const classes = useStateClasses(item);
  const times = item.times ?? 1;
  return (
    <>
      <Stack times={times} />
      <div className={`nw-card ${classes} ${unit.head.length > 0 ? 'has-head' : ''} ${unit.foot.length > 0 ? 'has-foot' : ''}`} style={tint(item)}>
        {stripsOf(unit.head).map((strip, i) => <DockView key={i} strip={strip} place="head" />)}
        <div className="nw-main" {...useItemAttributes(item)}>
          <span className="nw-bar" />
          <div className="nw-l1">
            <span className="nw-name" title={item.name}>{item.name}</span>
            <WeightMarks item={item} />
            {item.times !== undefined && <span className="nw-times">×{item.times}</span>}
            <span className="nw-op" title={item.type}>{item.type}</span>
          </div>
          <div className="nw-l2" title={item.summary.join(' · ')}><Summary parts={item.summary} /></div>
          <Misfit item={item} />
        </div>
        {stripsOf(unit.foot).map((strip, i) => <DockView key={i} strip={strip} place="foot" />)}
      </div>
      <Badge item={item} />
      <Ports from={(unit.foot[unit.foot.length - 1] ?? item).path} />
    </>
  );
}

function DockView({ strip, place }: { readonly strip: readonly Item[]; readonly place: 'head' | 'foot' }): ReactNode {
  return (
    <div className={`nw-dock is-${place}`}>
      {strip.map((item) => <Segment key={item.path} item={item} alone={strip.length === 1} />)}
    </div>
  );
}

/** A docked layer. Its operator is written where there is room; else it is in the title and read aloud. */
function Segment({ item, alone }: { readonly item: Item; readonly alone: boolean }): ReactNode {
  const classes = useStateClasses(item);
  return (
    <div className={`nw-seg ${classes}`} style={tint(item)} title={`${item.name} · ${item.type}`} {...useItemAttributes(item)}>
      <span className="nw-seg-name">{item.name}</span>
      <WeightMarks item={item} />
      {alone && <em>{item.summary.length > 0 ? item.summary.join(' · ') : item.type}</em>}
      <Badge item={item} />
    </div>
  );
}

function PillView({ unit }: { readonly unit: Pill }): ReactNode {
  const { item } = unit;
  return (
    <>
      <div className={`nw-pill ${useStateClasses(item)}`} style={tint(item)} title={`${item.name} · ${item.type}`} {...useItemAttributes(item)}>
        <span className="nw-name">{item.name}</span>
        <WeightMarks item={item} />
        {item.summary.length > 0 && <i className="nw-values">{item.summary.join(' · ')}</i>}
        <Misfit item={item} />
      </div>
      <Badge item={item} />
      <Ports from={item.path} />
    </>
  );
}

function MergeView({ unit, axis }: { readonly unit: Merge; readonly axis: number }): ReactNode {
  const { item, merge, tail } = unit;
  const failed = item.state === 'error';
  const classes = useStateClasses(item);
  return (
    <>
      {tail !== undefined && <Tail item={tail} />}
      <div className={`nw-merge ${classes}`} style={{ '--c': `var(--nw-${tokenOf(merge)})`, '--axis': `${axis}px` } as CSSProperties} title={`${item.name} · ${item.type}`} {...useItemAttributes(item)}>
        <Glyph merge={merge} color={failed ? 'var(--nw-err)' : item.state === 'unknown' ? 'var(--nw-res-vec)' : 'var(--c)'} />
        <Misfit item={item} />
      </div>
      <Ports from={(tail ?? item).path} />
    </>
  );
}

function Tail({ item }: { readonly item: Item }): ReactNode {
  return (
    <div className={`nw-tail ${useStateClasses(item)}`} style={tint(item)} title={`${item.name} · ${item.type}`} {...useItemAttributes(item)}>
      <span className="nw-seg-name">{item.name}</span>
      <WeightMarks item={item} />
    </div>
  );
}

function BlockView({ unit }: { readonly unit: ClosedBlock }): ReactNode {
  const { item, inside } = unit;
  return (
    <>
      <Stack times={item.times ?? 1} />
      <div className={`nw-card is-block ${useStateClasses(item)}`} style={tint(item)}>
        <div className="nw-main" {...useItemAttributes(item)} aria-expanded={false}>
          <span className="nw-bar" />
          <div className="nw-l1">
            <button type="button" className="nw-chevron" tabIndex={-1} data-toggle={item.path} aria-label={`Open ${item.name}`}><i className="codicon codicon-chevron-right" aria-hidden="true" /></button>
            <span className="nw-name" title={item.name}>{item.name}</span>
            <WeightMarks item={item} />
            <span className="nw-op" title={item.type}>{item.type}</span>
            {item.times !== undefined && <span className="nw-times">×{item.times}</span>}
          </div>
          <div className="nw-l2">
            <span>
              {inside.map((part, i) => (
                <span key={i}>
                  {i > 0 && !('glyph' in (inside[i - 1] ?? {})) && <i>·</i>}
                  {'glyph' in part ? <><Glyph merge={part.glyph} size={10} />{' '}</> : part.text}
                </span>
              ))}
            </span>
          </div>
          <Misfit item={item} />
        </div>
      </div>
      <Badge item={item} />
      <Ports from={item.path} />
    </>
  );
}

/** The cards behind a repeated one: at most three are drawn, the count says the rest. */
function Stack({ times }: { readonly times: number }): ReactNode {
  return Array.from({ length: Math.min(3, times) - 1 }, (_, i) => Math.min(3, times) - 1 - i).map((k) => <div key={k} className="nw-back" style={{ transform: `translate(${k * 4}px, ${-k * 4}px)` }} />);
}

function FrameView({ unit, axis, width, height }: { readonly unit: Frame; readonly axis: number; readonly width: number; readonly height: number }): ReactNode {
  const { item, cost, uses } = unit;
  const times = item.times ?? 1;
  const shown = item.shown ?? 0;
  return (
    <div className={`nw-frame ${useStateClasses(item)}`} style={{ '--axis': `${axis}px` } as CSSProperties}>
      <div className="nw-head" {...useItemAttributes(item)} aria-expanded={true}>
        <span className="nw-head-left">
          <button type="button" className="nw-chevron" tabIndex={-1} data-toggle={item.path} aria-label={`Close ${item.name}`}><i className="codicon codicon-chevron-down" aria-hidden="true" /></button>
          <span className="nw-name" title={item.name}>{item.name}</span>
          <span className="nw-type" title={item.type}>{item.type}</span>
          {uses > 1 && <span className="nw-uses" title={`${item.type} is used ${uses} times: an edit inside changes every use`}>{uses} uses</span>}
          <WeightMarks item={item} />
          {item.times !== undefined && <span className="nw-times">×{item.times}</span>}
          {times > 1 && (
            <span className="nw-step">
              <button type="button" tabIndex={-1} data-repetition={shown - 1} data-of={item.path} disabled={shown === 0} aria-label="Repetition before">‹</button>
              <span>{shown + 1} of {times}</span>
              <button type="button" tabIndex={-1} data-repetition={shown + 1} data-of={item.path} disabled={shown === times - 1} aria-label="Next repetition">›</button>
            </span>
          )}
        </span>
        <span className="nw-cost">{cost}</span>
      </div>
      {unit.bus !== undefined && <DenseBus bus={unit.bus} item={item} axis={axis} width={width} height={height} />}
    </div>
  );
}
