// What is told of security: each of these, with who, what, when, from where and how it ended, is one line of the log and one
// count in the metrics. mixins/tell-security.ts tells it.

export const SECURITY_EVENTS = {
  login: "Somebody logged in, or was refused",
  registration: "Somebody asked for an account",
  refresh_reuse: "A refresh token came back after its use: its session was ended",
  sessions_ended: "Sessions of an account were ended",
  access_refused: "A call was refused: no token, a bad one, or one without the right",
  role_change: "A role was given or taken",
  packet_refused: "Something on the bus does not come from a process of this system",
  rate_limited:
    "Somebody had nothing left of an allowance: told once per window, and counted for each in the rate limits",
  key_rotation: "A new signing key was made",
} as const;
export type SecurityEvent = keyof typeof SECURITY_EVENTS;
