import type { CSSProperties, ReactNode } from 'react';
import { keyOf, type Item } from '../../lib/layout/index.js';
import { useMarks } from './marks.js';

/** The colour of a family's bar. */
export function tint(item: Item): CSSProperties {
  return { '--c': `var(--nw-${item.tint === 'block' ? 'blockfam' : item.tint})` } as CSSProperties;
}

/** Classes that tell an item's state; the piece around it takes them too. */
export function useStateClasses(item: Item): string {
  const selected = useMarks((marks) => marks.selection.has(item.path));
  const drop = useMarks((marks) => marks.drop?.path === item.path);
  const fits = useMarks((marks) => {
    if (marks.drawing === undefined) return undefined;
    if (marks.drawing.from === item.path) return 'from';
    return marks.drawing.targets.get(keyOf(item.path))?.fits === true ? (marks.drawing.over === item.path ? 'over' : 'fits') : 'misfit';
  });
  const linked = useMarks((marks) => marks.weights !== undefined && marks.weights === item.weights);
  return [
    selected && 'is-selected', drop && 'is-drop', fits !== undefined && `is-${fits}`, linked && 'is-linked',
    item.state !== 'ok' && `is-${item.state}`, item.problem === 'warning' && 'is-warning', item.ghost !== undefined && `is-ghost-${item.ghost}`,
  ].filter(Boolean).join(' ');
}

/** Attributes of the element that stands for an item: its name for the pointer, the keyboard and a screen reader. */
export function useItemAttributes(item: Item): { readonly [name: string]: unknown } {
  const focus = useMarks((marks) => marks.focus === item.path);
  const selected = useMarks((marks) => marks.selection.has(item.path));
  return {
    'data-path': item.path, role: 'button', 'aria-label': item.spoken, 'aria-pressed': selected, tabIndex: focus ? 0 : -1,
    ...(item.weights !== undefined && { 'data-weights': item.weights }),
    ...(item.ghost === 'added' && { 'aria-hidden': true }),
  };
}

/** Line 2: values apart, the stride strong, because it changes the resolution. */
export function Summary({ parts }: { readonly parts: readonly string[] }): ReactNode {
  return parts.map((part, i) => (
    <span key={i}>
      {i > 0 && <i>·</i>}
      {part.startsWith('/') ? <b>{part}</b> : part}
    </span>
  ));
}

/** Why a skip may not end here, said at the layer while one is drawn. */
export function Misfit({ item }: { readonly item: Item }): ReactNode {
  const reason = useMarks((marks) => (marks.drawing === undefined || marks.drawing.from === item.path ? undefined : marks.drawing.targets.get(keyOf(item.path))?.reason));
  return reason === undefined ? null : <span className="nw-reason">{reason}</span>;
}

/** What is to be known of its weights: that training leaves them, and that several layers use them. */
export function WeightMarks({ item }: { readonly item: Item }): ReactNode {
  return (
    <>
      {item.frozen === true && <i className="codicon codicon-lock nw-shared" title="Frozen: training leaves its weights as they are" aria-hidden="true" />}
      {item.weights !== undefined && <SharedMark item={item} />}
    </>
  );
}

function SharedMark({ item }: { readonly item: Item }): ReactNode {
  const own = item.weights === item.path;
  return <i className="codicon codicon-link nw-shared" title={own ? 'Its weights are used by other layers too' : `Uses the weights of ${item.weights}`} aria-hidden="true" />;
}

export function Badge({ item }: { readonly item: Item }): ReactNode {
  if (item.problem !== 'error' && item.problem !== 'warning') return null;
  return <i className={`codicon codicon-${item.problem} nw-badge is-${item.problem}`} aria-hidden="true" />;
}

/** The circles that a skip is drawn from; they appear on hover. */
export function Ports({ from }: { readonly from: string }): ReactNode {
  return (
    <>
      <span className="nw-port is-in" aria-hidden="true" />
      <span className="nw-port is-out" data-port={from} aria-hidden="true" title="Drag to draw a skip" />
      <span className="nw-port is-lane" data-port={from} aria-hidden="true" title="Drag to draw a skip" />
    </>
  );
}
