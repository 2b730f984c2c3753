import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { refuses } from "../testing/refuses.ts";
import { as, openShop, type Shop } from "../testing/start-shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => {
  shop.served.length = 0;
});
afterAll(() => shop.broker.stop());

const refusedWith = refuses(() => shop);
const send = (body: Buffer | string, type = "text/csv") =>
  shop.ask("POST", "/v1/mug-imports", { body, type, headers: as.staff });
const read = async (body: Buffer | string, type?: string) => (await send(body, type)).json.asked?.csv;

const TEXT = "title\r\nKöln 5 €\r\n";
const utf16le = Buffer.from(TEXT, "utf16le");
const utf16be = Buffer.from(utf16le).swap16();
const windows1252 = Buffer.from(TEXT.replace("€", "\x80"), "latin1");
const marked = (mark: readonly number[], bytes: Buffer) => Buffer.concat([Buffer.from(mark), bytes]);

describe("a text/csv body is read", () => {
  test.each([
    ["as UTF-8 where nothing is said", Buffer.from(TEXT), "text/csv"],
    ["as UTF-8 by its name without a dash", Buffer.from(TEXT), "text/csv; header=present; charset=utf8"],
    ["as UTF-8 behind a byte order mark, which is no text", marked([0xef, 0xbb, 0xbf], Buffer.from(TEXT)), "text/csv"],
    ["as UTF-16LE by its mark", marked([0xff, 0xfe], utf16le), "text/csv"],
    ["as UTF-16BE by its mark", marked([0xfe, 0xff], utf16be), "text/csv"],
    ["as UTF-16BE by its mark, whatever was declared", marked([0xfe, 0xff], utf16be), "text/csv; charset=utf-8"],
    ["as UTF-16LE by its name", utf16le, "text/csv; charset=UTF-16LE"],
    ["as UTF-16BE by its name", utf16be, "text/csv; charset=utf-16be"],
    ["as windows-1252 by its name", windows1252, "text/csv; charset=windows-1252"],
    ["as windows-1252 by its name in quotes", windows1252, 'Text/CSV; Charset="Windows-1252"'],
    ["as windows-1252 where iso-8859-1 is said", windows1252, "text/csv; charset=ISO-8859-1"],
  ])("%s", async (_, bytes, type) => {
    expect(await read(bytes, type)).toBe(TEXT);
  });
  test("as nothing at all when only its mark came", async () => {
    expect(await read(Buffer.from([0xff, 0xfe]))).toBe("");
  });
});

describe("a text/csv body is refused", () => {
  test.each(["koi8-r", "utf-7", "none", "utf-8; charset=windows-1252", ""])("in the charset %p", async (charset) => {
    const reply = await send(TEXT, `text/csv; charset=${charset}`);

    refusedWith(reply, 415, "unsupported_media_type");
    expect(reply.json.detail).toContain("windows-1252");
  });
  test.each([
    ["one line feed", "\n"],
    ["one carriage return", "\r"],
    ["both", "\r\n"],
  ])("with the line that is no UTF-8, and what to do, where lines end in %s", async (_, end) => {
    const reply = await send(Buffer.from(["title", "Mug", "K\xf6ln", "B\xf6r"].join(end), "latin1"));

    refusedWith(reply, 400, "validation_failed", { pointer: "", code: "encoding" });
    expect(reply.json.errors[0].message).toBe(
      "line 3 is not UTF-8. Save the file as UTF-8, or send it as text/csv; charset=windows-1252 if that is what it is",
    );
  });
  test.each([
    ["half a surrogate pair", marked([0xff, 0xfe], Buffer.from("a\nb\ud800\nc", "utf16le")), 2],
    ["half a character at its end", marked([0xff, 0xfe], Buffer.from("a\nbc", "utf16le").subarray(0, -1)), 2],
    ["UTF-16 without a mark", utf16le, 1],
    ["a NUL", Buffer.from("a\nb\nc\0"), 3],
  ])("for %s", async (_, bytes, line) => {
    const reply = await send(bytes);

    refusedWith(reply, 400, "validation_failed", { pointer: "", code: "encoding" });
    expect(reply.json.errors[0].message).toMatch(new RegExp(`^line ${line} (is|holds) .*[Ss]ave the file as UTF-8`));
  });
});
