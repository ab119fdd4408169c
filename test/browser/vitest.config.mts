import { defineConfig } from 'vitest/config';

/** The editor's page in a browser, on the loopback server: one page at a time. Needs the bundles in dist/. */
export default defineConfig({
  test: {
    root: '.',
    include: ['test/browser/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 300_000,
    // A slow machine is no failure; what is waited for comes or does not.
    expect: { poll: { timeout: 60_000 } },
    hookTimeout: 300_000,
  },
});
