// argon2id in the PHC string form, which carries its own cost: a password hashed at an older cost is still verified, and
// hashed anew at the present one when its owner next logs in.
import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { canonicalPassword } from "./password-rules.ts";

const derive = promisify(argon2);

export interface HashCost {
  /** KiB. */
  memory: number;
  passes: number;
  parallelism: number;
}

/** OWASP's first choice for argon2id with little memory. */
export const DEFAULT_COST: HashCost = { memory: 19_456, passes: 2, parallelism: 1 };

const SALT_BYTES = 16;
const TAG_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

export async function hashPassword(password: string, cost: HashCost): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return format(cost, salt, await run(password, cost, salt, TAG_BYTES));
}

/** @throws Error for a stored hash that is no PHC string of argon2id */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const { cost, salt, tag } = parse(phc);
  return timingSafeEqual(await run(password, cost, salt, tag.length), tag);
}

/** A hash that no password has, for accounts that do not exist: to refuse them takes as long as a wrong password. */
export const unmatchableHash = (cost: HashCost): string =>
  format(cost, randomBytes(SALT_BYTES), randomBytes(TAG_BYTES));

/** Whether a stored hash was made at another cost than the present one. */
export function isOutdated(phc: string, { memory, passes, parallelism }: HashCost): boolean {
  const { cost } = parse(phc);
  return cost.memory !== memory || cost.passes !== passes || cost.parallelism !== parallelism;
}

const run = (password: string, cost: HashCost, nonce: Buffer, tagLength: number) =>
  derive("argon2id", { ...cost, message: canonicalPassword(password), nonce, tagLength });

const base64 = (bytes: Buffer) => bytes.toString("base64").replaceAll("=", "");

const format = ({ memory, passes, parallelism }: HashCost, salt: Buffer, tag: Buffer) =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;

function parse(phc: string): { cost: HashCost; salt: Buffer; tag: Buffer } {
  const [, memory, passes, parallelism, salt, tag] = PHC.exec(phc) ?? [];
  if (salt === undefined || tag === undefined) throw new Error("the stored password hash is not one of argon2id");
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, "base64"),
    tag: Buffer.from(tag, "base64"),
  };
}
