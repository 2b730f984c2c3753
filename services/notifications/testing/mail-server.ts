// A real SMTP server in this process, which keeps what it is given.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

export interface ReceivedMail {
  from: string;
  recipients: string[];
  /** Whether the sender announced addresses beyond ASCII (RFC 6531). */
  smtpUtf8: boolean;
  raw: string;
  /** Unfolded, decoded as far as ASCII goes. */
  header(name: string): string | undefined;
}

export interface MailServer {
  url: string;
  port: number;
  mails: ReceivedMail[];
  /** What it was told, as it stood on the wire. */
  commands: string[];
  close(): Promise<void>;
}

export interface MailServerOptions {
  port?: number;
  /** What it answers to a recipient, 250 unless told otherwise. */
  answerTo?: (recipient: string) => number;
  /** The password that it wants. */
  password?: string;
  /** TLS from the first byte, with a certificate that nobody vouches for. */
  secure?: boolean;
  /** Whether it offers to take addresses beyond ASCII. */
  smtpUtf8?: boolean;
}

export async function mailServer({
  port = 0,
  answerTo,
  password,
  secure = false,
  smtpUtf8 = true,
}: MailServerOptions = {}): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const commands: string[] = [];
  const server = new SMTPServer({
    secure,
    hideSTARTTLS: true,
    hideSMTPUTF8: !smtpUtf8,
    authOptional: password === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    // Without one, a certificate that nobody vouches for is no cause for a warning.
    logger: secure
      ? false
      : { ...silent, debug: (_about, side, line) => void (side === "C:" && commands.push(String(line))) },
    onAuth: (auth, _, done) => (auth.password === password ? done(null, { user: auth.username }) : done(refusal(535))),
    onRcptTo({ address }, _, done) {
      const code = answerTo?.(address) ?? 250;
      done(code === 250 ? null : refusal(code));
    },
    onData(stream, { envelope }, done) {
      text(stream).then((raw) => {
        mails.push({
          from: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
          smtpUtf8: envelope.smtpUtf8 === true,
          recipients: envelope.rcptTo.map(({ address }) => address),
          raw,
          header: (name) => headersOf(raw).get(name.toLowerCase()),
        });
        done();
      }, done);
    },
  });
  // A client that gives up is the client's affair.
  server.on("error", () => {});
  const listener = server.listen(port, "127.0.0.1");
  await once(listener, "listening");
  const at = (listener.address() as AddressInfo).port;
  return {
    url: `${secure ? "smtps" : "smtp"}://127.0.0.1:${at}`,
    port: at,
    mails,
    commands,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

const refusal = (responseCode: number) => Object.assign(new Error(`answered with ${responseCode}`), { responseCode });

function headersOf(raw: string): Map<string, string> {
  const [head = ""] = raw.split("\r\n\r\n");
  const lines = head.replace(/\r\n[ \t]+/g, " ").split("\r\n");
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
}
