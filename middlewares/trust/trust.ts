// What one process trusts and can prove: the root's fingerprint, and its own credential. Calls of the same pair of services use
// one signature for a while, and one check, so that a call costs neither.
import { generateKeyPairSync } from "node:crypto";
import { OPERATOR } from "../../contract/contract.ts";
import type { Clock } from "../../database/clock.ts";
import { certify, thumbprintOf } from "./certificates.ts";
import { type Credential, type Heard, hear, sayAs } from "./statements.ts";

/** A signature is good for this long, and used for half of it. */
export const CALL_SECONDS = 60;
const KEY_SET_SECONDS = 600;
const REMEMBERED = 1_000;

export interface TrustSettings {
  /** Thumbprint of the root key. */
  root: string;
  credential: Credential;
}

export interface Trust {
  /** Proves to the service that is called who calls it. @throws Error where this process may not speak as the caller */
  signCall(caller: string, callee: string): string;
  /** The service that calls. @throws Error for what proves nothing to this callee */
  whoCalls(proof: string, callee: string): string;
  /** Public keys, said by the auth service. */
  signKeys(keys: readonly object[]): string;
  /** @throws Error for keys that no auth service of ours has said */
  readKeys(statement: string): readonly unknown[];
}

export function trustOf({ root, credential }: TrustSettings, clock: Clock): Trust {
  const signed = new Map<string, { proof: string; until: number }>();
  const checked = new Map<string, Heard>();

  return {
    signCall(caller, callee) {
      const now = clock();
      const pair = `${caller}>${callee}`;
      const known = signed.get(pair);
      if (known !== undefined && now.getTime() < known.until) return known.proof;
      const said = { service: caller, subject: "call", claims: { aud: callee }, seconds: CALL_SECONDS } as const;
      const proof = sayAs(credential, said, now);
      signed.set(pair, { proof, until: now.getTime() + (CALL_SECONDS * 1_000) / 2 });
      return proof;
    },
    whoCalls(proof, callee) {
      const now = clock();
      let heard = checked.get(proof);
      if (heard === undefined || heard.exp <= now.getTime() / 1_000) {
        heard = hear(proof, "call", root, now);
        if (checked.size >= REMEMBERED) checked.clear();
        checked.set(proof, heard);
      }
      if (heard.claims.aud !== callee) throw new Error(`The proof is for ${heard.claims.aud}`);
      return heard.service;
    },
    signKeys: (keys) =>
      sayAs(credential, { service: "auth", subject: "keys", claims: { keys }, seconds: KEY_SET_SECONDS }, clock()),
    readKeys(statement) {
      const { service, claims } = hear(statement, "keys", root, clock());
      if (service !== "auth" || !Array.isArray(claims.keys))
        throw new Error(`${service} does not say which keys are good`);
      return claims.keys;
    },
  };
}

/** For a process that has everything in it: a root of its own, that nobody else has to trust. */
export function soloTrust(services: readonly string[], now = new Date()): TrustSettings {
  const root = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const names = [...services, OPERATOR];
  const certificate = certify(
    root.privateKey,
    { services: names, key: own.publicKey },
    { now, seconds: 10 * 365 * 86_400 },
  );
  return { root: thumbprintOf(root.publicKey), credential: { certificate, key: own.privateKey } };
}
