// A mail in nodemailer's words, the same for every mailer.
import type { SendMailOptions } from "nodemailer";
import { encodeWord } from "nodemailer/lib/mime-funcs";
import { type Mail, MailRefused } from "./mailer.ts";

/** One mailbox and nothing else: a comma or a line break in it would be a second recipient, or a header. */
const ONE_MAILBOX = /^[^\s\p{Cc}<>()[\],;:\\"@]+@[^\s\p{Cc}<>()[\],;:\\"@]+$/u;

/** @throws MailRefused when the recipient is not one address */
export function messageOf({ id, messageId, from, to, subject, text, html, date }: Mail): SendMailOptions {
  if (!ONE_MAILBOX.test(to)) throw new MailRefused("the recipient is not one address");
  return {
    from,
    to: { name: "", address: to },
    text,
    ...(html === null ? {} : { html }),
    date,
    messageId,
    // Else a random one: sent again, it would not be the same to the byte.
    baseBoundary: id,
    // Keeps the holiday notices of customers away.
    headers: { "Auto-Submitted": "auto-generated", Subject: asItReads(subject) },
    // What stands in a mail is never the name of a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/**
 * A subject that holds what looks like an encoded word (RFC 2047) is encoded as a whole: as it stands, a reader would decode
 * it into something that nobody wrote.
 */
const asItReads = (subject: string) =>
  subject.includes("=?")
    ? { prepared: true, foldLines: true, value: encodeWord(subject.replace(/\p{Cc}+/gu, " "), "B", 52) }
    : subject;
