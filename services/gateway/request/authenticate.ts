// Who is asking, decided before anything of the body is read.
import type { VerifyToken } from "../../../contract/access-tokens.ts";
import { type Admission, admit } from "../../../middlewares/access.ts";
import { refuse } from "../errors.ts";

// The characters of RFC 6750; the length is far above any token of ours.
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]{1,8192}=*)$/i;

/**
 * The token of the request once it is verified and allowed to do this; undefined where nobody signed in and none need.
 * A bad token is refused on public routes as well, but for those that look at none: whoever sends one believes to be signed in.
 * @throws UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, REAUTHENTICATION_REQUIRED (401), FORBIDDEN (403)
 */
export async function authenticate(
  authorization: string | undefined,
  wanted: Admission,
  verify: VerifyToken,
  via: Parameters<VerifyToken>[1],
  now: Date,
): Promise<string | undefined> {
  if (authorization === undefined) {
    admit(wanted, undefined, now);
    return undefined;
  }
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw refuse("token_invalid");
  admit(wanted, await verify(token, via), now);
  return token;
}
