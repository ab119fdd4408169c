import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { root } from '../support/paths.js';
import { sleep, startHost } from './host.js';

interface Result {
  readonly title: string;
  readonly state: 'passed' | 'failed';
  readonly error?: string;
}

/** Builds the mocha suite and runs it in the extension host of a real VS Code; each of its tests is one here. */
async function runSuite(): Promise<readonly Result[]> {
  execFileSync(process.execPath, [path.join(root, 'node_modules/webpack-cli/bin/cli.js'), '--env', 'suite', '--mode', 'development'], { cwd: root });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'netwright-report-'));
  const report = path.join(folder, 'report.jsonl');
  writeFileSync(report, '');
  const host = await startHost({ env: { NETWRIGHT_TEST_REPORT: report }, files: { 'README.md': 'A workspace.\n' }, settings: { 'git.enabled': true } });
  let ended: string | undefined;
  try {
    const exit = new Promise<number>((resolve) => void host.page.exposeFunction('codeAutomationExit', resolve));
    await host.page.exposeFunction('codeAutomationLog', () => undefined);
    const suite = path.join(root, 'test/output/suite/suite.js');
    await host.page.goto(host.url([['extensionDevelopmentPath', host.uri(root)], ['extensionTestsPath', host.uri(suite)], ['skipWelcome', 'true']]), { timeout: 120_000 });
    const code = await Promise.race([exit, sleep(900_000)]);
    if (code !== undefined) ended = `It ended with ${code}.`;
  } finally {
    await host.stop();
  }
  const results = readFileSync(report, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Result);
  rmSync(folder, { recursive: true, force: true });
  // What was reported before a suite hung is not all of it.
  return ended !== undefined && results.length > 0 ? results : [...results, { title: 'the suite runs', state: 'failed', error: `${results.length} tests were reported. ${ended ?? 'The suite did not end within 15 minutes.'}` }];
}

const results = await runSuite();

describe('in the extension host', () => {
  for (const { title, state, error } of results) {
    it(title, () => {
      if (state !== 'passed') throw new Error(error);
    });
  }
});
