import { createHash, randomBytes } from "node:crypto";

export interface RefreshToken {
  token: string;
  /** What is stored: whoever reads the table cannot log in with it. */
  hash: Buffer;
}

/** 256 random bits mean that a plain, fast digest cannot be guessed back. */
export const hashOf = (token: string): Buffer => createHash("sha256").update(token).digest();

export function newRefreshToken(): RefreshToken {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashOf(token) };
}

const DAY_MS = 24 * 3_600_000;
/** A session ends this long after the login, however busy it is. */
export const ABSOLUTE_LIFE_MS = 30 * DAY_MS;
/** A session ends when it has not been used for this long. */
export const IDLE_LIFE_MS = 7 * DAY_MS;
