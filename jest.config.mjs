import { availableParallelism } from "node:os";

/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/tests/support/strip-types.mjs" },
  globalSetup: "<rootDir>/tests/support/global-setup.ts",
  globalTeardown: "<rootDir>/tests/support/global-teardown.ts",
  testMatch: ["**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/.data/"],
  // Tests wait for Postgres, clocks and processes as much as they compute, so one worker per core leaves cores idle. A number,
  // because jest takes a percentage above 100 for a number of workers.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  testTimeout: 30_000,
};
