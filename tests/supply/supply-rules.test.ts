import { expect, test } from "@jest/globals";
import { faultsOf, type LockFile } from "./supply-rules.ts";

const good = { version: "1.2.3", integrity: `sha512-${"a".repeat(86)}==`, license: "MIT" };
const manifest = { dependencies: { a: "1.2.3" }, devDependencies: {}, allowScripts: { builder: true } };
const faults = (packages: LockFile["packages"], changes = {}) => faultsOf({ packages }, { ...manifest, ...changes });

test("a release of the registry that is known by its digest comes in", () => {
  expect(faults({ "": {}, "node_modules/a": good })).toEqual([]);
});

test.each([
  ["a range", {}, { dependencies: { a: "^1.2.3" } }, /no exact version/],
  ["a tarball of somebody's host", { resolved: "https://mirror.example/a.tgz" }, {}, /comes from mirror.example/],
  ["a repository", { version: "git+ssh://git@host/a.git" }, {}, /no release of a registry/],
  ["no digest", { integrity: undefined }, {}, /not known by a SHA-512/],
  ["a weak digest", { integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }, {}, /not known by a SHA-512/],
  ["a script that nobody allowed", { hasInstallScript: true }, {}, /wants to run a script/],
  ["a licence that is not on the list", { license: "AGPL-3.0" }, {}, /is licensed AGPL-3.0/],
  ["no licence", { license: undefined }, {}, /by nobody/],
])("%s is refused", (_, changes, other, sentence) => {
  expect(faults({ "node_modules/a": { ...good, ...changes } }, other)).toEqual([expect.stringMatching(sentence)]);
});

test("a script that was allowed, and the package of another system that is not installed here, come in", () => {
  const elsewhere = { version: "1.0.0", optional: true, dev: true, os: ["win32"] };

  expect(faults({ "node_modules/builder": { ...good, hasInstallScript: true }, "node_modules/w": elsewhere })).toEqual(
    [],
  );
});
