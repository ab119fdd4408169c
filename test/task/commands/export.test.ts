import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../../lib/task/commands/export.js';
import { folderOf, running, sound } from './running.js';

describe('netwright export', () => {
  it('writes the network whatever is wrong with its training', async () => {
    const folder = folderOf({ 'net.nnet.json': sound.replace('"outputs"', '"training": { "quick": { "los": "mse" } },\n  "outputs"').replace('"padding": 1', '"padding": 1, "freeze": "yes"') });
    const { code, out, err } = await running(run, [path.join(folder, 'net.nnet.json'), '--to', 'pytorch']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('nn.Conv2d(');
  });
});
