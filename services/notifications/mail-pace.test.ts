import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { mailPace } from "./mail-pace.ts";

test("few mails go out while the process has its hands full, and as many as usual when it has not", async () => {
  const most = mailPace();

  const until = performance.now() + 60;
  while (performance.now() < until);
  // Utilisation is told between turns of the event loop.
  await pause(0);
  const busy = most();
  await pause(60);
  const idle = most();

  expect([busy, idle]).toEqual([10, 100]);
});
