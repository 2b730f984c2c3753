import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "@jest/globals";
import { Type } from "typebox";
import type { ServiceContract } from "../contract.ts";
import { contracts } from "../contracts.ts";
import { describeEvents, describeSchema } from "./describe-events.ts";
import { CATALOGUE_FILE, catalogueText, eventsOf, type PublishedEvent, readCatalogue } from "./event-catalogue.ts";
import { findIncompatibilities } from "./event-compatibility.ts";
import { eventCatalogue } from "./events.ts";
import { publishCatalogue } from "./publish-catalogue.ts";

const folder = mkdtempSync(join(tmpdir(), "event-catalogue-"));
afterAll(() => rmSync(folder, { recursive: true }));
const sold = (schema: object): PublishedEvent => ({ topic: "commerce.mugs.v1", name: "mugs.sold", schema });

describe("the events of the contracts", () => {
  test("are compatible with those that are published", () => {
    expect(findIncompatibilities(readCatalogue(CATALOGUE_FILE), eventsOf(contracts))).toEqual([]);
  });
  test("are those that are published", () => {
    const isPublished = readFileSync(CATALOGUE_FILE, "utf8") === catalogueText(eventsOf(contracts));

    expect(isPublished ? "nothing to do" : "to do: npm run events -- --write").toBe("nothing to do");
  });
  test("are those that can be recorded", () => {
    expect(eventsOf(contracts).map(({ name, topic }) => [name, topic])).toEqual(
      [...eventCatalogue.values()].map(({ name, topic }) => [name, topic]),
    );
  });
  test("need a topic", () => {
    const mugs: ServiceContract = {
      name: "mugs",
      domain: "catalog",
      errors: {},
      actions: {},
      events: { sold: Type.Object({}) },
    };

    expect(() => eventsOf({ mugs })).toThrow("mugs has events, but its contract names no topic for them");
  });
});

describe("the published file", () => {
  test("does not change with the order or the words of a contract", () => {
    const note = Type.Optional(Type.String({ description: "In the customer's words" }));
    const before = [sold(Type.Object({ title: Type.String(), note })), { ...sold({}), name: "mugs.broken" }];
    const after = [{ ...sold({}), name: "mugs.broken" }, sold(Type.Object({ note, title: Type.String() }))];

    expect(catalogueText(after)).toBe(catalogueText(before));
    expect(catalogueText(before)).not.toContain("customer's words");
  });
  test("keeps a property that is called like an annotation", () => {
    const [event] = JSON.parse(catalogueText([sold(Type.Object({ title: Type.String() }, { title: "Sale" }))]));

    expect(event.schema).toEqual({ type: "object", properties: { title: { type: "string" } }, required: ["title"] });
  });
  test("keeps the words of a literal", () => {
    const schema = { const: { title: "Blue mug" } };

    expect(JSON.parse(catalogueText([sold(schema)]))[0].schema).toEqual(schema);
  });
  test("is read back as what was published", () => {
    const file = join(folder, "read-back.json");
    const events = eventsOf(contracts);

    publishCatalogue(file, events);

    expect(readFileSync(file, "utf8")).toMatch(/[^\n]\n$/);
    expect(catalogueText(readCatalogue(file))).toBe(catalogueText(events));
  });
  test("grows by what is compatible", () => {
    const file = join(folder, "grows.json");
    publishCatalogue(file, [sold(Type.Object({}))]);

    publishCatalogue(file, [sold(Type.Object({ note: Type.Optional(Type.String()) }))]);

    expect(readFileSync(file, "utf8")).toContain("note");
  });
  test("is left alone when the promise would break", () => {
    const file = join(folder, "stays.json");
    publishCatalogue(file, [sold(Type.Object({ sku: Type.String() }))]);
    const before = readFileSync(file, "utf8");

    expect(() => publishCatalogue(file, [sold(Type.Object({}))])).toThrow(
      "The published events would break; give what must be different a new event's name.\n" +
        "  mugs.sold: data.sku is removed",
    );
    expect(readFileSync(file, "utf8")).toBe(before);
  });
  test("that is damaged is not taken for one that is missing", () => {
    expect(() => readCatalogue(fileURLToPath(import.meta.url))).toThrow(SyntaxError);
    expect(readCatalogue(join(folder, "missing.json"))).toEqual([]);
  });
});

describe("in short", () => {
  test.each([
    ["uuid | null", Type.Union([Type.String({ format: "uuid" }), Type.Null()])],
    ["NEW | SOLD", Type.Enum(["NEW", "SOLD"])],
    ['"GBP"', Type.Literal("GBP")],
    ["string[]", Type.Array(Type.String())],
    ["(string | null)[]", Type.Array(Type.Union([Type.String(), Type.Null()]))],
    [
      "{ sku: string, note?: string }[]",
      Type.Array(Type.Object({ sku: Type.String(), note: Type.Optional(Type.String()) })),
    ],
    ["anything", Type.Unknown()],
  ])("a schema is %s", (words, schema) => {
    expect(describeSchema(schema as object)).toBe(words);
  });
  test("the events stand under their topics, in lines that fit a terminal", () => {
    const fields = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`measurement${i}`, Type.Integer()]));

    expect(describeEvents([sold(Type.Object(fields)), { ...sold({}), name: "mugs.broken" }]).split("\n")).toEqual([
      "2 events on 1 topics; ? marks what may be absent",
      "",
      "commerce.mugs.v1",
      "  mugs.sold",
      "      measurement0: integer, measurement1: integer, measurement2: integer, measurement3: integer,",
      "      measurement4: integer, measurement5: integer, measurement6: integer, measurement7: integer,",
      "      measurement8: integer",
      "  mugs.broken",
    ]);
  });
});

describe("npm run events", () => {
  const program = fileURLToPath(new URL("../../runtime/print-events.ts", import.meta.url));
  const run = (...args: string[]) =>
    new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, ["--disable-warning=ExperimentalWarning", program, ...args], (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stdout, stderr }),
      );
    });

  test("prints every event", async () => {
    expect(await run()).toEqual({ code: 0, stdout: `${describeEvents(eventsOf(contracts))}\n`, stderr: "" });
  });
  test("prints them for programs", async () => {
    const { stdout } = await run("--json");

    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(eventsOf(contracts))));
  });
  test("answers what it does not understand with a sentence", async () => {
    const answer = await run("--jsno");

    expect(answer).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/^Unknown option '--jsno'.*\n$/),
    });
  });
});
