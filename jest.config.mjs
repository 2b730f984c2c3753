/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/tests/support/strip-types.mjs" },
  globalSetup: "<rootDir>/tests/support/global-setup.ts",
  globalTeardown: "<rootDir>/tests/support/global-teardown.ts",
  testMatch: ["**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/.data/"],
  testTimeout: 30_000,
};
