// What a service says about itself or its data, signed with the key of its process and carrying the certificate of that key:
// whoever hears it can check it with nothing but the root's fingerprint.
import type { KeyObject } from "node:crypto";
import jwt from "jsonwebtoken";
import { readCertificate, SKEW_SECONDS } from "./certificates.ts";

/** What a process signs with. */
export interface Credential {
  certificate: string;
  key: KeyObject;
}

/** `call`: who asks for an internal action. `keys`: the public keys of access tokens. Never one in the place of the other. */
export type Subject = "call" | "keys";
const typOf = (subject: Subject) => `service-${subject}+jwt`;
const ALGORITHM = "ES256";

export interface Heard {
  /** The service that says so. */
  service: string;
  claims: Readonly<Record<string, unknown>>;
  /** Seconds since 1970. */
  exp: number;
}

export function sayAs(
  { certificate, key }: Credential,
  said: { service: string; subject: Subject; claims: object; seconds: number },
  now: Date,
): string {
  const iat = Math.floor(now.getTime() / 1_000);
  const header = { alg: ALGORITHM, typ: typOf(said.subject), crt: certificate };
  return jwt.sign({ ...said.claims, iss: said.service, iat, exp: iat + said.seconds }, key, {
    algorithm: ALGORITHM,
    header: header as jwt.JwtHeader,
  });
}

/**
 * @param root thumbprint of the root key
 * @throws Error with a sentence for a statement of another kind, of nobody certified, by a service that its process may not
 *   speak as, or of another time
 */
export function hear(statement: string, subject: Subject, root: string, now: Date): Heard {
  const { header } = jwt.decode(statement, { complete: true }) ?? {};
  const { typ, crt } = (header ?? {}) as { typ?: string; crt?: string };
  if (typ !== typOf(subject) || typeof crt !== "string") throw new Error(`This is no statement of kind "${subject}"`);
  const { services, key } = readCertificate(crt, root, now);
  const claims = jwt.verify(statement, key, {
    algorithms: [ALGORITHM],
    clockTimestamp: Math.floor(now.getTime() / 1_000),
    clockTolerance: SKEW_SECONDS,
  }) as jwt.JwtPayload;
  const { iss, iat, exp } = claims;
  if (iss === undefined || iat === undefined || exp === undefined) throw new Error("The statement lacks who or when");
  if (iat > now.getTime() / 1_000 + SKEW_SECONDS) throw new Error("The statement comes from the future");
  if (!services.includes(iss)) throw new Error(`The process may not speak as ${iss}`);
  return { service: iss, claims, exp };
}
