import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: '.',
    include: ['test/{document,operators,shapes,program,analysis,actions,language,session,recipes,layout,interop,protocol,task,webview,extension}/**/*.test.{ts,tsx}'],
    pool: 'forks',
    testTimeout: 30_000,
  },
});
