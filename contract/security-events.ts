// What is told of security: each of these, with who, what, when, from where and how it ended, is one line of the log and one
// count in the metrics. mixins/tell-security.ts tells it; which action tells what stands in its contract (`security`).

export const SECURITY_EVENTS = {
  login: "Somebody logged in, or was refused",
  registration: "Somebody asked for an account",
  refresh_reuse: "A refresh token came back after its use: its session was ended",
  sessions_ended: "Sessions of an account were ended",
  password_change: "Somebody changed his password, or tried to",
  password_reset_request: "Somebody asked for a mail to replace a forgotten password",
  password_reset: "Somebody replaced a forgotten password, or tried to",
  address_verified: "Somebody showed his address to be his own, or tried to",
  account_disabled: "Nobody enters an account any more",
  account_enabled: "An account may be entered again",
  role_change: "Roles were given or taken",
  key_rotation: "A new signing key was made",
  staff_action: "Somebody used a right of staff to change something",
  access_refused:
    "A call was refused: a bad token, none of the right, no recent proof, or no proof of the calling service",
  webhook_refused: "A webhook was not signed as it should be",
  rate_limited:
    "Somebody had nothing left of an allowance: told once per window, and counted for each in the rate limits",
  packet_refused: "Something on the bus does not come from a process of this system",
} as const;
export type SecurityEvent = keyof typeof SECURITY_EVENTS;

/** What calls of an action are told as. */
export interface TellsOf {
  event: SecurityEvent;
  /** The parameter that names what it is done to. An e-mail address is told as its digest. */
  target?: string;
  /** Only refusals with one of these codes are told; everything otherwise. */
  only?: readonly string[];
}
