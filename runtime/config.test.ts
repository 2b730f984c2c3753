import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readConfig } from "./config.ts";

const BROKERS = { KAFKA_BROKERS: "one:9092, two:9092" };
let folder: string;
let ca: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "config-"));
  ca = join(folder, "ca.pem");
  writeFileSync(ca, "PEM");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("events stay within the process where no Kafka is named, and where it is said so", () => {
  expect(readConfig({})).toMatchObject({ eventDriver: "local", kafka: undefined });
  expect(readConfig({ ...BROKERS, EVENT_DRIVER: "local" })).toMatchObject({ eventDriver: "local", kafka: undefined });
});

test("a Kafka that is named is used, without TLS or a login unless they are given", () => {
  expect(readConfig(BROKERS)).toMatchObject({
    eventDriver: "kafka",
    kafka: { brokers: ["one:9092", "two:9092"], sasl: undefined, tls: undefined, partitions: 3, replicas: 1 },
  });
});

test("a login and TLS are read as a whole", () => {
  const login = { KAFKA_SASL_USERNAME: "shop", KAFKA_SASL_PASSWORD: "a, secret" };
  const kafkaOf = (env: Record<string, string>) => readConfig({ ...BROKERS, ...env }).kafka;

  expect(kafkaOf({ ...login, KAFKA_TLS: "true" })).toMatchObject({
    sasl: { mechanism: "scram-sha-512", username: "shop", password: "a, secret" },
    tls: true,
  });
  expect(kafkaOf({ ...login, KAFKA_SASL_MECHANISM: "PLAIN" })?.sasl?.mechanism).toBe("plain");
  expect(kafkaOf({ KAFKA_TLS_CA: ca })?.tls).toEqual({ ca: "PEM" });
  expect(kafkaOf({ KAFKA_TLS: "false", KAFKA_TLS_CA: ca })?.tls).toBeUndefined();
});

test.each<[string | undefined, string]>([
  [undefined, "UTC"],
  ["", "UTC"],
  ["Europe/Berlin", "Europe/Berlin"],
  ["europe/BERLIN", "Europe/Berlin"],
  ["Asia/Kathmandu", "Asia/Kathmandu"],
  ["America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"],
])("SHOP_TIME_ZONE %p is %s", (SHOP_TIME_ZONE, timeZone) => {
  expect(readConfig({ SHOP_TIME_ZONE }).timeZone).toBe(timeZone);
});

test.each<[Record<string, string>, RegExp]>([
  [{ EVENT_DRIVER: "kafka" }, /give KAFKA_BROKERS/],
  [{ EVENT_DRIVER: "rabbit" }, /EVENT_DRIVER may be kafka, local/],
  [{ ...BROKERS, KAFKA_SASL_USERNAME: "shop" }, /KAFKA_SASL_PASSWORD/],
  [
    { ...BROKERS, KAFKA_SASL_USERNAME: "a", KAFKA_SASL_PASSWORD: "b", KAFKA_SASL_MECHANISM: "gssapi" },
    /KAFKA_SASL_MECHANISM/,
  ],
  [{ ...BROKERS, KAFKA_TLS: "yes" }, /KAFKA_TLS may be true, false/],
  [{ SMTP_URL: "mail.example.com:25" }, /^SMTP_URL must begin with smtp:\/\/ or smtps:\/\/$/],
  [{ SHOP_TIME_ZONE: "Berlin" }, /^SHOP_TIME_ZONE must be the IANA name of a time zone, .*not Berlin$/],
  [{ SHOP_TIME_ZONE: "+01:00" }, /^SHOP_TIME_ZONE must be the IANA name/],
  ...["/orders/{id}", "https://shop.example/orders", "ftp://shop.example/{id}", "https://{id}:no port/"].map(
    (url): [Record<string, string>, RegExp] => [{ SHOP_ORDER_URL: url }, /^SHOP_ORDER_URL must begin with/],
  ),
  // The others would never hear of this process's events.
  [{ SERVICES: "orders", REDIS_URL: "redis://127.0.0.1" }, /give KAFKA_BROKERS/],
])("%j stops the start with a sentence", (env, sentence) => {
  expect(() => readConfig(env)).toThrow(sentence);
});
