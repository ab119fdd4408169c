import { defineConfig } from 'vitest/config';

/** The editor's page in a browser, on the loopback server: one page at a time. Needs the bundles in dist/. */
export default defineConfig({
  test: {
    root: '.',
    include: ['test/browser/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
