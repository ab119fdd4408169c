import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { root: '.', include: ['test/fuzz/*.fuzz.ts'], pool: 'forks', testTimeout: 4_000_000 } });
