import { defineConfig } from 'vitest/config';

/**
 * Unit tests need nothing but Node; integration tests a real Redis; e2e tests a real Asterisk too (the lab). The time that a
 * test may take is for what hangs, not for what is slow: two cores may have other work.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**', 'test/e2e/**'],
          setupFiles: ['test/alike-in-each-run.ts'],
          // A third of the time went into loading the same modules for each file. A file that fails runs once more by itself.
          isolate: false,
          testTimeout: 150_000,
          hookTimeout: 150_000,
          // All processors: most of these tests wait for a child process or a socket.
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // These tests mostly wait for callers; each file has a lab of its own. With four at once a slow machine is so busy that
          // callers are screened too late.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
