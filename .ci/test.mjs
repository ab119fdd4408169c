// `npm test [SUITE...]`: installs what is missing, runs every suite also after a failure, and ends with the line `N passed, N failed`.
import { install } from './install.mjs';
import { suites } from './suites.mjs';

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !suites.some(({ title }) => title === name));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}; suites are ${suites.map(({ title }) => title).join(', ')}.`);
  console.log(`0 passed, ${unknown.length} failed`);
  process.exit(1);
}

let passed = 0;
let failed = 0;
/** @type {string[]} */
const lines = [];
for (const { title, needs, run } of suites) {
  if (asked.length > 0 && !asked.includes(title)) continue;
  console.log(`\n== ${title}`);
  const start = Date.now();
  let count = { passed: 0, failed: 0 };
  // A suite runs also without what it needs: the tests that use it fail then and say so.
  for (const need of needs) if (await install(need)) count.failed++;
  try {
    const result = await run();
    count = { passed: count.passed + result.passed, failed: count.failed + result.failed };
  } catch (error) {
    console.error(error);
    count.failed++;
  }
  passed += count.passed;
  failed += count.failed;
  lines.push(`${title.padEnd(8)} ${String(count.passed).padStart(5)} passed ${String(count.failed).padStart(4)} failed ${String(Math.round((Date.now() - start) / 1000)).padStart(5)} s`);
}
console.log(`\n${lines.join('\n')}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
