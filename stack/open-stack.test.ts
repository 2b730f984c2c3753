import { expect, test } from "@jest/globals";
import { openStack } from "./open-stack.ts";
import type { RunningServer, StackServer, Surroundings } from "./server.ts";

const surroundings = (servers: Record<string, StackServer>, said: string[] = []) => ({
  servers,
  ports: {},
  dataDir: "/nowhere",
  cacheDir: "/nowhere",
  env: {},
  log: (line: string) => void said.push(line.replace(/[\d.]+ s$/, "… s")),
  onLoss: (name: string, how: string) => void said.push(`${name} lost: ${how}`),
});

function fakeServer(name: string, happened: string[]): StackServer & { die(how: string): void } {
  const { promise: exited, resolve: die } = Promise.withResolvers<string>();
  const stop = async () => {
    happened.push(`${name} stopped`);
    die("asked to");
  };
  const running: RunningServer = { settings: { [name]: "up" }, exited, stop };
  return { missing: () => [], start: async () => running, die };
}

const failing: StackServer = {
  missing: () => [],
  start: async () => {
    throw new Error("no room");
  },
};

test("gives the settings of all servers when all of them are ready", async () => {
  const happened: string[] = [];
  const stack = openStack(surroundings({ a: fakeServer("A", happened), b: fakeServer("B", happened) }));

  expect(await stack.ready).toEqual({ A: "up", B: "up" });
  await stack.stop();
  expect(happened).toEqual(["A stopped", "B stopped"]);
});

test("stops those that came up when one does not", async () => {
  const happened: string[] = [];
  const stack = openStack(surroundings({ a: fakeServer("A", happened), b: failing }));

  await expect(stack.ready).rejects.toThrow("b did not start: no room");
  await stack.stop();
  expect(happened).toEqual(["A stopped"]);
});

test("tells a start that is under way to give up", async () => {
  const slow: StackServer = {
    missing: () => [],
    start: ({ signal }: Surroundings) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  };
  const stack = openStack(surroundings({ slow }));
  const ready = expect(stack.ready).rejects.toThrow("slow did not start: the stack was stopped");

  await stack.stop();

  await ready;
});

test("reports a server that ends by itself, and none that is told to", async () => {
  const said: string[] = [];
  const [a, b] = [fakeServer("A", []), fakeServer("B", [])];
  const stack = openStack(surroundings({ a, b }, said));
  await stack.ready;

  a.die("SIGKILL");
  await new Promise(setImmediate);
  await stack.stop();

  expect(said).toEqual(["a: ready after … s", "b: ready after … s", "a lost: SIGKILL"]);
});

test("names all that is missing before it starts anything", () => {
  const needing = (program: string): StackServer => ({
    missing: () => [{ program, advice: `apt-get install ${program}` }],
    start: () => Promise.reject(new Error("must not be started")),
  });

  expect(() => openStack(surroundings({ kafka: needing("java"), redis: needing("redis-server") }))).toThrow(
    "kafka needs java: apt-get install java\nredis needs redis-server: apt-get install redis-server\n",
  );
});
