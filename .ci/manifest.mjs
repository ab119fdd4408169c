// Writes the generated parts of package.json from the tables in extension/contributions.
import { inPackages, run } from './machine.mjs';

await run(process.execPath, [inPackages('vitest/vitest.mjs'), 'run', '--config', 'test/vitest.config.mts', 'test/extension/manifest.test.ts'], { env: { UPDATE: '1' } });
console.log('package.json is up to date.');
