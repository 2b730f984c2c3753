// The reference page, from local files alone: a browser without a network shows it as well.
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { digestTag, isFresh } from "../answer/etag.ts";
import { refuse } from "../errors.ts";

// Swagger UI sets style attributes as it draws; scripts come from files alone.
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const here = (name: string) => join(import.meta.dirname, name);
const ui = (name: string) =>
  join(dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json")), name);

const ASSETS: Readonly<Record<string, { file: () => string; type: string }>> = {
  "index.html": { file: () => here("index.html"), type: "text/html; charset=utf-8" },
  "init.js": { file: () => here("init.js"), type: "text/javascript; charset=utf-8" },
  "swagger-ui.css": { file: () => ui("swagger-ui.css"), type: "text/css; charset=utf-8" },
  "swagger-ui-bundle.js": { file: () => ui("swagger-ui-bundle.js"), type: "text/javascript; charset=utf-8" },
  "favicon-32x32.png": { file: () => ui("favicon-32x32.png"), type: "image/png" },
};

const loaded = new Map<string, { content: Buffer; etag: string }>();

/** One file of the page, by a name from the list above; anything else is 404. */
export function serveDocs(req: IncomingMessage, res: ServerResponse, name: string): void {
  if (!Object.hasOwn(ASSETS, name)) throw refuse("not_found");
  const { file, type } = ASSETS[name] as { file: () => string; type: string };
  const asset = loaded.get(name) ?? load(name, file());
  res.setHeader("Content-Security-Policy", PAGE_POLICY);
  res.setHeader("Cache-Control", "no-cache");
  res.setHeader("ETag", asset.etag);
  if (isFresh(req, asset.etag)) {
    res.writeHead(304).end();
    return;
  }
  res.setHeader("Content-Type", type);
  res.setHeader("Content-Length", asset.content.length);
  res.end(asset.content);
}

function load(name: string, file: string): { content: Buffer; etag: string } {
  const content = readFileSync(file);
  const asset = { content, etag: digestTag(content) };
  loaded.set(name, asset);
  return asset;
}
