import { expect, test } from "@jest/globals";
import { securityFigures, tellSecurity } from "./tell-security.ts";

function listening() {
  const lines: [level: string, module: string, line: string][] = [];
  const getLogger = (module: string) =>
    ({
      info: (line: string) => lines.push(["info", module, line]),
      warn: (line: string) => lines.push(["warn", module, line]),
    }) as never;
  return { lines, broker: { getLogger } };
}

test("an event is one line of JSON with who, what, when, from where and how it ended", () => {
  const { lines, broker } = listening();
  const request = { broker, requestID: "request-1", locals: { principal: { id: "ada" } } };

  tellSecurity({ ...request, meta: { clientAddress: "10.0.0.1" } }, "role_change", { outcome: "ok", target: "bob" });

  const [[level, module, line] = ["", "", ""]] = lines;
  expect([level, module]).toEqual(["info", "SECURITY"]);
  expect(JSON.parse(line)).toEqual({
    event: "role_change",
    outcome: "ok",
    target: "bob",
    who: "ada",
    from: "10.0.0.1",
    requestId: "request-1",
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
});

test("nothing that a client chose begins a line or reaches a terminal as a command", () => {
  const { lines, broker } = listening();
  const reason = "a\r\nb\u001b[31m\u0085\u2028\u{1f600}";

  tellSecurity({ broker }, "login", { outcome: "refused", reason });

  const line = lines[0]?.[2] ?? "";
  expect(line).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(line).reason).toBe(reason);
});

test("events are counted by kind and outcome", async () => {
  const { broker } = listening();
  securityFigures.resetMetrics();

  tellSecurity({ broker }, "login", { outcome: "refused" });
  tellSecurity({ broker }, "login", { outcome: "refused" });

  expect(await securityFigures.metrics()).toContain(
    'commerce_security_events_total{event="login",outcome="refused"} 2',
  );
});
