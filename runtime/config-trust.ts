// By what a process that others reach over Redis knows them, and proves itself to them. `npm run credentials` makes all of it.
import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { SERVICE_NAMES } from "../contract/contracts.ts";
import { readCertificate, thumbprintOf } from "../middlewares/trust/certificates.ts";
import { soloTrust, type TrustSettings } from "../middlewares/trust/trust.ts";
import { type Env, list } from "./config-values.ts";

/** A secret that could be guessed would be none: 32 random bytes as hexadecimal digits or base64 are longer. */
const SHORTEST_SECRET = 32;

export interface BusTrust {
  trust: TrustSettings;
  /** The first seals packets, all of them open some. Empty where there is no bus. */
  busSecrets: readonly string[];
}

/** The file that NODE_CREDENTIAL names. `key` is a private JWK. */
export interface CredentialFile {
  certificate: string;
  key: object;
}

/** @throws Error with a sentence that names the setting, and holds no secret */
export function readTrust(env: Env): BusTrust {
  // Alone, it has nobody to prove itself to but itself.
  if (env.REDIS_URL === undefined) return { trust: soloTrust(SERVICE_NAMES), busSecrets: [] };
  const busSecrets = list(env.BUS_SECRET);
  const { TRUST_ROOT: root, NODE_CREDENTIAL: file } = env;
  const missing = Object.entries({ BUS_SECRET: busSecrets[0], TRUST_ROOT: root, NODE_CREDENTIAL: file })
    .filter(([, value]) => !value)
    .map(([name]) => name);
  if (root === undefined || file === undefined || missing.length > 0) {
    const sentence = "REDIS_URL joins processes that must know each other";
    throw new Error(`${sentence}: give ${missing.join(", ")}, which npm run credentials makes`);
  }
  if (busSecrets.some((secret) => secret.length < SHORTEST_SECRET))
    throw new Error(`BUS_SECRET is shorter than ${SHORTEST_SECRET} characters`);
  return { trust: { root, credential: readCredential(file, root) }, busSecrets };
}

function readCredential(file: string, root: string): TrustSettings["credential"] {
  try {
    const { certificate, key: jwk } = JSON.parse(readFileSync(file, "utf8")) as CredentialFile;
    const key = createPrivateKey({ key: jwk as never, format: "jwk" });
    const certified = readCertificate(certificate, root, new Date());
    if (thumbprintOf(certified.key) !== thumbprintOf(createPublicKey(key)))
      throw new Error("its key is not the one of its certificate");
    return { certificate, key };
  } catch (cause) {
    throw new Error(`NODE_CREDENTIAL (${file}) is of no use: ${(cause as Error).message}`, { cause });
  }
}

/** @throws Error with a sentence where the process runs a service that it may not speak as: its calls would all be refused */
export function assertSpeaksFor({ root, credential }: TrustSettings, services: readonly string[]): void {
  const certified = readCertificate(credential.certificate, root, new Date());
  const others = services.filter((name) => !certified.services.includes(name));
  if (others.length > 0)
    throw new Error(`NODE_CREDENTIAL does not speak for ${others.join(", ")}, which SERVICES names`);
}
