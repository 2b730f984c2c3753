// Garage as the S3 server: one node with one bucket and one key, its objects kept.

import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "minio";
import { choosePort, HOST } from "../choose-port.ts";
import { rememberSecret } from "../remember-secret.ts";
import type { Settings, StackServer, Surroundings } from "../server.ts";
import { type Launch, supervised } from "../supervise.ts";
import { garageConfig, REGION } from "./garage-config.ts";
import { installGarage, missingForGarage } from "./install-garage.ts";

const BUCKET = "commerce";

/** An S3 server with a bucket in it. */
export const garage: StackServer = { missing: missingForGarage, start: supervised(prepare) };

async function prepare(given: Surroundings): Promise<Launch> {
  const { folder } = given;
  const command = await installGarage(given);
  const secret = (name: string, prefix: string, bytes: number) =>
    rememberSecret(join(folder, name), () => `${prefix}${randomBytes(bytes).toString("hex")}`);
  const accessKey = secret("access-key", "GK", 12);
  const secretKey = secret("secret-key", "", 32);
  const port = await choosePort({ folder, purpose: "server", wanted: given.port });
  const rpcPort = await choosePort({ folder, purpose: "rpc" });
  const config = join(folder, "garage.toml");
  // Garage refuses a file with secrets that others may read.
  writeFileSync(config, garageConfig({ folder, port, rpcPort, rpcSecret: secret("rpc-secret", "", 32) }), {
    mode: 0o600,
  });
  return {
    command,
    args: ["--config", config, "server", "--single-node", "--default-bucket"],
    env: {
      GARAGE_DEFAULT_ACCESS_KEY: accessKey,
      GARAGE_DEFAULT_SECRET_KEY: secretKey,
      GARAGE_DEFAULT_BUCKET: BUCKET,
      RUST_LOG: "garage=info,netapp=warn",
    },
    settings: settingsOf(port, accessKey, secretKey),
    isReady: () => hasBucket(port, accessKey, secretKey),
  };
}

const settingsOf = (port: number, accessKey: string, secretKey: string): Settings => ({
  S3_ENDPOINT: `http://${HOST}:${port}`,
  S3_ACCESS_KEY: accessKey,
  S3_SECRET_KEY: secretKey,
  S3_BUCKET: BUCKET,
});

function hasBucket(port: number, accessKey: string, secretKey: string): Promise<boolean> {
  const client = new Client({ endPoint: HOST, port, useSSL: false, accessKey, secretKey, region: REGION });
  return client.bucketExists(BUCKET);
}
