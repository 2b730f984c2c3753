// Who is asking, decided before anything of the body is read.
import type { VerifyToken } from "../../../contract/access-tokens.ts";
import type { Principal } from "../../../contract/permissions.ts";
import { type Admission, admit } from "../../../middlewares/access.ts";
import { refuse } from "../errors.ts";
import type { Turn } from "../limits/rate-limiter.ts";

// The characters of RFC 6750; the length is far above any token of ours.
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]{1,8192}=*)$/i;

/**
 * The token of the request once it is verified and allowed to do this; undefined where nobody signed in and none need.
 * A bad token is refused on public routes as well, but for those that look at none: whoever sends one believes to be signed in.
 * @param turn counts the request against whoever it turns out to be from; a network that has nothing left has no token verified
 * @throws UNAUTHENTICATED, TOKEN_INVALID, TOKEN_EXPIRED, REAUTHENTICATION_REQUIRED (401), FORBIDDEN (403), RATE_LIMITED (429)
 */
export async function authenticate(
  authorization: string | undefined,
  wanted: Admission,
  verify: VerifyToken,
  via: Parameters<VerifyToken>[1],
  turn: Turn,
  now: Date,
): Promise<string | undefined> {
  if (authorization === undefined) {
    await turn.asClient();
    admit(wanted, undefined, now);
    return undefined;
  }
  turn.assertOpen();
  const token = BEARER.exec(authorization)?.[1];
  let principal: Principal;
  try {
    if (token === undefined) throw refuse("token_invalid");
    principal = await verify(token, via);
  } catch (error) {
    await turn.asUnproven();
    throw error;
  }
  await turn.as(principal);
  admit(wanted, principal, now);
  return token;
}
