import { createHash } from "node:crypto";

/** Who guesses whose password. */
export interface Attempt {
  /** In its canonical form. */
  email: string;
  /** Absent where no client asked. */
  clientAddress?: string | undefined;
}

/** Digests, because what people type into the field for the e-mail address is not always one. */
export const digestOf = (...parts: string[]): Buffer => createHash("sha256").update(parts.join("\n")).digest();
