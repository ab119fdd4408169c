import { memo, useMemo, useRef, type PointerEvent, type ReactNode } from 'react';
import { useReactFlow, useStore, type ReactFlowState } from '@xyflow/react';
import type { Placed, Tint } from '../../lib/layout/index.js';
import { tokenOf } from './Glyph.js';

const WIDE = 112, HIGH = 184, MARGIN = 8;

/** The whole network in a corner; press or drag to go there. */
export function Minimap({ placed }: { readonly placed: Placed }): ReactNode {
  const flow = useReactFlow();
  const { bounds } = placed;
  const svg = useRef<SVGSVGElement>(null);
  const view = useStore((state: ReactFlowState) => {
    const [x, y, zoom] = state.transform;
    return `${Math.round(-x / zoom)} ${Math.round(-y / zoom)} ${Math.round(state.width / zoom)} ${Math.round(state.height / zoom)}`;
  });
  const stage = useStore((state: ReactFlowState) => `${state.width} ${state.height}`).split(' ').map(Number) as [number, number];
  const [vx = 0, vy = 0, vw = 0, vh = 0] = view.split(' ').map(Number);
  const lying = bounds.width > bounds.height * 1.4;
  const [width, height] = lying ? [HIGH, WIDE] : [WIDE, HIGH];
  const scale = Math.min((width - 2 * MARGIN) / Math.max(1, bounds.width), (height - 2 * MARGIN) / Math.max(1, bounds.height));
  const box = { x: bounds.x - (width / scale - bounds.width) / 2, y: bounds.y - (height / scale - bounds.height) / 2, width: width / scale, height: height / scale };
  // It would cover more than it shows.
  if (stage[0] < 640 || stage[1] < 460) return null;
  if (vx <= bounds.x && vy <= bounds.y && vx + vw >= bounds.x + bounds.width && vy + vh >= bounds.y + bounds.height && bounds.height < 300) return null;
  const go = (event: PointerEvent): void => {
    if (event.buttons !== 1 || svg.current === null) return;
    const frame = svg.current.getBoundingClientRect();
    const at = { x: box.x + ((event.clientX - frame.left) / frame.width) * box.width, y: box.y + ((event.clientY - frame.top) / frame.height) * box.height };
    void flow.setCenter(at.x, at.y, { zoom: flow.getZoom() });
  };
  const clip = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
  const left = clip(vx, box.x, box.x + box.width), top = clip(vy, box.y, box.y + box.height);
  const right = clip(vx + vw, box.x, box.x + box.width), bottom = clip(vy + vh, box.y, box.y + box.height);
  return (
    <div className="nw-float nw-minimap" style={{ width, height }}>
      <svg ref={svg} width={width - 2} height={height - 2} viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`} aria-hidden="true" onPointerDown={go} onPointerMove={go}>
        <Drawing placed={placed} />
        <rect className="nw-minimap-view" x={left} y={top} width={Math.max(0, right - left)} height={Math.max(0, bottom - top)} rx={2 / scale} />
      </svg>
    </div>
  );
}

/** One path a colour, so that a network of thousands costs no more than a small one. */
const Drawing = memo(function Drawing({ placed }: { readonly placed: Placed }): ReactNode {
  const { frames, cards, skips } = useMemo(() => {
    const byTint = new Map<Tint | 'add' | 'cat' | 'gate', string>();
    let outlines = '';
    for (const { unit, x, y, width, height, axis } of placed.units) {
      const rect = `M${x} ${y}h${width}v${height}h${-width}z`;
      if (unit.kind === 'frame') outlines += rect;
      else if (unit.kind === 'merge') {
        const key = tokenOf(unit.merge);
        const cx = x + axis, cy = y + 14;
        byTint.set(key, `${byTint.get(key) ?? ''}M${cx - 22} ${cy}a22 22 0 1 0 44 0a22 22 0 1 0 -44 0z`);
      } else byTint.set(unit.item.tint, (byTint.get(unit.item.tint) ?? '') + rect);
    }
    const lines = new Map<string, string>();
    for (const { link, points } of placed.wires) {
      if (link.skip === undefined) continue;
      const key = tokenOf(link.skip.merge);
      lines.set(key, (lines.get(key) ?? '') + points.map((point, i) => `${i === 0 ? 'M' : 'L'}${point.x} ${point.y}`).join(''));
    }
    return { frames: outlines, cards: [...byTint], skips: [...lines] };
  }, [placed]);
  return (
    <>
      <path className="nw-minimap-frames" d={frames} />
      {skips.map(([kind, data]) => <path key={kind} className="nw-minimap-skips" d={data} stroke={`var(--nw-${kind})`} />)}
      {cards.map(([kind, data]) => <path key={kind} d={data} fill={`var(--nw-${kind === 'block' ? 'blockfam' : kind})`} />)}
    </>
  );
});
