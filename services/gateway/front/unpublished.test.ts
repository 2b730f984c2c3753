import { expect, test } from "@jest/globals";
import { openShop } from "../testing/start-shop.ts";

test("a shop that keeps its description to itself serves none of it, and its front page names none of it", async () => {
  await using shop = await openShop({ publishDocs: false });

  for (const path of ["/docs", "/docs/", "/docs/init.js", "/docs/swagger-ui.css", "/openapi.json", "/asyncapi.json"]) {
    expect([path, (await shop.ask("GET", path)).status]).toEqual([path, 404]);
  }
  for (const accept of ["application/json", "text/html"]) {
    const { status, text } = await shop.ask("GET", "/", { headers: { accept } });
    expect(status).toBe(200);
    expect(text).not.toMatch(/docs|openapi|asyncapi/i);
    expect(text).toContain("/health/ready");
  }
});
