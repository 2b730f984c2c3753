// Mail to addresses beyond ASCII (RFC 6531). A domain is none of them: it goes out in its `xn--` form to any server.
import SMTPConnection, { type SMTPConnectionOptions } from "nodemailer/lib/smtp-connection";

/** Whether only a server that speaks SMTPUTF8 can be given this address: its local part has no form in ASCII. */
export const needsSmtpUtf8 = (address: string): boolean =>
  /\P{ASCII}/u.test(address.slice(0, address.lastIndexOf("@")));

/**
 * Asks the server, over a connection of its own, which such mails are rare enough to afford. nodemailer itself would send the
 * address as it is, and what a server that never promised to read it makes of the bytes is its own affair.
 * @throws what keeps the server from being asked, the signal's end among it
 */
export async function offersSmtpUtf8(options: SMTPConnectionOptions, signal: AbortSignal): Promise<boolean> {
  const connection = new SMTPConnection(options);
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  // Heard to the end: an error that nobody listens to would end the process.
  connection.on("error", reject);
  connection.once("end", () => reject(new Error("the mail server closed the connection")));
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  // Called when the last EHLO was answered, after STARTTLS where there is one: what was answered are the extensions.
  connection.connect(() => resolve(/^250[ -]SMTPUTF8\b/im.test(String(connection.lastServerResponse))));
  try {
    return await promise;
  } finally {
    connection.close();
  }
}
