import { Fragment, memo, type CSSProperties, type ReactNode } from 'react';
import type { Placed, PlacedChip, PlacedLabel } from '../../lib/layout/index.js';
import { contains } from './geometry.js';
import { tokenOf } from './Glyph.js';
import { useMarks, wireKey } from './marks.js';
import { useVisibleBox } from './viewport.js';

/** Shapes, chips of skips and the shapes that clash, above everything else. */
export const Labels = memo(function Labels({ placed, shapes }: { readonly placed: Placed; readonly shapes: boolean }): ReactNode {
  const view = useVisibleBox();
  return (
    <>
      {placed.labels.filter((label) => contains(view, label) && (shapes || label.kind === 'arrival')).map((label, i) => (label.kind === 'arrival' ? <Arriving key={`a${i}`} label={label} /> : <ShapeLabel key={`s${label.of}${i}`} label={label} />))}
      {placed.chips.filter((chip) => contains(view, chip)).map((chip) => <Chip key={chip.link} chip={chip} />)}
      {placed.exits.filter(({ exit }) => exit.pill).map(({ exit, x, y }) => (
        <div key={exit.id} className="nw-exit" style={{ left: x, top: y }}>{exit.name}</div>
      ))}
    </>
  );
});

function ShapeLabel({ label }: { readonly label: PlacedLabel }): ReactNode {
  return (
    <div className={`nw-shape is-${label.align} ${label.kind === 'note' ? 'is-note' : ''}`} style={{ left: label.x, top: label.y }}>
      {label.parts.map((part, i) => (
        <Fragment key={i}>
          {i > 0 && ' × '}
          {part.strong ? <b>{part.text}</b> : part.text}
        </Fragment>
      ))}
    </div>
  );
}

function Arriving({ label }: { readonly label: PlacedLabel }): ReactNode {
  const color = label.skip === undefined ? `var(--nw-res-${label.level ?? 'vec'})` : `var(--nw-${tokenOf(label.skip)})`;
  return (
    <div className="nw-arrive" style={{ left: label.x, top: label.y, '--c': color } as CSSProperties}>
      <span className="nw-who">{label.arrival?.who}</span>
      {label.parts.map((part, i) => (
        <Fragment key={i}>
          {i > 0 && <i>×</i>}
          {part.strong ? <b>{part.text}</b> : <span>{part.text}</span>}
        </Fragment>
      ))}
    </div>
  );
}

/** The chip of a skip stands for it: click, Left and X on it concern the skip. */
function Chip({ chip }: { readonly chip: PlacedChip }): ReactNode {
  const key = wireKey({ to: chip.skip.to, input: chip.skip.input });
  const selected = useMarks((marks) => marks.selection.has(key));
  const focus = useMarks((marks) => marks.focus === key);
  const [kind, rest] = chip.text.split(' · ');
  const count = rest === undefined ? undefined : /^(\d+) (.*)$/.exec(rest);
  return (
    <div
      className={`nw-chip ${selected ? 'is-selected' : ''} ${chip.skip.off ? 'is-off' : ''}`} style={{ left: chip.x, top: chip.y, '--c': `var(--nw-${tokenOf(chip.skip.merge)})` } as CSSProperties}
      role="button" tabIndex={focus ? 0 : -1} aria-pressed={selected} data-path={key} aria-label={`skip into ${chip.skip.to}: ${chip.text}${chip.skip.off ? ', cut' : ''}`}
    >
      {kind}{rest !== undefined && ' · '}{count ? <>{chip.text.startsWith('skip') ? <b>{count[1]}</b> : count[1]} {count[2]}</> : rest}
    </div>
  );
}
