import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { refuses } from "../testing/refuses.ts";
import { openShop, type Shop } from "../testing/start-shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => {
  shop.served.length = 0;
});
afterAll(() => shop.broker.stop());

const refusedWith = refuses(() => shop);
const tell = (body: unknown, headers: Record<string, string> = {}, type?: string) =>
  shop.ask("POST", "/v1/mug-kilns/k-1", { body, headers, ...(type && { type }) });

describe("a body that is taken as it came", () => {
  test.each([
    ["with its spaces, and numbers as they are spelt", '{ "amount" : 1.10 ,\n"big": 12345678901234567890 }'],
    ["with keys that come twice", '{"a":1,"a":2}'],
    ["with what a parsed body may not have", '{"__proto__":{"a":"\\u0000"}}'],
    ["with letters of every alphabet", '{"name":"Zoë \u{1f3fa}"}'],
    ["with a byte order mark", "\ufeff{}"],
    ["cut off", '{"a":'],
  ])("arrives byte for byte: %s", async (_what, body) => {
    const { status, json } = await tell(body);

    expect(status).toBe(200);
    expect(json.asked).toEqual({ kiln: "k-1", payload: body });
  });
  test("is refused where it could not be the same bytes again", async () => {
    refusedWith(await tell(Buffer.from('{"a":"\xff"}', "latin1")), 400, "malformed_json");
  });
  test("is JSON by its type, of bounded size, and not empty", async () => {
    refusedWith(await tell("a=1", {}, "application/x-www-form-urlencoded"), 415, "unsupported_media_type");
    refusedWith(await tell(`"${"x".repeat(100_000)}"`), 413, "payload_too_large");
    refusedWith(await tell(undefined), 400, "validation_failed", { pointer: "", code: "required" });
  });
});

describe("a header that is a parameter", () => {
  test("fills it, and leaves it out where it did not come", async () => {
    expect((await tell("{}", { "kiln-signature": "s-1" })).json.asked.signature).toBe("s-1");
    expect((await tell("{}")).json.asked).not.toHaveProperty("signature");
  });
  test("is named where it is wrong", async () => {
    const reply = await tell("{}", { "kiln-signature": "s".repeat(201) });

    refusedWith(reply, 400, "validation_failed", { parameter: "Kiln-Signature", code: "maxLength" });
  });
  test("is not filled from the query", async () => {
    const reply = await shop.ask("POST", "/v1/mug-kilns/k-1?signature=s-1", { body: {} });

    refusedWith(reply, 400, "validation_failed", { parameter: "signature" });
  });
});
