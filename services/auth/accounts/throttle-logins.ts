// Guessing an account's password gets slower with every wrong guess. The counts are in the database that all nodes share;
// what is no account is counted alike, so they do not tell which is which. There are three for each account: one for each
// network that guesses, soon full, so that a stranger does not shut the owner out; one for the site that an IPv6 network belongs
// to, which has thousands of them; and one for all networks together, far roomier, so that guessing from many of them does not
// help. That last one is not held against a network from which the account was entered before: or strangers could shut its
// owner out after all, for as long as they like.

import { networkOf, siteOf } from "../../../contract/network-of.ts";
import type { Database, Statement } from "../../../database/database.ts";
import { tooManyAttempts } from "../errors.ts";
import { type Attempt, digestOf } from "./attempt.ts";
import { hasEntered } from "./known-networks.ts";

export interface Failures {
  failures: number;
  lastFailedAt: Date;
}

export const FREE_FAILURES = { fromOneNetwork: 5, fromOneSite: 20, fromAll: 100 } as const;
const FIRST_DELAY_SECONDS = 5;
const MAX_DELAY_SECONDS = 15 * 60;
const FORGET_AFTER_MS = 24 * 3_600_000;

const FIND: Statement = {
  name: "login_failures_find",
  text: `select account, failures, last_failed_at as "lastFailedAt", ${hasEntered("$2", "$3")} as "isKnown"
    from login_failures where account = any($1::bytea[])`,
};
// Each failure also sweeps a few forgotten ones, or invented accounts would fill the table.
const COUNT: Statement = {
  name: "login_failures_count",
  text: `with stale as (
      delete from login_failures where account in (
        select account from login_failures where last_failed_at < $3 and account <> all($1::bytea[])
        order by last_failed_at limit 10 for update skip locked)
    )
    insert into login_failures (account, failures, last_failed_at)
    select account, 1, $2 from (select unnest($1::bytea[]) as account order by 1) guessed
    on conflict (account) do update set last_failed_at = $2,
      failures = case when login_failures.last_failed_at < $3 then 1 else login_failures.failures + 1 end`,
};
// Locked in one order, as by the count, so that the two do not deadlock.
const CLEAR: Statement = {
  name: "login_failures_clear",
  text: `delete from login_failures where account in
    (select account from login_failures where account = any($1::bytea[]) order by account for update)`,
};

interface Count {
  account: Buffer;
  free: number;
}

function countsOf({ email, clientAddress = "" }: Attempt): { all: Count; network: Buffer; counts: Count[] } {
  const network = networkOf(clientAddress);
  const site = siteOf(clientAddress);
  const all = { account: digestOf(email), free: FREE_FAILURES.fromAll };
  return {
    all,
    network: digestOf(network),
    counts: [
      { account: digestOf(email, network), free: FREE_FAILURES.fromOneNetwork },
      ...(site === undefined ? [] : [{ account: digestOf(email, "site", site), free: FREE_FAILURES.fromOneSite }]),
      all,
    ],
  };
}

const accountsOf = (attempt: Attempt): Buffer[] => countsOf(attempt).counts.map(({ account }) => account);

/** Seconds that are still to wait after so many failures in a row; 0 when none. */
export function secondsToWait({ failures, lastFailedAt }: Failures, free: number, now: Date): number {
  if (failures < free) return 0;
  const delay = Math.min(MAX_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** (failures - free));
  return Math.max(0, Math.ceil((lastFailedAt.getTime() - now.getTime()) / 1_000 + delay));
}

/**
 * @returns whether there are failures to clear
 * @throws TOO_MANY_ATTEMPTS (429), also for the right password
 */
export async function assertMayTry(db: Database, attempt: Attempt, now: Date): Promise<boolean> {
  const { all, network, counts } = countsOf(attempt);
  const rows = await db.query<Failures & { account: Buffer; isKnown: boolean }>(FIND, [
    counts.map(({ account }) => account),
    all.account,
    network,
  ]);
  const waits = rows.map((row) => {
    const count = counts.find(({ account }) => row.account.equals(account));
    return count === undefined || (count === all && row.isKnown) ? 0 : secondsToWait(row, count.free, now);
  });
  const retryAfter = Math.max(0, ...waits);
  if (retryAfter > 0) throw tooManyAttempts(retryAfter);
  return rows.length > 0;
}

export async function countFailure(db: Database, attempt: Attempt, now: Date): Promise<void> {
  await db.query(COUNT, [accountsOf(attempt), now, new Date(now.getTime() - FORGET_AFTER_MS)]);
}

export async function clearFailures(db: Database, attempt: Attempt): Promise<void> {
  await db.query(CLEAR, [accountsOf(attempt)]);
}
