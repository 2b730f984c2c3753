// A mail in nodemailer's words, the same for every mailer.
import type { SendMailOptions } from "nodemailer";
import { type Mail, MailRefused } from "./mailer.ts";

/** One mailbox and nothing else: a comma or a line break in it would be a second recipient, or a header. */
const ONE_MAILBOX = /^[^\s\p{Cc}<>()[\],;:\\"@]+@[^\s\p{Cc}<>()[\],;:\\"@]+$/u;

/** @throws MailRefused when the recipient is not one address */
export function messageOf({ messageId, from, to, subject, text, date }: Mail): SendMailOptions {
  if (!ONE_MAILBOX.test(to)) throw new MailRefused("the recipient is not one address");
  return {
    from,
    to: { name: "", address: to },
    subject,
    text,
    date,
    messageId,
    // Keeps the holiday notices of customers away.
    headers: { "Auto-Submitted": "auto-generated" },
    // What stands in a mail is never the name of a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
