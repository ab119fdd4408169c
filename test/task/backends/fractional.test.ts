import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { starts } from '../../../lib/task/backends/tfjs/kernels/fractional.js';
import { torchPython } from '../../support/paths.js';

/** Of numbers that rise, the largest of a window is its last: the places tell where the windows stand, with these draws for the height and the width. */
const script = `
import json, sys, torch
import torch.nn.functional as F
result = []
for size, count, kernel, drawn in json.load(sys.stdin):
    rising = torch.arange(size * 1.0).reshape(1, 1, 1, size)
    _, places = F.fractional_max_pool2d_with_indices(rising, (1, kernel), output_size=(1, count), _random_samples=torch.tensor([[[drawn, drawn]]], dtype=torch.float32))
    result.append([place - kernel + 1 for place in places.flatten().tolist()])
print(json.dumps(result))
`;

const uses = ([[9, 4, 2], [25, 18, 2], [20, 5, 2], [7, 6, 2], [30, 7, 5], [6, 1, 3], [8, 8, 1]] as const).flatMap(([size, count, kernel]) => [0, 0.1, 0.37, 0.62, 0.9].map((drawn) => [size, count, kernel, drawn] as const));

it('the windows of a fractional pool stand where PyTorch puts them for the same draw', () => {
  const { stdout, stderr } = spawnSync(torchPython(), ['-c', script], { input: JSON.stringify(uses), encoding: 'utf8' });
  expect(uses.map((use) => starts(...use)), stderr).toEqual(JSON.parse(stdout === '' ? 'null' : stdout));
}, 120_000);

it('and each draw puts other ones between the first and the last', () => {
  const drawn = [0.1, 0.37, 0.62, 0.9].map((each) => starts(25, 18, 2, each));
  expect(new Set(drawn.map((each) => each.join())).size).toBeGreaterThan(1);
  for (const each of drawn) expect([each[0], each.at(-1)]).toEqual([0, 23]);
});
