// Asks the running system everything that its published document allows, and what it forbids, and fails where an answer is not
// as published: `npm run fuzz -- path/to/schemathesis`. What is asked stands in schemathesis.toml; the same each time.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DEMO_ACCOUNTS } from "../../runtime/seed-shop.ts";
import { cleanUp, dataFolder, removeFolders, start } from "../support/program.ts";

const [schemathesis = "schemathesis"] = process.argv.slice(2);
const CONFIG = fileURLToPath(new URL("./schemathesis.toml", import.meta.url));

async function logIn(url: string, { email, password }: { email: string; password: string }): Promise<string> {
  const response = await fetch(`${url}/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  if (response.status !== 200) throw new Error(`${email} cannot log in: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { accessToken: string }).accessToken;
}

/** @returns the exit code of Schemathesis: 0 where nothing was found */
function fuzz(url: string, token: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const args = ["--config-file", CONFIG, "run", "--no-color", `${url}/openapi.json`];
  // Its cache and reports go where the run itself goes.
  const child = spawn(schemathesis, args, {
    cwd: dataFolder(),
    env: { ...process.env, TOKEN: token },
    stdio: ["ignore", "inherit", "inherit"],
  });
  child.once("error", reject);
  child.once("close", (code) => resolve(code ?? 1));
  return promise;
}

try {
  const program = await start({ DATA_DIR: dataFolder(), LOG_LEVEL: "error", RATE_LIMITS: "off" });
  await program.up();
  // Before anything is asked: wrong passwords that are tried for these accounts slow their logins down.
  const tokens = await Promise.all(
    Object.entries(DEMO_ACCOUNTS).map(async ([who, account]) => [who, await logIn(program.url, account)] as const),
  );
  const codes: number[] = [];
  for (const [who, token] of tokens) {
    console.log(`as ${who}`);
    codes.push(await fuzz(program.url, token));
  }
  await program.stop();
  process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
} finally {
  await cleanUp();
  await removeFolders();
}
