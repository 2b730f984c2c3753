import { CannotReplay } from "../errors.ts";
import type { Answer, HttpClient } from "./http-client.ts";
import { Refusal } from "./refusal.ts";
import { sendPatiently } from "./send-patiently.ts";

export type Account = { email: string; password: string };

type Tokens = { accessToken: string; expiresIn: number; refreshToken: string };

/** `token` is good for a while yet; `renew` replaces one that the server refused. */
export type StaffSession = { token(): Promise<string>; renew(refused: string): Promise<void> };

/**
 * Logs in and stays logged in. Refresh tokens rotate, and one used twice ends the session for everybody, so there is
 * one refresh at a time. Where a refresh fails (its answer may have been lost on the way), it logs in again.
 *
 * @throws CannotReplay when the server is not there or does not know the account
 */
export async function logIn(http: HttpClient, account: Account, patienceMs: number): Promise<StaffSession> {
  let tokens = await firstLogin(http, account, patienceMs);
  let renewAt = renewalOf(tokens);
  let renewing: Promise<void> | undefined;

  const exchange = async () => {
    const body = { refreshToken: tokens.refreshToken };
    const refreshed = await http.send({ method: "POST", path: "/v1/auth/refresh", body }).catch(() => undefined);
    tokens = refreshed?.status === 200 ? (refreshed.body as Tokens) : await login(http, account, patienceMs);
    renewAt = renewalOf(tokens);
  };
  const renewOnce = () => {
    renewing ??= exchange().finally(() => {
      renewing = undefined;
    });
    return renewing;
  };

  return {
    async token() {
      if (renewing || Date.now() >= renewAt) await renewOnce();
      return tokens.accessToken;
    },
    async renew(refused) {
      if (refused === tokens.accessToken) await renewOnce();
    },
  };
}

/** Does not wait for a server that is not there: at this point that is most likely a wrong address. */
async function firstLogin(http: HttpClient, account: Account, patienceMs: number): Promise<Tokens> {
  try {
    await http.send({ method: "GET", path: "/health/live" });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw new CannotReplay(`The server is not reachable (${reason}). Is it running, and is --url right?`);
  }
  return login(http, account, patienceMs);
}

async function login(http: HttpClient, { email, password }: Account, patienceMs: number): Promise<Tokens> {
  const { answer } = await sendPatiently(
    () => http.send({ method: "POST", path: "/v1/auth/login", body: { email, password } }),
    patienceMs,
  );
  if (answer.status !== 200) throw new CannotReplay(`${refusedLogin(email, answer)}.`);
  const tokens = answer.body as Tokens | undefined;
  if (!tokens?.accessToken) throw new CannotReplay("What answers at --url is not the shop: its login gave no token.");
  return tokens;
}

function refusedLogin(email: string, answer: Answer): string {
  return `Login as ${email} failed: ${new Refusal("the server", answer).message}`;
}

function renewalOf(tokens: Tokens): number {
  return Date.now() + tokens.expiresIn * 1000 * 0.8;
}
