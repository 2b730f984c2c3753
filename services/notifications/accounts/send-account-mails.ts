// The worker's part for mails with a code: what is due is claimed, its code is asked of auth, and it is written and sent in one go. The
// code is in no row, no event and no log. A process that dies on the way leaves a mail that is sent again, with another code.
import type { Clock } from "../../../database/clock.ts";
import type { Database, Statement } from "../../../database/database.ts";
import type { Templates } from "../composing/templates.ts";
import type { Shop } from "../composing/write-order.ts";
import type { AccountMailKind } from "../delivery-kinds.ts";
import { type Mailer, MailRefused } from "../mailers/mailer.ts";
import { retryDelay } from "../retry-delay.ts";
import { writeAccountMail } from "./write-account-mail.ts";

const MOST = 20;
const LEASE_MS = 120_000;
/** Nobody waits for a code for longer than auth makes one. */
const MAX_ATTEMPTS = 10;

const CLAIM: Statement = {
  name: "account_mails_claim",
  text: `with due as (
      select request_id from account_mails where wake_at <= $1 order by wake_at limit $3 for update skip locked
    )
    update account_mails set wake_at = $2, attempts = attempts + 1 from due
    where account_mails.request_id = due.request_id
    returning account_mails.request_id as "requestId", attempts`,
};
const END: Statement = {
  name: "account_mails_end",
  text: `update account_mails set status = $3, wake_at = $4, error = $5, sent_at = $6
    where request_id = $1 and attempts = $2 and status = 'PENDING'`,
};

export interface AccountMailTools {
  db: Pick<Database, "query">;
  mailer: Mailer;
  from: string;
  templates: Templates;
  shop: Shop;
  clock: Clock;
  /** Null where nothing is to be sent any more. */
  codeOf: (requestId: string) => Promise<{ userId: string; email: string; kind: AccountMailKind; code: string } | null>;
  languageOf: (userId: string) => Promise<string | null>;
}

interface Claimed extends Record<string, unknown> {
  requestId: string;
  attempts: number;
}

/** @returns how many were claimed */
export async function sendAccountMails(tools: AccountMailTools): Promise<number> {
  const { db, clock } = tools;
  const now = clock();
  const claimed = await db.query<Claimed>(CLAIM, [now, new Date(now.getTime() + LEASE_MS), MOST]);
  await Promise.all(claimed.map((each) => sendOne(each, tools)));
  return claimed.length;
}

async function sendOne({ requestId, attempts }: Claimed, tools: AccountMailTools): Promise<void> {
  const { db, mailer, from, templates, shop, clock } = tools;
  const end = (status: string, wakeAt: Date | null, error: string | null, sentAt: Date | null) =>
    db.query(END, [requestId, attempts, status, wakeAt, error, sentAt]);
  try {
    const asked = await tools.codeOf(requestId);
    if (asked === null) {
      await end("DROPPED", null, null, null);
      return;
    }
    const { userId, email: to, kind, code } = asked;
    const language = await tools.languageOf(userId);
    const { subject, text, html } = writeAccountMail(templates, shop, { kind, language, code });
    const messageId = `<${requestId}.${attempts}@${/@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? "localhost"}>`;
    await mailer.send({ id: requestId, messageId, from, to, subject, text, html, date: clock() });
    await end("SENT", null, null, clock());
  } catch (error) {
    const why = (error as Error).message.replace(/\p{Cc}+/gu, " ").slice(0, 500);
    if (error instanceof MailRefused || attempts >= MAX_ATTEMPTS) await end("FAILED", null, why, null);
    else await end("PENDING", new Date(clock().getTime() + retryDelay(attempts, Math.random())), why, null);
  }
}
