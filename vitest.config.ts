import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/tools/**'],
    // The end-to-end tests start the bundled program.
    globalSetup: ['test/support/scratch.ts', 'test/support/fresh-bundle.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    // Node does not unwrap the default export of a CommonJS module; what passes here must run there.
    deps: { interopDefault: false },
    // Most tests wait for a server or a process; the default leaves one core free.
    maxWorkers: '100%',
    maxConcurrency: 12,
    // Only what hangs reaches these: a test that starts the program thrice takes half a minute where ten others do, too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['src/**'], exclude: ['**/*.generated.ts'] },
  },
});
