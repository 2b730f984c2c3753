// Jest runs the same erasure that Node does natively, so tests and production execute the same text at the same lines.
import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";

const transform = (source) => ({ code: stripTypeScriptTypes(source) });

export default {
  process: transform,
  processAsync: async (source) => transform(source),
  getCacheKey: (source) => createHash("sha256").update(process.version).update(source).digest("hex"),
};
