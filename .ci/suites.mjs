import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { root } from './machine.mjs';

/** @typedef {{ passed: number, failed: number }} Count */

/**
 * A suite of `npm test`: what it needs from the machine, and how it runs.
 * @typedef {{ readonly title: string, readonly needs: readonly string[], run(): Promise<Count> }} Suite
 */

/**
 * Runs a script with its output shown.
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {Promise<boolean>} whether it ended well
 */
function show(script, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.resolve(root, script), ...args], { cwd: root, stdio: 'inherit', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}

/**
 * A check that counts as one test.
 * @param {string} title
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {Suite}
 */
const single = (title, script, args) => ({
  title,
  needs: ['packages'],
  run: async () => ((await show(script, args)) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
});

/**
 * A vitest suite. A test that was skipped, a file that does not load and a suite without tests count as failures.
 * @param {string} title
 * @param {string} config
 * @param {readonly string[]} needs
 * @returns {Suite}
 */
const vitest = (title, config, needs) => ({
  title,
  needs: ['packages', ...needs],
  async run() {
    if (!existsSync(path.join(root, config))) {
      console.error(`${title}: ${config} is missing.`);
      return { passed: 0, failed: 1 };
    }
    const report = path.join(root, 'test/output', `${title.replaceAll(' ', '-')}.json`);
    mkdirSync(path.dirname(report), { recursive: true });
    rmSync(report, { force: true });
    const ok = await show('node_modules/vitest/vitest.mjs', ['run', '--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
    const count = countOf(report);
    if (!ok && count.failed === 0) count.failed = 1;
    if (count.passed + count.failed === 0) {
      console.error(`${title}: it has no tests.`);
      count.failed = 1;
    }
    return count;
  },
});

/**
 * Counts vitest's report.
 * @param {string} report
 * @returns {Count}
 */
export function countOf(report) {
  if (!existsSync(report)) {
    console.error(`${path.basename(report)} was not written: the runner ended before its tests did.`);
    return { passed: 0, failed: 1 };
  }
  const { numPassedTests, numPendingTests, numTodoTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const skipped = numPendingTests + numTodoTests;
  if (skipped > 0) console.error(`${skipped} tests were skipped; they count as failures.`);
  const broken = testResults.filter((/** @type {{ status: string, assertionResults: unknown[] }} */ file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  return { passed: numPassedTests, failed: numFailedTests + skipped + broken };
}

/** All suites of `npm test`, in the order in which they run. @type {readonly Suite[]} */
export const suites = [
  single('types', 'node_modules/typescript/bin/tsc', ['-b']),
  single('lint', 'node_modules/eslint/bin/eslint.js', ['.', '--max-warnings', '0']),
  single('build', 'node_modules/webpack-cli/bin/cli.js', ['--mode', 'production']),
  single('package', '.ci/package.mjs', []),
  vitest('unit', 'test/vitest.config.mts', ['torch', 'tfjs', 'vulkan', 'git']),
  vitest('browser', 'test/browser/vitest.config.mts', ['chromium']),
  vitest('slow', 'test/slow/vitest.config.mts', ['torch', 'tfjs', 'vulkan']),
  vitest('vscode', 'test/vscode/vitest.config.mts', ['chromium', 'vscode', 'git', 'tfjs']),
];
