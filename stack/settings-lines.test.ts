import { expect, test } from "@jest/globals";
import { settingsLines } from "./settings-lines.ts";

test("writes the template of a URL as a shell reads it back", () => {
  const url = "postgres://commerce_{service}:abc@127.0.0.1:5432/commerce_{service}";

  expect(settingsLines({ DATABASE_URL: url, KAFKA_BROKERS: "127.0.0.1:9092" })).toBe(
    `DATABASE_URL=${url}\nKAFKA_BROKERS=127.0.0.1:9092\n`,
  );
});

test("quotes what a shell would take apart", () => {
  expect(settingsLines({ S3_BUCKET: "two words; $HOME #1" })).toBe("S3_BUCKET='two words; $HOME #1'\n");
});

test("refuses a value that no line can hold", () => {
  expect(() => settingsLines({ S3_SECRET_KEY: "it's" })).toThrow("S3_SECRET_KEY has a quote or a line break");
  expect(() => settingsLines({ S3_SECRET_KEY: "a\nb" })).toThrow("S3_SECRET_KEY has a quote or a line break");
});
