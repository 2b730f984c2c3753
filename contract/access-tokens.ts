// What an access token is, for who signs one and for who verifies it.
import type { ServiceBroker } from "moleculer";
import { type Static, Type } from "typebox";
import type { Principal } from "./permissions.ts";

export const ACCESS_TOKEN = { algorithm: "ES256", typ: "at+jwt", use: "access" } as const;
/** A published key is known everywhere after this long; a dropped one is forgotten. */
export const KEYS_LIVE_SECONDS = 300;
export const ACCESS_TOKEN_SECONDS = 600;

/** A public key as RFC 7517 writes it. */
export const Jwk = Type.Object(
  {
    kty: Type.Literal("EC"),
    crv: Type.Literal("P-256"),
    x: Type.String(),
    y: Type.String(),
    kid: Type.String(),
    alg: Type.Literal("ES256"),
    use: Type.Literal("sig"),
  },
  { title: "Jwk" },
);
export type Jwk = Static<typeof Jwk>;

/**
 * Who the bearer of an access token is.
 * @param via the way to whoever publishes the keys
 * @throws TOKEN_INVALID or TOKEN_EXPIRED (401); what made the keys unreachable when there are none to decide with
 */
export type VerifyToken = (token: string, via: { readonly broker: ServiceBroker }) => Promise<Principal>;
