// `npm run test:electron`: the suite of the extension host in a VS Code that @vscode/test-electron downloads.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { install } from './install.mjs';
import { cache, inPackages, root, run } from './machine.mjs';

const problem = await install('packages');
if (problem !== undefined) process.exit(1);
await buildIfStale();
await run(process.execPath, [inPackages('webpack-cli/bin/cli.js'), '--env', 'suite', '--mode', 'development'], { title: 'Building the suite' });
const { runTests } = await import('@vscode/test-electron');
const workspace = mkdtempSync(path.join(os.tmpdir(), 'netwright-suite-'));
const report = path.join(workspace, '..', `${path.basename(workspace)}.jsonl`);
writeFileSync(report, '');
mkdirSync(cache, { recursive: true });
/** @type {unknown} */
let failure;
try {
  await runTests({
    cachePath: path.join(cache, 'vscode-desktop'),
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(root, 'test/output/suite/suite.js'),
    launchArgs: [workspace, '--disable-workspace-trust', '--skip-welcome', '--disable-telemetry', '--user-data-dir', path.join(workspace, '..', `${path.basename(workspace)}-profile`)],
    extensionTestsEnv: { NETWRIGHT_TEST_REPORT: report },
  });
} catch (error) {
  failure = error;
}
const results = readFileSync(report, 'utf8').split('\n').filter((line) => line !== '').map((line) => /** @type {{ title: string, state: string, error?: string }} */ (JSON.parse(line)));
for (const { title, state, error } of results) console.log(`${state === 'passed' ? 'ok  ' : 'FAIL'} ${title}${error === undefined ? '' : `\n${error}`}`);
if (failure !== undefined) console.error(failure);
const passed = results.filter(({ state }) => state === 'passed').length;
const failed = results.length - passed + (results.length === 0 ? 1 : 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && failure === undefined ? 0 : 1;
