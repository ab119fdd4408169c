import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FinishedRecord, RunRecord } from '../../../lib/protocol/records.js';
import { recordsOf } from '../../../lib/protocol/runs.js';
import { manifests } from '../../../lib/task/runs/folder.js';
import { torchPython } from '../../support/paths.js';
import { buildCommand, started } from './command.js';

let command: string;
let home: string;
const homes: string[] = [];
beforeAll(() => void (command = buildCommand()));
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'netwright-ends-'));
  homes.push(home);
  writeFileSync(path.join(home, 'net.nnet.json'), design(16));
});
afterAll(() => homes.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const design = (width: number): string =>
  JSON.stringify({
    nnet: 1,
    inputs: { x: { shape: ['N', 1, 8, 8] } },
    nodes: {
      wide: { op: 'Conv2d', in: ['x'], out_channels: width, kernel_size: 1 },
      relu: { op: 'ReLU', in: ['wide'] },
      pool: { op: 'AdaptiveAvgPool2d', in: ['relu'], output_size: 1 },
      flat: { op: 'Flatten', in: ['pool'] },
      fc: { op: 'Linear', in: ['flat'], out_features: 10 },
    },
    outputs: ['fc'],
  });

/** The records of the last run, of which exactly one is `finished`, and it is the last. */
function record(index = -1): { readonly records: readonly RunRecord[]; readonly finished: FinishedRecord } {
  const records = recordsOf(readFileSync(path.join(manifests(home).at(index)?.folder ?? '', 'events.jsonl'), 'utf8'));
  expect(records.filter(({ type }) => type === 'finished')).toHaveLength(1);
  return { records, finished: records.at(-1) as FinishedRecord };
}

const train = (...args: readonly string[]) => started(process.execPath, [command, 'train', ...args], home);

describe('out of memory', () => {
  test('in WebAssembly names the node of the largest output and the batch that would fit by the estimate', async () => {
    writeFileSync(path.join(home, 'net.nnet.json'), design(256));
    expect((await train('net.nnet.json', '--backend', 'wasm', '--batch', '65536', '--steps', '2').ended).code).toBe(1);
    const { records, finished } = record();
    expect(finished).toMatchObject({ outcome: 'failed', cause: 'out-of-memory', steps: 0 });
    expect(finished.reason).toMatch(/^Memory ran out with a batch of 65536 .* The largest output is that of `wide` \(Conv2d\): 4\.3 GB .* a batch of \d+ would fit\.$/);
    expect(records.find(({ type }) => type === 'problem')).toMatchObject({ node: 'wide', code: 'out-of-memory' });
  });

  test('in PyTorch under ulimit -v names them too, and the batch was tried', async () => {
    const python = path.join(home, 'python');
    // What Python and PyTorch map by themselves, and a gigabyte.
    const mapped = Number(execFileSync(torchPython(), ['-c', "import torch, re; (torch.ones(64, 64) @ torch.ones(64, 64)).sum(); print(re.search(r'VmPeak:\\s+(\\d+)', open('/proc/self/status').read()).group(1))"], { env: { ...process.env, OMP_NUM_THREADS: '1' }, encoding: 'utf8' }));
    writeFileSync(python, `#!/bin/sh\nulimit -v ${mapped + 1_000_000}\nexec ${torchPython()} "$@"\n`, { mode: 0o755 });
    writeFileSync(path.join(home, 'net.nnet.json'), design(256));
    expect((await train('net.nnet.json', '--python', python, '--batch', '8192', '--steps', '2').ended).code).toBe(1);
    const { finished } = record();
    expect(finished).toMatchObject({ outcome: 'failed', cause: 'out-of-memory' });
    expect(finished.reason).toMatch(/The largest output is that of `wide` \(Conv2d\): 537 MB/);
    const fits = Number(/A batch of (\d+) fits: it was tried\.$/.exec(finished.reason ?? '')?.[1]);
    expect([4096, 2048, 1024, 512, 256]).toContain(fits);
  });
});

describe('Python', () => {
  test('that ends in the midst of a run ends it with the reason', async () => {
    const { child, ended } = train('net.nnet.json', '--python', torchPython(), '--steps', '1000000', '--events');
    await said(child, '"progress"');
    for (const pid of pythonsOf(child.pid ?? 0)) process.kill(pid, 'SIGKILL');
    expect((await ended).code).toBe(1);
    expect(record().finished).toMatchObject({ outcome: 'failed', cause: 'python-ended', reason: expect.stringMatching(/^Python \(.*\) ended by SIGKILL/) });
  });

  test('that prints something else ends the run with what it printed', async () => {
    const site = path.join(home, 'site');
    mkdirSync(site);
    const go = path.join(home, 'go');
    // A module of somebody else that writes to the very descriptor, once the run has begun.
    writeFileSync(path.join(site, 'sitecustomize.py'), `import threading, os, time\nfd = os.dup(1)\ndef speak():\n    while not os.path.exists(${JSON.stringify(go)}):\n        time.sleep(0.05)\n    os.write(fd, b"debug: here I am\\n")\nthreading.Thread(target=speak, daemon=True).start()\n`);
    const { child, ended } = started(process.execPath, [command, 'train', 'net.nnet.json', '--python', torchPython(), '--steps', '1000000', '--events'], home, { PYTHONPATH: site });
    await said(child, '"progress"');
    writeFileSync(go, '');
    expect((await ended).code).toBe(1);
    expect(record().finished).toMatchObject({ outcome: 'failed', cause: 'python-ended', reason: expect.stringContaining('debug: here I am') });
  });
});

/** Waits until a process has said something, or has ended. */
const said = (child: ChildProcess, text: string): Promise<void> =>
  new Promise((resume) => {
    let seen = '';
    child.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()).includes(text) && resume());
    child.on('close', () => resume());
  });

const pythonsOf = (parent: number): readonly number[] =>
  execFileSync('ps', ['-A', '-o', 'ppid=,pid=,args='], { encoding: 'utf8' }).split('\n').flatMap((line) => {
    const [ppid, pid] = line.trim().split(/\s+/).map(Number);
    return ppid === parent && line.includes('netwright_torch.py') ? [pid as number] : [];
  });

test('a second signal ends the run at once, and it says so', async () => {
  const { child, ended } = train('net.nnet.json', '--backend', 'wasm', '--batch', '20000', '--steps', '1000000', '--events');
  await said(child, '"started"');
  child.kill('SIGINT');
  const again = setInterval(() => child.kill('SIGINT'), 200);
  const { code } = await ended;
  clearInterval(again);
  // The first step may have been over before the second signal, and all that was to be done before a third.
  expect([0, 130, null]).toContain(code);
  expect(record().finished.outcome).toBe('stopped');
});

test('a run whose reader goes away is stopped after its step, with what is learned saved', async () => {
  // `head` ends with the first record.
  await started('sh', ['-c', `${process.execPath} ${command} train net.nnet.json --backend wasm --steps 1000000 --events | head -n 1`], home).ended;
  const { finished, records } = record();
  expect(finished).toMatchObject({ outcome: 'stopped' });
  expect(records.at(-2)).toEqual({ type: 'checkpoint', step: finished.steps });
});

test('two runs at once on one design both go right, each in a folder of its own', async () => {
  const alone = await train('net.nnet.json', '--backend', 'wasm', '--steps', '30', '--json').ended;
  const both = await Promise.all([train('net.nnet.json', '--backend', 'wasm', '--steps', '30', '--json').ended, train('net.nnet.json', '--backend', 'wasm', '--steps', '30', '--json').ended]);
  const metrics = [alone, ...both].map(({ out }) => (JSON.parse(out) as FinishedRecord).metrics);
  expect(metrics[1]).toEqual(metrics[0]);
  expect(metrics[2]).toEqual(metrics[0]);
  expect(new Set(manifests(home).map(({ id }) => id)).size).toBe(3);
  const weights = manifests(home).map(({ folder, id }) => readFileSync(path.join(folder, 'weights.safetensors'), 'latin1').replace(id, ''));
  expect(new Set(weights).size).toBe(1);
  for (const index of [0, 1, 2]) expect(record(index).finished.outcome).toBe('completed');
});

test('a full disk ends the run with the file and the disk named, and the run before it can still be read', async () => {
  const disk = path.join(home, 'disk');
  mkdirSync(disk);
  // Half a megabyte of weights, and twice that of what Adam keeps.
  const nodes = { flat: { op: 'Flatten', in: ['x'] }, wide: { op: 'Linear', in: ['flat'], out_features: 1700 }, fc: { op: 'Linear', in: ['wide'], out_features: 10 } };
  writeFileSync(path.join(home, 'wide.nnet.json'), JSON.stringify({ nnet: 1, inputs: { x: { shape: ['N', 1, 8, 8] } }, nodes, outputs: ['fc'] }));
  const first = `${process.execPath} ${command} train net.nnet.json --backend wasm --steps 2 --json`;
  const second = `${process.execPath} ${command} train wide.nnet.json --backend wasm --steps 2 --json`;
  // A file system of one megabyte of our own; where the system does not let us have one, files that may not be larger.
  const mounted = `mount -t tmpfs -o size=1m none ${disk} && cp *.nnet.json ${disk} && cd ${disk}`;
  const allowed = process.platform === 'linux' && spawnSync('unshare', ['-rm', 'sh', '-c', `mount -t tmpfs none ${disk}`]).status === 0;
  const script = `${allowed ? mounted : `cp *.nnet.json ${disk} && cd ${disk} && ulimit -f 1000`} && ${first}; ${second}; mkdir -p ${home}/.netwright; cp -r .netwright/. ${home}/.netwright`;
  await started(allowed ? 'unshare' : 'sh', [...(allowed ? ['-rm', 'sh'] : []), '-c', script], home).ended;
  expect(record(0).finished).toMatchObject({ outcome: 'completed', steps: 2 });
  const { finished } = record(1);
  expect(finished).toMatchObject({ outcome: 'failed', cause: 'disk-full', steps: 2 });
  expect(finished.reason).toMatch(allowed ? /checkpoint\.safetensors cannot be written: the disk .*\/disk \(1\.05 MB, .* free\) is full$/ : /checkpoint\.safetensors cannot be written: it would be larger than files may be here/);
});
