// Credentials for tests: one root, and nodes that speak for the services they run.
import { generateKeyPairSync } from "node:crypto";
import { SERVICE_NAMES } from "../../contract/contracts.ts";
import { type Clock, systemClock } from "../../database/clock.ts";
import { certify, thumbprintOf } from "../../middlewares/trust/certificates.ts";
import { soloTrust, type Trust, type TrustSettings, trustOf } from "../../middlewares/trust/trust.ts";

/** Of a process that may speak for all. */
export const testTrust = (clock: Clock = systemClock): Trust => trustOf(soloTrust(SERVICE_NAMES, clock()), clock);

/** A root of its own. @returns a function that gives a process its credential */
export function testRoot(now = new Date()): (services: readonly string[]) => TrustSettings {
  const root = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return (services) => {
    const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const certificate = certify(root.privateKey, { services, key: own.publicKey }, { now, seconds: 3_600 });
    return { root: thumbprintOf(root.publicKey), credential: { certificate, key: own.privateKey } };
  };
}
