// Mail through an SMTP server, over a few connections that stay open.
import { createTransport, type NodemailerError } from "nodemailer";
import { type Mailer, MailRefused, SEND_WITHIN_MS } from "./mailer.ts";
import { messageOf } from "./message.ts";
import { needsSmtpUtf8, offersSmtpUtf8 } from "./smtp-utf8.ts";

export interface SmtpOptions {
  /**
   * `smtps://user:password@host:465` speaks TLS from the first byte; `smtp://host:587` as soon as the server offers it, and
   * with `?requireTLS=true` not without. What else nodemailer understands may follow as a query, e.g. `tls.servername`.
   */
  url: string;
  connections?: number;
}

export function smtpMailer({ url, connections = 10 }: SmtpOptions): Mailer {
  const pool = createTransport({
    url,
    pool: true,
    maxConnections: connections,
    // For a connection found closed before a byte of the mail was sent. Whatever else fails is the worker's to repeat.
    maxRequeues: 1,
    connectionTimeout: 5_000,
    dnsTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
  });

  return {
    name: "smtp",
    async send(mail) {
      const message = messageOf(mail);
      // Ends what no timeout of a socket notices: a server that answers letter by letter.
      const signal = AbortSignal.timeout(SEND_WITHIN_MS);
      if (needsSmtpUtf8(mail.to) && !(await offersSmtpUtf8(pool.options, signal))) {
        throw new MailRefused("the address needs SMTPUTF8 (RFC 6531), which the mail server does not offer");
      }
      try {
        await pool.sendMail({ ...message, signal });
      } catch (error) {
        throw isRefusal(error as NodemailerError) ? new MailRefused((error as Error).message) : error;
      }
    },
    close: () => pool.close({ force: true }),
  };
}

/**
 * A 5xx to the recipient or the content. One to anything else, a wrong password for instance, is said of the shop and not of
 * this mail, and will be put right.
 */
const isRefusal = ({ permanent, command }: NodemailerError): boolean =>
  permanent === true && (command === "RCPT TO" || command === "DATA");
