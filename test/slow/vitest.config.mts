import { defineConfig } from 'vitest/config';

/** Tests that compare with PyTorch or train for many steps. One process at a time: each wants all cores. */
export default defineConfig({
  test: {
    root: '.',
    include: ['test/slow/**/*.test.ts'],
    pool: 'forks',
    poolOptions: { forks: { singleFork: true } },
    fileParallelism: false,
    testTimeout: 600_000,
    // A slow machine is no failure; what is waited for comes or does not.
    expect: { poll: { timeout: 60_000 } },
    hookTimeout: 300_000,
  },
});
