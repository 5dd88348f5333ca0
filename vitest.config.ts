import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two workers: the machines that run this suite have two cores, and several tests start real package managers.
    maxWorkers: 2,
  },
});
