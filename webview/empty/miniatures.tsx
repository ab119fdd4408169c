import type { ReactNode } from 'react';
import type { SkipMerge } from '../canvas/contract.js';
import { glyphShapes } from '../shell/glyph.js';

/** Small drawings of the templates' shape, in the language of the canvas: 280 x 160. */
const card = (x: number, y: number, family = 'conv', height = 13, width = 46) => (
  <g key={`card ${x} ${y}`}>
    <rect x={x} y={y} width={width} height={height} rx="2.5" fill="var(--nw-card)" stroke="color-mix(in srgb,var(--nw-fg) 38%,var(--nw-canvas))" />
    <rect x={x} y={y} width="3" height={height} rx="1" fill={`var(--nw-${family})`} />
  </g>
);
const wire = (d: string, colour = 'res-2', width = 3.5, dashed = false) => <path key={d} d={d} fill="none" stroke={`var(--nw-${colour})`} strokeWidth={width} {...(dashed && { strokeDasharray: '7 4.5' })} />;
const tube = (d: string, width: number) => (
  <g key={d} fill="none"><path d={d} stroke="var(--nw-cat)" strokeWidth={width} /><path d={d} stroke="color-mix(in srgb,var(--nw-cat) 22%,var(--nw-block))" strokeWidth={width - 3} /></g>
);
const colours = { add: 'add', concat: 'cat', gate: 'gate' } as const;
const merge = (x: number, y: number, kind: SkipMerge, radius = 8) => {
  const colour = `var(--nw-${colours[kind]})`;
  return (
    <g key={`merge ${x} ${y}`}>
      <circle cx={x} cy={y} r={radius} fill="var(--nw-block)" stroke={colour} strokeWidth="1.6" />
      <g transform={`translate(${x - radius * 0.62},${y - radius * 0.62}) scale(${(radius * 1.24) / 14})`} stroke={colour} fill={colour} strokeWidth="2" strokeLinecap="round">{glyphShapes[kind]}</g>
    </g>
  );
};
const down = (from: number, to: number, colour?: string, width = 4) => wire(`M140 ${from}V${to}`, colour, width);

const residual = [
  down(0, 160), wire('M140 12H86Q78 12 78 20V54Q78 62 86 62H132', 'add', 4), wire('M140 86H86Q78 86 78 94V134Q78 142 86 142H132', 'add', 4.5),
  card(117, 20), card(117, 40), card(117, 96), card(117, 117), card(55, 106), merge(140, 62, 'add'), merge(140, 142, 'add'),
];
const dense = [
  <rect key="bus" x="88" y="0" width="8" height="160" fill="var(--nw-res-1)" />,
  ...[0, 1, 2, 3].flatMap((k) => {
    const y = 18 + k * 34;
    return [
      <rect key={`strip ${k}`} x={98 + k * 6} y={y + 17} width="5" height={143 - y} fill="var(--nw-cat)" opacity={0.9 - k * 0.14} />,
      wire(`M${98 + k * 6} ${y}H150`, 'res-1', 2 + k * 0.6), wire(`M180 ${y}V${y + 11}Q180 ${y + 17} 174 ${y + 17}H${106 + k * 6}`, 'cat', 2), card(150, y - 7, 'conv', 13, 56), merge(100 + k * 6, y + 17, 'concat', 6),
    ];
  }),
];
const unet = [
  wire('M64 112V128Q64 140 76 140H204Q216 140 216 128V112', 'res-3', 7),
  ...[20, 60, 100].flatMap((y, k) => {
    const [from, to] = [k > 0 ? y - 20 : 4, k < 2 ? y + 20 : 113];
    return [wire(`M64 ${from}V${to}`, `res-${k}`, 3 + k * 1.4), wire(`M216 ${from}V${to}`, `res-${k}`, 3 + k * 1.4), tube(`M88 ${y}H207`, 4 + k)];
  }),
  ...[20, 60, 100].flatMap((y) => [card(41, y - 7), merge(216, y, 'concat', 7)]), card(117, 133),
];
const highway = [
  down(0, 160), wire('M140 22H80Q70 22 70 32V104Q70 114 80 114H130', 'gate', 4, true), wire('M140 22H200Q210 22 210 32V68', 'norm', 2.5), wire('M210 80V104Q210 114 200 114H150', 'norm', 2.5),
  card(117, 40, 'linear'), card(117, 62, 'act'), card(187, 60, 'linear'), merge(140, 114, 'gate', 9), card(117, 138, 'linear'),
];
const transformer = [
  down(0, 160, 'res-vec'), wire('M140 8H92Q84 8 84 16V54Q84 62 92 62H132', 'add', 4), wire('M140 84H92Q84 84 84 92V136Q84 144 92 144H132', 'add', 4),
  card(117, 18, 'norm', 9), card(117, 32, 'attn', 16), card(117, 94, 'norm', 9), card(117, 108, 'linear'), card(117, 124, 'linear', 9), merge(140, 62, 'add'), merge(140, 144, 'add'),
];
const blank = [
  <rect key="input" x="112" y="20" width="56" height="20" rx="10" fill="none" stroke="var(--nw-dim)" strokeDasharray="3 3" />,
  <text key="word" x="140" y="34" textAnchor="middle" fontSize="11" fontFamily="var(--nw-mono)" fill="var(--nw-dim)">input</text>,
  <path key="wire" d="M140 40V118" stroke="var(--nw-dim)" strokeDasharray="3 4" />, <rect key="next" x="100" y="118" width="80" height="26" rx="4" fill="none" stroke="var(--nw-dim)" strokeDasharray="3 3" />,
  <path key="plus" d="M140 125v12M134 131h12" stroke="var(--nw-dim)" strokeWidth="1.5" />,
];
const drawings: Readonly<Record<string, readonly ReactNode[]>> = { 'resnet34-head': residual, 'dense-block': dense, unet, highway, transformer, blank };

export function Miniature({ template }: { readonly template: string }) {
  return <svg width="280" height="160" viewBox="0 0 280 160" aria-hidden="true">{drawings[template] ?? blank}</svg>;
}
