// From which networks an account was entered with its password. Strangers' guesses do not slow those down.

import { networkOf } from "../../../contract/network-of.ts";
import type { Database, Statement } from "../../../database/database.ts";
import { type Attempt, digestOf } from "./attempt.ts";

/** Networks of one account that are kept, those last used. */
export const KEPT_NETWORKS = 20;
const FORGET_AFTER_MS = 180 * 24 * 3_600_000;
/** A network that is used again and again is written once in this time. */
const REMEMBER_EVERY_MS = 24 * 3_600_000;

/** A condition for a statement. @param account, network the parameters that hold their digests */
export const hasEntered = (account: string, network: string): string =>
  `exists (select from login_networks where account = ${account} and network = ${network})`;

const REMEMBER: Statement = {
  name: "login_networks_remember",
  text: `with forgotten as (
      delete from login_networks where account = $1 and network <> $2 and (last_entered_at < $5 or network in (
        select network from login_networks where account = $1 and network <> $2 order by last_entered_at desc offset $6))
    )
    insert into login_networks (account, network, last_entered_at) values ($1, $2, $3)
    on conflict (account, network) do update set last_entered_at = $3 where login_networks.last_entered_at < $4`,
};

export async function rememberNetwork(db: Database, { email, clientAddress = "" }: Attempt, now: Date): Promise<void> {
  await db.query(REMEMBER, [
    digestOf(email),
    digestOf(networkOf(clientAddress)),
    now,
    new Date(now.getTime() - REMEMBER_EVERY_MS),
    new Date(now.getTime() - FORGET_AFTER_MS),
    KEPT_NETWORKS - 1,
  ]);
}
