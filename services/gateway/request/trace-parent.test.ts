import { describe, expect, test } from "@jest/globals";
import { openShop } from "../testing/start-shop.ts";
import { traceParentOf } from "./trace-parent.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const FORM = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

test("a request is a new span in its caller's trace, recorded or not as the caller decided", () => {
  for (const flags of ["00", "01"]) {
    const own = traceParentOf(`00-${TRACE}-${SPAN}-${flags}`);

    expect(own).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-${flags}$`));
    expect(own).not.toContain(SPAN);
  }
});

test.each([
  ["no header", undefined],
  ["another version", `01-${TRACE}-${SPAN}-01`],
  ["the version that must not be", `ff-${TRACE}-${SPAN}-01`],
  ["capital letters", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ["a trace of nothing but zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
  ["a span of nothing but zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
  ["something behind it", `00-${TRACE}-${SPAN}-01-extra`],
  ["a line of its own", `00-${TRACE}-${SPAN}-01\n`],
  ["a short trace", `00-${TRACE.slice(1)}-${SPAN}-01`],
  ["two of them", `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
])("%s begins a trace of its own", (_what, header) => {
  const own = traceParentOf(header);

  expect(own).toMatch(FORM);
  expect(own).not.toContain(TRACE);
});

test("no two requests are the same span", () => {
  const made = Array.from({ length: 1_000 }, () => traceParentOf(undefined));

  expect(new Set(made.map((each) => each.slice(3, 35))).size).toBe(1_000);
  expect(new Set(made.map((each) => each.slice(36, 52))).size).toBe(1_000);
  expect(made.filter((each) => /-0{16}-|-0{32}-/.test(each))).toEqual([]);
});

describe("the trace", () => {
  test("travels to the services", async () => {
    await using shop = await openShop();

    const { json } = await shop.ask("GET", "/v1/mugs", { headers: { traceparent: `00-${TRACE}-${SPAN}-01` } });

    expect(json.meta.traceparent).toMatch(new RegExp(`^00-${TRACE}-`));
  });
});
