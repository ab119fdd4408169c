import { useEffect, useRef } from 'react';
import { IconButton } from '../shell/toolbar.js';

/** Moves one of several inputs or outputs up and down. The keyboard stays on the button that was pressed, or goes to the other where there is no further way. */
export function OrderButtons({ what, at, count, disabled, onMove }: { readonly what: string; readonly at: number; readonly count: number; readonly disabled: boolean; onMove(by: 1 | -1): void }) {
  const root = useRef<HTMLSpanElement>(null);
  const pressed = useRef<1 | -1 | undefined>(undefined);
  useEffect(() => {
    const by = pressed.current;
    pressed.current = undefined;
    if (by === undefined) return;
    const [up, down] = [...root.current?.querySelectorAll('button') ?? []];
    const wanted = by < 0 ? up : down;
    (wanted?.disabled === true ? (by < 0 ? down : up) : wanted)?.focus();
  }, [at]);
  const move = (by: 1 | -1): void => {
    pressed.current = by;
    onMove(by);
  };
  return (
    <span className="input-actions" ref={root}>
      <IconButton icon="arrow-up" title={`Move the ${what} up`} disabled={disabled || at === 0} onClick={() => move(-1)} />
      <IconButton icon="arrow-down" title={`Move the ${what} down`} disabled={disabled || at === count - 1} onClick={() => move(1)} />
    </span>
  );
}
