import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../lib/analysis/index.js';
import { parse } from '../../../lib/document/parse.js';
import { run } from '../../../lib/task/commands/fix.js';
import { broken, folderOf, running } from './running.js';

const errors = (text: string): number => analyze(parse(text)).problems.filter((problem) => problem.severity === 'error').length;

describe('netwright fix', () => {
  it('prints the mended design and leaves the file alone', async () => {
    const file = path.join(folderOf({ 'a.nnet.json': broken }), 'a.nnet.json');
    const { code, out } = await running(run, [file, '--problem', 'shape-mismatch', '--node', 'sum']);
    expect(code).toBe(0);
    expect(errors(out)).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(broken);
  });

  it('changes the file with --write', async () => {
    const file = path.join(folderOf({ 'a.nnet.json': broken }), 'a.nnet.json');
    expect((await running(run, [file, '--problem', 'shape-mismatch', '--node', 'sum', '--write'])).code).toBe(0);
    expect(errors(readFileSync(file, 'utf8'))).toBe(0);
  });

  it('says which problems there are where the named one is not', async () => {
    const file = path.join(folderOf({ 'a.nnet.json': broken }), 'a.nnet.json');
    const { code, err } = await running(run, [file, '--problem', 'shape-mismatch', '--node', 'conv1']);
    expect(code).toBe(1);
    expect(err).toContain('shape-mismatch at "sum"');
  });

  it('answers 2 where the text cannot be read, with the place', async () => {
    const file = path.join(folderOf({ 'a.nnet.json': '{\n  "nnet": 1,\n  "nodes": [' }), 'a.nnet.json');
    const { code, err } = await running(run, [file, '--problem', 'shape-mismatch', '--node', 'sum']);
    expect(code).toBe(2);
    expect(err).toMatch(/a\.nnet\.json:\d+:\d+: /);
  });

  it('tells two problems of one code at one node apart by their place', async () => {
    const text = broken.replace('"out_channels": 128, "kernel_size": 3, "stride": 2', '"out_chanels": 128, "kernel_sise": 3, "stride": 2');
    const file = path.join(folderOf({ 'a.nnet.json': text }), 'a.nnet.json');
    const { code, out } = await running(run, [file, '--problem', 'unknown-param', '--node', 'conv1', '--at', 'kernel_sise']);
    expect(code).toBe(0);
    expect(out).toContain('"kernel_size": 3, "stride": 2');
    expect(out).toContain('out_chanels');
  });

  it('refuses a choice that does not exist', async () => {
    const file = path.join(folderOf({ 'a.nnet.json': broken }), 'a.nnet.json');
    expect((await running(run, [file, '--problem', 'shape-mismatch', '--node', 'sum', '--choose', '99'])).code).toBe(1);
    expect((await running(run, [file, '--problem', 'shape-mismatch', '--node', 'sum', '--choose', 'x'])).code).toBe(2);
  });
});
