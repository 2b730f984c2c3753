import type { IncomingMessage } from "node:http";
import { expect, test } from "@jest/globals";
import { preferred } from "./accept.ts";

const CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

test.each([
  [undefined, "application/json"],
  ["*/*", "application/json"],
  ["", "application/json"],
  [CHROME, "text/html"],
  ["text/html", "text/html"],
  ["TEXT/HTML; charset=utf-8", "text/html"],
  ["text/*", "text/html"],
  ["text/*;q=0.5, */*;q=0.4", "text/html"],
  ["text/html, application/json", "application/json"],
  ["application/json;q=0.9, text/html", "text/html"],
  ["application/json, text/html;q=0.9", "application/json"],
  ["text/html;q=0, */*", "application/json"],
  ["text/html;q=0.001, application/json;q=0", "text/html"],
  ["text/html;q=0.2, text/*;q=0.9, */*;q=0.5", "application/json"],
  ["image/png", "application/json"],
  ["text/html;q=2, nonsense, ;;, */", "text/html"],
])("who accepts %j gets %s", (accept, type) => {
  const asked = { headers: { accept } } as IncomingMessage;

  expect(preferred(asked, ["application/json", "text/html"])).toBe(type);
});

test("a long header is read in no time", () => {
  const from = performance.now();
  const accept = `${"text/".repeat(2_000)}${";q=".repeat(2_000)}${" ".repeat(8_000)}x`;

  expect(preferred({ headers: { accept } } as IncomingMessage, ["application/json", "text/html"])).toBe(
    "application/json",
  );
  expect(performance.now() - from).toBeLessThan(200);
});
