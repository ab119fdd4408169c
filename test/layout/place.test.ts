import { describe, expect, it } from 'vitest';
import { anatomy, keyOf, toggled, emptyView } from '../../lib/layout/index.js';
import { box, conv, design, opened, placed, requests, template } from './design.js';
import type { Placed } from '../../lib/layout/index.js';

const templates = ['blank', 'mlp', 'plain-20', 'residual-20', 'resnet34', 'resnet34-head', 'dense-block', 'densenet121', 'unet', 'highway', 'transformer'];
const blocks = ['stage1', 'stage2', 'stage3', 'layer1', 'layer2', 'layer3', 'layer4', 'dense', 'dense1', 'trans1', 'enc1', 'enc4', 'bottom', 'dec1', 'layers', 'encoder'];

/** Pieces of one scope that lie over one another. */
function overlaps({ units }: Placed): readonly string[] {
  return units.flatMap((a, i) => units.slice(i + 1).filter((b) => a.scene === b.scene && a.x < b.x + b.width - 0.5 && b.x < a.x + a.width - 0.5 && a.y < b.y + b.height - 0.5 && b.y < a.y + a.height - 0.5).map((b) => `${a.unit.id} and ${b.unit.id}`));
}

describe.each(templates)('%s', (name) => {
  it.each(['down', 'right'] as const)('keeps its pieces apart, closed and open, to the %s', async (direction) => {
    expect(overlaps(await placed(template(name), emptyView, direction))).toEqual([]);
    expect(overlaps(await placed(template(name), opened(...blocks), direction))).toEqual([]);
  });

  it('has only level and upright wires, each from its source to its reader', async () => {
    const { wires } = await placed(template(name), opened(...blocks));
    for (const { link, points } of wires) {
      expect(points.length, link.id).toBeGreaterThan(1);
      for (let i = 1; i < points.length; i++) expect(Math.min(Math.abs(points[i]!.x - points[i - 1]!.x), Math.abs(points[i]!.y - points[i - 1]!.y)), link.id).toBeLessThan(0.5);
    }
  });
});

describe('a chain', () => {
  it('stands on one axis', async () => {
    const where = await placed(template('resnet34'));
    for (const each of where.units) expect(each.x + each.axis).toBeCloseTo(0);
  });

  it('stands on one axis to the right as well', async () => {
    const where = await placed(template('resnet34'), emptyView, 'right');
    for (const each of where.units) expect(each.y + each.axis).toBeCloseTo(0);
  });

  it('gets the same places every time', async () => {
    const [a, b] = [await placed(template('highway'), opened('layers')), await placed(template('highway'), opened('layers'))];
    expect(a.wires.map((wire) => wire.points)).toEqual(b.wires.map((wire) => wire.points));
  });
});

describe('a skip', () => {
  const lane = (where: Placed, end: string) => Math.min(...where.wires.filter(({ link }) => link.lane !== undefined && link.to.id === end).flatMap(({ points }) => points.map((point) => point.x)));

  it('runs left of the cards that it passes, well clear of them', async () => {
    const where = await placed(design({ conv1: conv('image'), conv2: conv('conv1'), sum: { op: 'Add', in: ['conv2', 'image'] } }, ['sum']));
    expect(lane(where, 'sum')).toBeLessThanOrEqual(box(where, 'conv1').x - anatomy.lane);
  });

  it('runs above the cards in a flow to the right', async () => {
    const where = await placed(design({ conv1: conv('image'), conv2: conv('conv1'), sum: { op: 'Add', in: ['conv2', 'image'] } }, ['sum']), emptyView, 'right');
    const top = Math.min(...where.wires.flatMap(({ link, points }) => (link.lane === undefined ? [] : points.map((point) => point.y))));
    expect(top).toBeLessThanOrEqual(box(where, 'conv1').y - anatomy.lane);
  });

  it('that is longer runs outside of a shorter one', async () => {
    const where = await placed(design({ c1: conv('image'), c2: conv('c1'), inner: { op: 'Add', in: ['c2', 'c1'] }, c3: conv('inner'), outer: { op: 'Add', in: ['c3', 'image'] } }, ['outer']));
    expect(lane(where, 'outer')).toBeLessThanOrEqual(lane(where, 'inner') - anatomy.lane);
  });

  it('of blocks in one column shares its lane', async () => {
    const where = await placed(template('resnet34-head'), opened('stage1', 'stage2'));
    expect(lane(where, 'stage1[0].sum')).toBe(lane(where, 'stage2.sum'));
    expect(box(where, 'stage1[0]').x).toBe(box(where, 'stage2').x);
  });

  it('has room for a projection that is longer than what it passes', async () => {
    const where = await placed(design({ conv1: conv('image'), proj: conv('image', { kernel_size: 1, padding: 0 }), bn: { op: 'BatchNorm2d', in: ['proj'] }, sum: { op: 'Add', in: ['conv1', 'bn'] } }, ['sum']));
    const [proj, sum] = [box(where, 'proj'), box(where, 'sum')];
    expect(proj.y + proj.height).toBeLessThan(sum.y);
    expect(overlaps(where)).toEqual([]);
  });
});

describe('branches', () => {
  it('stand side by side in the order in which they are read', async () => {
    const where = await placed(design({ a: conv('image'), a2: conv('a'), b: conv('image'), b2: conv('b'), c: conv('image'), c2: conv('c'), cat: { op: 'Concat', in: ['a2', 'b2', 'c2'], dim: 1 } }, ['cat']));
    const [a, b, c] = ['a', 'b', 'c'].map((id) => box(where, id).x);
    expect([a! < b!, b! < c!]).toEqual([true, true]);
  });

  it('that a lane reaches stand at its side, also in a flow to the right', async () => {
    const where = await placed(template('highway'), opened('layers'), 'right');
    expect(where.chips.map((chip) => chip.text)).toEqual(['identity · 1 layer']);
    expect(box(where, 'layers[0].carried').y).toBeLessThan(box(where, 'layers[0].taken').y);
  });

  it('end where they meet on the axis that they left', async () => {
    const where = await placed(design({ a: conv('image'), b: conv('image'), b2: conv('b'), c: conv('image'), cat: { op: 'Concat', in: ['a', 'b2', 'c'], dim: 1 }, end: conv('cat') }, ['end']));
    expect(box(where, 'cat').x + box(where, 'cat').axis).toBeCloseTo(box(where, 'image').x + box(where, 'image').axis);
    expect(overlaps(where)).toEqual([]);
  });

  it('of a hundred equal modules are one request to ELK at most', async () => {
    const nodes: Record<string, unknown> = {};
    let last = 'image';
    for (let k = 0; k < 100; k++) {
      Object.assign(nodes, { [`a${k}`]: conv(last), [`b${k}`]: conv(last), [`c${k}`]: conv(`b${k}`), [`add${k}`]: { op: 'Add', in: [`a${k}`, `c${k}`] } });
      last = `add${k}`;
    }
    const { where, boxes } = await requests(design(nodes, [last]));
    expect(where.units).toHaveLength(401);
    expect(boxes.length).toBeLessThanOrEqual(1);
  });
});

it('a deep network of a thousand layers is placed without ELK', async () => {
  const nodes: Record<string, unknown> = {};
  let last = 'image';
  for (let k = 0; k < 600; k++) {
    nodes[`conv${k}`] = conv(last);
    nodes[`sum${k}`] = { op: 'Add', in: [`conv${k}`, last] };
    last = `sum${k}`;
  }
  const { where, boxes } = await requests(design(nodes, [last]));
  expect(where.units).toHaveLength(1201);
  expect(boxes).toEqual([]);
});

it('a broken design with a circle is placed too', async () => {
  const where = await placed(design({ a: { op: 'Add', in: ['image', 'b'] }, b: conv('a'), c: conv('nowhere') }, ['b']));
  expect(where.units.map((each) => each.unit.id).sort()).toEqual(['a', 'b', 'c', 'image']);
});

it('a block keeps its key whatever repetition is shown', () => {
  expect(keyOf('stage1[3].inner[0].conv')).toBe('stage1.inner.conv');
  expect(toggled(toggled(emptyView, 'a[1]'), 'a[2]').expanded.size).toBe(0);
});

describe('a layer that nothing reads', () => {
  it('leaves the chain that it dangles from on its axis, wherever it stands in the file', async () => {
    for (const direction of ['down', 'right'] as const) {
      const where = await placed(design({ c1: conv('image'), c2: conv('c1'), c3: conv('c2'), c4: conv('c3'), loose: conv('c1'), more: conv('loose') }, ['c4']), emptyView, direction);
      for (const id of ['image', 'c1', 'c2', 'c3', 'c4']) expect(direction === 'down' ? box(where, id).x + box(where, id).axis : box(where, id).y + box(where, id).axis, id).toBeCloseTo(0);
      expect(overlaps(where)).toEqual([]);
      expect(where.wires.find(({ link }) => link.to.id === 'loose')!.points.length).toBeGreaterThan(2);
    }
  });

  it('hangs from the longest chain where the network has no output yet', async () => {
    const where = await placed(design({ c1: conv('image'), loose: conv('c1'), c2: conv('c1'), c3: conv('c2') }, []));
    for (const id of ['image', 'c1', 'c2', 'c3']) expect(box(where, id).x + box(where, id).axis, id).toBeCloseTo(0);
    expect(overlaps(where)).toEqual([]);
  });
});

it('two dozen parallel chains of forty layers are one box each for ELK', async () => {
  const nodes: Record<string, unknown> = {};
  for (let c = 0; c < 24; c++) for (let k = 0; k < 40; k++) nodes[`c${c}_${k}`] = conv(k === 0 ? 'image' : `c${c}_${k - 1}`, { out_channels: 8 });
  nodes['sum'] = { op: 'Add', in: Array.from({ length: 24 }, (_, c) => `c${c}_39`) };
  const { where, boxes } = await requests(design(nodes, ['sum']));
  expect(where.units).toHaveLength(962);
  expect(overlaps(where)).toEqual([]);
  expect(boxes).toEqual([26]);
});

describe('a place by hand', () => {
  const moved = (view: unknown, direction: 'down' | 'right' = 'down') => placed(design({ c1: conv('image'), c2: conv('c1'), c3: conv('c2'), sum: { op: 'Add', in: ['c3', 'c1'] } }, ['sum'], { view }), emptyView, direction);
  const upright = (where: Placed) => {
    for (const { link, points } of where.wires) for (let i = 1; i < points.length; i++) expect(Math.min(Math.abs(points[i]!.x - points[i - 1]!.x), Math.abs(points[i]!.y - points[i - 1]!.y)), link.id).toBeLessThan(0.5);
  };
  /** Wires that run through a layer that is not theirs. */
  const through = (where: Placed) => where.wires.flatMap(({ link, points }) => where.units.filter(({ unit: { id }, x, y, width, height }) => id !== link.from.id && id !== link.to.id && points.some((b, i) => {
    const a = points[i - 1];
    return a !== undefined && Math.max(a.x, b.x) > x + 1 && Math.min(a.x, b.x) < x + width - 1 && Math.max(a.y, b.y) > y + 1 && Math.min(a.y, b.y) < y + height - 1;
  })).map(({ unit: { id } }) => `${link.id} through ${id}`));

  it('is a distance from the automatic one, so it means the same when other things change', async () => {
    const [plain, where] = [await moved({}), await moved({ c2: { x: 260, y: 30 } })];
    expect([box(where, 'c2').x - box(plain, 'c2').x, box(where, 'c2').y - box(plain, 'c2').y]).toEqual([260, 30]);
    for (const id of ['image', 'c1', 'c3', 'sum']) expect(box(where, id)).toMatchObject({ x: box(plain, id).x, y: box(plain, id).y });
  });

  it('lies across and along the flow in both directions', async () => {
    const [plain, where] = [await moved({}, 'right'), await moved({ c2: { x: 260, y: 30 } }, 'right')];
    expect([box(where, 'c2').x - box(plain, 'c2').x, box(where, 'c2').y - box(plain, 'c2').y]).toEqual([30, 260]);
  });

  it.each([[{ c2: { x: 260, y: 30 } }], [{ c2: { x: -330, y: 0 } }], [{ c1: { x: 240, y: 140 } }], [{ sum: { x: 200, y: -200 } }], [{ c3: { x: 240, y: 90 } }], [{ c2: { x: 300, y: 0 }, c3: { x: 300, y: 0 } }]])('%j: wires lead there level and upright, around every layer', async (view) => {
    for (const direction of ['down', 'right'] as const) {
      const where = await moved(view, direction);
      upright(where);
      expect(through(where)).toEqual([]);
    }
  });

  it('makes its open block grow, and keeps below its header', async () => {
    const blocks = { Body: { inputs: ['x'], nodes: { a: conv('x'), b: conv('a') }, outputs: ['b'], view: { a: { x: 300, y: -900 } } } };
    const where = await placed(design({ body: { op: 'Body', in: ['image'] } }, ['body'], { blocks }), opened('body'));
    const [frame, a] = [box(where, 'body'), box(where, 'body.a')];
    expect(a.x + a.width).toBeLessThanOrEqual(frame.x + frame.width);
    expect(a.y).toBeGreaterThanOrEqual(frame.y + anatomy.head);
  });

  it('that is no place counts as none', async () => {
    const plain = await moved({});
    for (const view of [{ c2: 3 }, { c2: null }, { c2: { x: 'far', y: 0 } }, { c2: [1, 2] }, { gone: { x: 1, y: 1 } }, { c2: { x: 1e300, y: 0 } }]) expect((await moved(view)).units.map(({ x, y }) => [x, y])).toEqual(plain.units.map(({ x, y }) => [x, y]));
  });
});
