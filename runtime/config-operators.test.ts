import { expect, test } from "@jest/globals";
import { readOperators } from "./config-operators.ts";

test("operators are served on this machine alone unless told otherwise", () => {
  expect(readOperators({})).toEqual({ host: "127.0.0.1", port: 9464, chosen: false, token: undefined });
});

test.each(["localhost", "127.0.0.9", "::1"])("%s needs no token", (host) => {
  expect(readOperators({ METRICS_HOST: host })).toMatchObject({ host, token: undefined });
});

test.each(["0.0.0.0", "::", "10.0.0.7", "127.example.com", "metrics"])("%s without a token stops the start", (host) => {
  expect(() => readOperators({ METRICS_HOST: host })).toThrow(/^METRICS_HOST is .+: give METRICS_TOKEN/);
  const token = "a-token-of-this-test";
  expect(readOperators({ METRICS_HOST: host, METRICS_TOKEN: token })).toMatchObject({ host, token });
});

test.each(["short", "with blanks in the middle"])("the token %j is refused without being repeated", (token) => {
  expect(() => readOperators({ METRICS_TOKEN: token })).toThrow(/^METRICS_TOKEN must be 16 or more [^"]+$/);
  expect(() => readOperators({ METRICS_TOKEN: token })).not.toThrow(token);
});
