// From the event that somebody asked for a mail to the row that has it sent, in the event's own transaction.
import type { Statement, Tx } from "../../../database/database.ts";
import type { ReceivedOf } from "../../../events/subscription.ts";

export type MailRequested = ReceivedOf<"auth.mail_requested">;

const INSERT: Statement = {
  name: "account_mails_insert",
  text: `insert into account_mails (request_id, status, wake_at, attempts, created_at)
    select id, 'PENDING', $2::timestamptz, 0, $2::timestamptz from unnest($1::uuid[]) as id order by id
    on conflict (request_id) do nothing`,
};

export function noteAccountMails(tx: Tx, events: readonly MailRequested[], now: Date): void {
  tx.send(INSERT, [events.map(({ data }) => data.requestId), now]);
}
