import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { choosePort, HOST } from "./choose-port.ts";

let folder: string;
const open: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stack-"));
});
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

async function take(port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, HOST, resolve));
  open.push(server);
  return (server.address() as AddressInfo).port;
}

test("chooses the same port again, so that settings outlive a restart", async () => {
  const first = await choosePort({ folder, purpose: "server" });

  expect(await choosePort({ folder, purpose: "server" })).toBe(first);
});

test("chooses another one when somebody took the last", async () => {
  const first = await choosePort({ folder, purpose: "server" });
  await take(first);

  const second = await choosePort({ folder, purpose: "server" });

  expect(second).not.toBe(first);
  expect(await choosePort({ folder, purpose: "server" })).toBe(second);
});

test("refuses a wanted port that is taken rather than listen elsewhere", async () => {
  const wanted = await take(0);

  await expect(choosePort({ folder, purpose: "server", wanted })).rejects.toThrow(`port ${wanted} is taken`);
});
