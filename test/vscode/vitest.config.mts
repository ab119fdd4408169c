import { defineConfig } from 'vitest/config';

/** Tests in a real VS Code: one server and one browser at a time. */
export default defineConfig({
  test: {
    root: '.',
    include: ['test/vscode/*.test.ts', 'test/vscode/ui/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 600_000,
    // A slow machine is no failure; what is waited for comes or does not.
    expect: { poll: { timeout: 60_000 } },
    hookTimeout: 480_000,
  },
});
