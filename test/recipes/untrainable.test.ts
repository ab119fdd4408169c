import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parse } from '../../lib/document/parse.js';
import { chooseRun } from '../../lib/recipes/index.js';
import { torchPython } from '../support/paths.js';

const shapes: readonly (readonly [src: readonly [number, number], index: readonly [number, number], learns: boolean])[] = [
  [[2, 4], [2, 3], true], [[2, 3], [2, 3], true], [[3, 3], [2, 3], true], [[2, 3], [2, 2], false], [[2, 3], [2, 0], true],
];

/** Whether a run of a design whose Scatter puts `src`, of these sizes, is refused. */
function refusal(src: readonly number[], index: readonly number[], learns: boolean, frozen = false): string | undefined {
  const run = chooseRun(parse(JSON.stringify({
    nnet: 1,
    inputs: { x: { shape: [src[0], 5] } },
    nodes: {
      w: { op: 'Linear', in: ['x'], out_features: src[1], ...(frozen && { freeze: true }) },
      x2: { op: 'Slice', in: ['x'], ranges: [null, [0, src[1]]] },
      all: { op: 'TopK', in: ['x'], k: index[1], dim: 1 },
      i: { op: 'Slice', in: ['all.indices'], ranges: [[0, index[0]]] },
      s: { op: 'Scatter', in: ['x', 'i', learns ? 'w' : 'x2'], dim: 1 },
      fc: { op: 'Linear', in: ['s'], out_features: 10 },
    },
    outputs: ['fc'],
    training: { quick: {} },
  })));
  return 'obstacles' in run ? run.obstacles[0]?.message : undefined;
}

describe('a Scatter that PyTorch cannot train is refused before a run', () => {
  test('and only such a one', { timeout: 120_000 }, () => {
    const lines = shapes.map(([src, index, learns]) => `    (${JSON.stringify(src)}, ${JSON.stringify(index)}, ${learns ? 'True' : 'False'}),`);
    const child = spawnSync(torchPython(), ['-c', `
import json, torch
told = []
for src, index, learns in [
${lines.join('\n')}
]:
    x = torch.zeros(src[0], 5, requires_grad=True)
    s = torch.ones(src, requires_grad=learns)
    try:
        torch.scatter(x, 1, torch.zeros(index, dtype=torch.int64), s).sum().backward()
        told.append(True)
    except RuntimeError:
        told.append(False)
print(json.dumps(told))
`], { encoding: 'utf8' });
    const torchs = JSON.parse(child.stdout) as readonly boolean[];
    expect(torchs).toEqual([false, true, false, true, false]);
    expect(shapes.map(([src, index, learns]) => refusal(src, index, learns) === undefined)).toEqual(torchs);
    expect(refusal([2, 4], [2, 3], true)).toBe('Scatter `s` can be computed and not trained: its index is 2 × 3 and its `src`, which learns, 2 × 4; PyTorch has a gradient only where both are alike.');
  });
  test('and where all that it puts is frozen it is taken', () => {
    expect(refusal([2, 4], [2, 3], true, true)).toBeUndefined();
  });
});
