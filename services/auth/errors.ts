import { Errors } from "moleculer";
import { refusal } from "../../contract/contract.ts";
import { sharing } from "../../contract/refusals.ts";
import { auth } from "./auth.contract.ts";

/** Never leaves the service: nobody is told who has an account. */
export const emailTaken = () => refusal({ errors: sharing("email_taken") }, "email_taken");
export const weakPassword = (reason: string) =>
  refusal(auth, "weak_password", undefined, {
    errors: [{ pointer: "/password", code: "weak_password", message: reason }],
  });
export const invalidCredentials = () => refusal(auth, "invalid_credentials");
export const tooManyAttempts = (retryAfter: number) => refusal(auth, "too_many_attempts", undefined, { retryAfter });
export const accountDisabled = () => refusal(auth, "account_disabled");
export const codeInvalid = () => refusal(auth, "code_invalid");
export const ownAccount = () => refusal(auth, "own_account");
export const accountNotFound = () => refusal(auth, "account_not_found");
export const wrongPassword = () => refusal(auth, "wrong_password");
export const invalidRefreshToken = () => refusal(auth, "invalid_refresh_token");
export const refreshTokenReused = () => refusal(auth, "refresh_token_reused");
export const sessionNotFound = () => refusal(auth, "session_not_found");

/** Refused at once: it costs less than letting it time out in the queue. */
export const overloaded = () =>
  new Errors.MoleculerServerError("Too many logins are waiting", 503, "OVERLOADED", { retryAfter: 5 });
