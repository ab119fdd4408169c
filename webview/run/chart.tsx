import { useLayoutEffect, useRef, useState } from 'react';
import { ticks, type Point } from './curves.js';

export interface Line {
  readonly kind: 'present' | 'before';
  readonly points: readonly Point[];
  /** Values that stand for a whole run (measured on the test set), as dots at their step. */
  readonly dots?: readonly Point[];
}

export interface ChartProps {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly steps: number;
  readonly range: readonly [number, number];
  format(value: number): string;
}

/** Curves over steps; each is labelled at its end, so no legend is needed. */
export function Chart({ title, lines, steps, range: [low, high], format }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 420, height: 180 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const plot = { left: 36, top: 6, width: Math.max(40, size.width - 36 - 56), height: Math.max(30, size.height - 28) };
  const x = (step: number) => plot.left + (step / Math.max(1, steps)) * plot.width;
  const y = (value: number) => plot.top + plot.height - ((Math.max(low, Math.min(high, value)) - low) / (high - low || 1)) * plot.height;
  const path = (points: readonly Point[]) => points.map(({ step, value }, k) => `${k === 0 ? 'M' : 'L'}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  const present = lines.find(({ kind, points }) => kind === 'present' && points.length > 0);
  const now = present?.points.at(-1)?.step;
  // A value of the whole run is what two runs are compared by; the curve's last point is the mean of some last batches.
  const ends = apart(lines.flatMap((line) => { const last = line.dots?.at(-1) ?? line.points.at(-1); return last ? [{ kind: line.kind, x: x(last.step) + 7, y: y(last.value) + 4, text: format(last.value) }] : []; }));
  return (
    <div className="chart" ref={box}>
      <svg role="img" aria-label={`${title}: ${ends.map(({ kind, text }) => `${kind === 'present' ? 'this run' : 'the run before'} ${text}`).join(', ') || 'nothing yet'}`}>
        {ticks(low, high).map((tick) => (
          <g key={tick}><line className="grid" x1={plot.left} x2={plot.left + plot.width} y1={y(tick)} y2={y(tick)} /><text x={plot.left - 8} y={y(tick) + 4} textAnchor="end">{format(tick)}</text></g>
        ))}
        {ticks(0, Math.max(1, steps), 5).map((tick) => <text key={tick} x={x(tick)} y={plot.top + plot.height + 16} textAnchor="middle">{tick}</text>)}
        {[...lines].reverse().map((line) => (
          <g key={line.kind}>
            <path className={`curve ${line.kind}`} d={path(line.points)} />
            {line.dots?.map((dot) => <circle key={dot.step} className={line.kind} cx={x(dot.step)} cy={y(dot.value)} r="3.5" />)}
          </g>
        ))}
        {now !== undefined && now < steps && <line className="now" x1={x(now)} x2={x(now)} y1={plot.top} y2={plot.top + plot.height} />}
        {ends.map((end) => <text key={end.kind} className={`end ${end.kind}`} x={end.x} y={end.y}>{end.text}</text>)}
      </svg>
    </div>
  );
}

/** Moves labels that would lie on each other apart. */
function apart<T extends { readonly x: number; readonly y: number }>(labels: readonly T[]): readonly T[] {
  const [a, b] = labels;
  if (!a || !b || Math.abs(a.y - b.y) >= 13 || Math.abs(a.x - b.x) > 50) return labels;
  const middle = (a.y + b.y) / 2;
  const sign = a.y <= b.y ? -1 : 1;
  return [{ ...a, y: middle + sign * 7 }, { ...b, y: middle - sign * 7 }];
}
