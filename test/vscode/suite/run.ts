import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

/** What webpack makes of a folder of modules. */
interface Modules {
  (name: string): unknown;
  keys(): string[];
}

/** VS Code calls this in the extension host. One line of JSON a test goes to the file that NETWRIGHT_TEST_REPORT names. */
export function run(): Promise<void> {
  const report = (line: object) => {
    const file = process.env['NETWRIGHT_TEST_REPORT'];
    if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
  const mocha = new Mocha({ ui: 'bdd', timeout: 400_000, reporter: function () {} as never, ...(process.env['NETWRIGHT_TEST_GREP'] === undefined ? {} : { grep: process.env['NETWRIGHT_TEST_GREP'] }) });
  mocha.suite.emit('pre-require', globalThis as never, '', mocha);
  // Every test file of the folder, found when the suite is built.
  const tests = (import.meta as unknown as { webpackContext(folder: string, options: object): Modules }).webpackContext('.', { regExp: /\.test\.ts$/ });
  for (const name of tests.keys()) tests(name);
  return new Promise((resolve, reject) => {
    let failed = 0;
    let passed = 0;
    mocha
      .run(() => (failed > 0 || passed === 0 ? reject(new Error(`${passed} passed, ${failed} failed`)) : resolve()))
      .on('pass', (test) => {
        passed++;
        report({ title: test.fullTitle(), state: 'passed', ms: test.duration });
      })
      .on('fail', (test, error) => {
        failed++;
        report({ title: test.fullTitle(), state: 'failed', error: (error as Error).stack ?? String(error) });
      })
      .on('pending', (test) => {
        failed++;
        report({ title: test.fullTitle(), state: 'failed', error: 'It was skipped.' });
      });
  });
}
