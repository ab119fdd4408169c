import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: '.',
    include: ['test/{document,operators,shapes,program,analysis,actions,language,session,recipes,layout,interop,protocol,task,webview,extension}/**/*.test.{ts,tsx}'],
    pool: 'forks',
    testTimeout: 120_000,
    // A slow machine is no failure; what is waited for comes or does not.
    expect: { poll: { timeout: 60_000 } },
  },
});
