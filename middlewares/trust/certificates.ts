// Who may speak as which service. A root key, which no process holds, signs one certificate for each process: its public key and
// the services that it may speak as. Every process knows the root by its fingerprint alone, from its own configuration, so nobody
// who merely reaches the bus can make himself a service, and no answer on the bus can replace the root.
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import jwt from "jsonwebtoken";

const CERTIFICATE = { algorithm: "ES256", typ: "service-certificate+jwt" } as const;
/** Clocks of two machines may differ by this much. */
export const SKEW_SECONDS = 60;

export interface Certified {
  /** Names of services, among them perhaps `operator`. */
  services: readonly string[];
  key: KeyObject;
  /** Seconds since 1970. */
  exp: number;
}

/** The SHA-256 thumbprint of an EC key as RFC 7638 has it, base64url: 43 characters. */
export function thumbprintOf(key: KeyObject): string {
  const { crv, kty, x, y } = key.export({ format: "jwk" }) as JsonWebKey;
  return createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
}

/** @param root private key of the root @param key public key of the process */
export function certify(
  root: KeyObject,
  { services, key }: { services: readonly string[]; key: KeyObject },
  { now, seconds }: { now: Date; seconds: number },
): string {
  const { algorithm, typ } = CERTIFICATE;
  const iat = Math.floor(now.getTime() / 1_000);
  // The key confirmed is RFC 7800's `cnf`.
  const claims = { services, cnf: { jwk: key.export({ format: "jwk" }) }, iat, exp: iat + seconds };
  const header = { alg: algorithm, typ, jwk: createPublicKey(root).export({ format: "jwk" }) };
  return jwt.sign(claims, root, { algorithm, header: header as jwt.JwtHeader });
}

/**
 * @param root thumbprint of the root key
 * @throws Error with a sentence for a certificate that this root did not sign, or not for now
 */
export function readCertificate(certificate: string, root: string, now: Date): Certified {
  const { header } = jwt.decode(certificate, { complete: true }) ?? {};
  const { typ, jwk } = (header ?? {}) as { typ?: string; jwk?: JsonWebKey };
  if (typ !== CERTIFICATE.typ || jwk === undefined) throw new Error("This is no certificate of a service");
  const rootKey = createPublicKey({ key: jwk, format: "jwk" });
  // The key comes with the certificate and is believed for its thumbprint alone.
  if (thumbprintOf(rootKey) !== root) throw new Error("The certificate is not signed by the root that is trusted here");
  const claims = jwt.verify(certificate, rootKey, {
    algorithms: [CERTIFICATE.algorithm],
    clockTimestamp: Math.floor(now.getTime() / 1_000),
    clockTolerance: SKEW_SECONDS,
  }) as jwt.JwtPayload;
  const { services, cnf, exp } = claims as { services?: unknown; cnf?: { jwk?: JsonWebKey }; exp?: number };
  if (!Array.isArray(services) || cnf?.jwk === undefined || exp === undefined)
    throw new Error("The certificate does not say for whom and until when it is");
  return { services, key: createPublicKey({ key: cnf.jwk, format: "jwk" }), exp };
}
