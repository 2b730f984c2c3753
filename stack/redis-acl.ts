// Who may do what in Redis (Redis 7 ACL). Nobody without a password, but to ask whether it lives. The bus: what Moleculer's transporter
// says, on the channels of one namespace, and no key. The limits: six commands on their own keys, and no channel.
import { createHash } from "node:crypto";

export interface AclOptions {
  namespace: string;
  /** Passwords, or `#` and the SHA-256 of one as hexadecimal digits. */
  bus: string;
  limits: string;
}

export const BUS_USER = "commerce-bus";
export const LIMITS_USER = "commerce-limits";

const BUS_COMMANDS = "+auth +hello +info +ping +quit +client|setname +publish +subscribe +unsubscribe";
const LIMITS_COMMANDS = "+auth +hello +ping +quit +client|setname +select +eval +evalsha +set +incrby +pttl +expire";

/** The lines of an ACL file. Passwords stand in it as digests. */
export function aclOf({ namespace, bus, limits }: AclOptions): string {
  return [
    "user default off",
    "user health on nopass resetkeys resetchannels -@all +ping",
    `user ${BUS_USER} on ${digest(bus)} resetkeys resetchannels &MOL-${namespace}.* -@all ${BUS_COMMANDS}`,
    `user ${LIMITS_USER} on ${digest(limits)} resetchannels resetkeys ~${namespace}:limits:* -@all ${LIMITS_COMMANDS}`,
    "",
  ].join("\n");
}

const digest = (password: string): string =>
  password.startsWith("#") ? password : `#${createHash("sha256").update(password).digest("hex")}`;
