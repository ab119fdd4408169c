import { useEffect, useRef } from 'react';
import type { RunSummary } from '../../lib/protocol/records.js';
import { progressOf } from './curves.js';

const names = ['7', '6', '5', '4', '3', '2', '1', '0', 'p'];

/** Gradient norm by depth and step, the input at the top. The neutral middle fades into the ground, so a healthy run looks empty. */
export function HeatMap({ run, layers, steps, theme }: { readonly run: RunSummary; readonly layers: readonly string[]; readonly steps: number; readonly theme: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const columns = Math.max(1, Math.min(400, steps));
    element.width = columns;
    element.height = Math.max(1, layers.length);
    context.clearRect(0, 0, columns, layers.length);
    const ramp = rampOf(element);
    let from = 0;
    for (const { step, gradients } of progressOf(run)) {
      const to = Math.max(from + 1, Math.round((step / Math.max(1, steps)) * columns));
      for (const [row, layer] of layers.entries()) {
        const norm = gradients?.[layer];
        if (norm === undefined) continue;
        context.fillStyle = ramp(Math.log10(Math.max(norm, 1e-12)));
        context.fillRect(from, row, to - from, 1);
      }
      if (gradients) from = to;
    }
  }, [run, layers, steps, theme]);
  return <canvas ref={canvas} role="img" aria-label={`Gradient norm of ${layers.length} layers over ${steps} steps`} />;
}

/** The colour of a decade, from the tokens of the present theme; stronger the farther it is from -2. */
function rampOf(element: HTMLElement): (decade: number) => string {
  const style = getComputedStyle(element);
  const colours = names.map((name) => style.getPropertyValue(`--nw-g-${name}`).trim());
  return (decade) => {
    const place = Math.max(0, Math.min(8, decade + 7));
    const low = Math.min(7, Math.floor(place));
    const strength = Math.round(100 * (0.24 + 0.76 * Math.min(1, Math.abs(decade + 2) / 3.6)));
    return `color-mix(in oklab, color-mix(in oklab, ${colours[low + 1]} ${Math.round((place - low) * 100)}%, ${colours[low]}) ${strength}%, transparent)`;
  };
}
