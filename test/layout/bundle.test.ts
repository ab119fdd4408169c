import { describe, expect, it } from 'vitest';
import { box, conv, design, drawn, link, opened, placed, unit } from './design.js';
import { emptyView, type Merge, type Placed } from '../../lib/layout/index.js';

/** A dense block with each of its layers written out: layer k reads a Concat of all before it. */
function dense(layers: number, more: (nodes: Record<string, unknown>) => void = () => undefined, output = 'out') {
  const nodes: Record<string, unknown> = { stem: conv('image', { out_channels: 24 }), conv1: conv('stem', { out_channels: 12 }) };
  const before = ['stem', 'conv1'];
  for (let k = 2; k <= layers; k++) {
    nodes[`cat${k}`] = { op: 'Concat', in: [...before], dim: 1 };
    nodes[`conv${k}`] = conv(`cat${k}`, { out_channels: 12 });
    before.push(`conv${k}`);
  }
  nodes['out'] = { op: 'Concat', in: before, dim: 1 };
  more(nodes);
  return design(nodes, [output]);
}

const across = (direction: 'down' | 'right') => (point: { readonly x: number; readonly y: number }): number => (direction === 'down' ? point.x : point.y);

function overlaps({ units }: Placed): readonly string[] {
  return units.flatMap((a, i) => units.slice(i + 1).filter((b) => a.x < b.x + b.width - 0.5 && b.x < a.x + a.width - 0.5 && a.y < b.y + b.height - 0.5 && b.y < a.y + a.height - 0.5).map((b) => `${a.unit.id} and ${b.unit.id}`));
}

describe.each([6, 12, 24])('a dense block of %i layers, written out', (layers) => {
  describe.each(['down', 'right'] as const)('%s', (direction) => {
    it('has one strand for each source, close beside each other and clear of the cards', async () => {
      const where = await placed(dense(layers), emptyView, direction);
      const strands = new Map<string, Set<number>>();
      for (const { link: { from }, tap } of where.wires) if (tap !== undefined) strands.set(from.id, (strands.get(from.id) ?? new Set()).add(across(direction)(tap)));
      expect(strands.size).toBe(layers);
      expect([...strands.values()].every((at) => at.size === 1)).toBe(true);
      const places = [...strands.values()].flatMap((at) => [...at]).sort((a, b) => b - a);
      expect(places.slice(1).map((at, i) => places[i]! - at)).toEqual(places.slice(1).map(() => 10));
      const cards = where.units.map((each) => (direction === 'down' ? each.x : each.y));
      expect(places[0]).toBeLessThanOrEqual(Math.min(...cards) - 40);
    });

    it('gives every wire a spot of its own, and each reader one row', async () => {
      const { wires } = await placed(dense(layers), emptyView, direction);
      const taps = wires.filter(({ tap }) => tap !== undefined);
      expect(taps).toHaveLength((layers * (layers + 1)) / 2);
      expect(new Set(taps.map(({ tap }) => `${tap!.x} ${tap!.y}`)).size).toBe(taps.length);
      for (const { link: { to }, tap, points } of taps) {
        expect(points).toContainEqual(tap);
        const row = (at: { readonly x: number; readonly y: number }): number => (direction === 'down' ? at.y : at.x);
        for (const other of taps) if (other.link.to.id === to.id) expect(row(other.tap!)).toBe(row(tap!));
      }
    });

    it('keeps its pieces apart and its wires level and upright', async () => {
      const where = await placed(dense(layers), emptyView, direction);
      expect(overlaps(where)).toEqual([]);
      for (const { points } of where.wires) for (let i = 1; i < points.length; i++) expect(Math.min(Math.abs(points[i]!.x - points[i - 1]!.x), Math.abs(points[i]!.y - points[i - 1]!.y))).toBeLessThan(0.5);
    });
  });
});

it('three skips into one merge keep lanes with room for their chips', async () => {
  const { wires } = await placed(dense(3));
  expect(wires.filter(({ tap }) => tap !== undefined)).toEqual([]);
});

it('two dense blocks, one after the other, have a bundle each in the same place', async () => {
  const where = await placed(dense(5, (nodes) => {
    nodes['next'] = conv('out', { out_channels: 24 });
    const before = ['next'];
    for (let k = 1; k <= 5; k++) {
      nodes[`mix${k}`] = { op: k === 1 ? 'Identity' : 'Concat', in: [...before], ...(k > 1 && { dim: 1 }) };
      nodes[`b${k}`] = conv(`mix${k}`, { out_channels: 12 });
      before.push(`b${k}`);
    }
    nodes['end'] = { op: 'Concat', in: before, dim: 1 };
  }, 'end'));
  const at = (from: string) => new Set(where.wires.filter(({ link: { from: { id } }, tap }) => id === from && tap !== undefined).map(({ tap }) => tap!.x));
  expect(at('next')).toEqual(at('stem'));
});

it('what a bundle reaches may be blocks with many inputs, closed and open', async () => {
  const inputs = ['a', 'b', 'c', 'd', 'e'];
  const blocks = { Layer: { inputs, nodes: { cat: { op: 'Concat', in: inputs, dim: 1 }, conv: conv('cat') }, outputs: ['conv'] } };
  const analysis = design({ a: conv('image'), b: conv('a'), c: conv('b'), d: conv('c'), e: conv('d'), layer: { op: 'Layer', in: inputs } }, ['layer'], { blocks });
  const closed = await placed(analysis);
  expect(closed.wires.filter(({ link: { to }, tap }) => to.id === 'layer' && tap !== undefined)).toHaveLength(4);
  for (const view of [emptyView, opened('layer')]) {
    for (const direction of ['down', 'right'] as const) {
      const { wires } = await placed(analysis, view, direction);
      for (const { points } of wires) for (let i = 1; i < points.length; i++) expect(Math.min(Math.abs(points[i]!.x - points[i - 1]!.x), Math.abs(points[i]!.y - points[i - 1]!.y))).toBeLessThan(0.5);
    }
  }
});

it('a cut skip of a bundle keeps a strand, and is not counted in the sum', async () => {
  const analysis = dense(5, (nodes) => { nodes['out'] = { ...(nodes['out'] as object), off: ['conv2'] }; });
  const where = await placed(analysis);
  const cut = where.wires.find(({ link: { from, to } }) => from.id === 'conv2' && to.id === 'out')!;
  expect([cut.link.skip?.off, cut.tap !== undefined]).toEqual([true, true]);
  expect((unit(drawn(analysis).root, 'out') as Merge).note).toBe('24 + 12 + 12 + 12 + 12');
});

it('a layer of a dense block that was moved by hand has its wires led there, not over its taps', async () => {
  const { wires } = await placed(design({ c1: conv('image'), c2: conv('c1'), c3: conv('c2'), c4: conv('c3'), c5: conv('c4'), cat: { op: 'Concat', in: ['c5', 'c1', 'c2', 'c3', 'c4', 'image'], dim: 1 } }, ['cat'], { view: { cat: { x: 300, y: 200 } } }));
  for (const { tap, points } of wires) if (tap !== undefined) expect(points).toContainEqual(tap);
});

it('sums of many sizes count equal ones', () => {
  expect((unit(drawn(dense(6)).root, 'out') as Merge).note).toBe('24 + 6 × 12');
  expect((unit(drawn(dense(4)).root, 'out') as Merge).note).toBe('24 + 12 + 12 + 12 + 12');
});

it('of many shapes that clash each is told once, with how many others have it', async () => {
  const analysis = dense(7, (nodes) => { nodes['conv7'] = conv('cat7', { out_channels: 12, stride: 2 }); });
  const { arriving } = unit(drawn(analysis).root, 'out') as Merge;
  expect(arriving.map(({ who, dims }) => [who, dims.map(({ text }) => text).join('×')])).toEqual([['stem', '24×32×32'], ['conv1 +5', '12×32×32'], ['branch', '12×16×16']]);
  const where = await placed(analysis);
  expect(where.labels.filter(({ kind }) => kind === 'arrival')).toHaveLength(3);
  expect(box(where, 'out')).toBeDefined();
  expect(link(drawn(analysis).root, 'conv7', 'out').lane).toBeUndefined();
});

it('an opened dense repetition has room for its bus in both directions', async () => {
  const analysis = design({ dense: { op: 'Layer', in: ['image'], repeat: { times: 6, wiring: 'dense' } } }, ['dense'], { blocks: { Layer: { inputs: ['x'], nodes: { conv: conv('x') }, outputs: ['conv'] } } });
  for (const [direction, least] of [['down', 150], ['right', 28 + 14 + 6 * 9]] as const) {
    const where = await placed(analysis, opened('dense'), direction);
    const [frame, card] = [box(where, 'dense[0]'), box(where, 'dense[0].conv')];
    expect(frame.unit).toMatchObject({ bus: { input: 64, growth: 64 } });
    expect(direction === 'down' ? card.x - frame.x : card.y - frame.y, direction).toBeGreaterThan(least);
    expect(where.wires.every(({ points }) => points.length > 1)).toBe(true);
  }
});
