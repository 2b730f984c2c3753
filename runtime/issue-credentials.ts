// The root of trust, and the credentials that it gives to processes. The root key stays in the folder: it belongs where
// processes cannot read it.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { OPERATOR } from "../contract/contract.ts";
import { SERVICE_NAMES } from "../contract/contracts.ts";
import { certify, thumbprintOf } from "../middlewares/trust/certificates.ts";
import type { CredentialFile } from "./config-trust.ts";

/** Names of credentials -> the services that their processes may speak as. */
export type CredentialPlan = Readonly<Record<string, readonly string[]>>;

/** One for every service, one for whoever operates them, and one for a process that has everything. */
export const USUAL_PLAN: CredentialPlan = {
  ...Object.fromEntries(SERVICE_NAMES.map((name) => [name, [name]])),
  [OPERATOR]: [OPERATOR],
  all: [...SERVICE_NAMES, OPERATOR],
};

export interface IssuedCredentials {
  /** The settings that are the same for all. */
  root: string;
  busSecret: string;
  /** Name -> its file, for NODE_CREDENTIAL. */
  files: Readonly<Record<string, string>>;
}

/** Run again it keeps root and secret, and gives each process a new key and a new certificate. */
export function issueCredentials(
  folder: string,
  plan: CredentialPlan,
  { now, days }: { now: Date; days: number },
): IssuedCredentials {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const root = remembered(join(folder, "root-key.json"), () => JSON.stringify(newKey().export({ format: "jwk" })));
  const busSecret = remembered(join(folder, "bus-secret"), () => randomBytes(32).toString("hex"));
  const rootKey = createPrivateKey({ key: JSON.parse(root), format: "jwk" });
  const files = Object.entries(plan).map(([name, services]): [string, string] => {
    const key = newKey();
    const seconds = days * 86_400;
    const certificate = certify(rootKey, { services, key: createPublicKey(key) }, { now, seconds });
    const file = resolve(folder, `${name}.json`);
    writeSecret(file, JSON.stringify({ certificate, key: key.export({ format: "jwk" }) } satisfies CredentialFile));
    return [name, file];
  });
  return { root: thumbprintOf(createPublicKey(rootKey)), busSecret, files: Object.fromEntries(files) };
}

const newKey = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

function remembered(file: string, make: () => string): string {
  if (!existsSync(file)) writeSecret(file, make());
  return readFileSync(file, "utf8");
}

const writeSecret = (file: string, text: string) => writeFileSync(file, text, { mode: 0o600 });
