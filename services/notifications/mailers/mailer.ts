// What the shop needs of whatever carries its mail.

export interface Mail {
  /** Of the delivery. The same mail sent again is the same to the byte. */
  id: string;
  messageId: string;
  /** `Shop <shop@example.com>` */
  from: string;
  /** One address. */
  to: string;
  subject: string;
  text: string;
  /** The same once more, for who reads mail as a page; null for a mail from before there was one. */
  html: string | null;
  date: Date;
}

export interface Mailer {
  name: string;
  /**
   * Resolves once somebody else has taken responsibility for the mail. Settles within SEND_WITHIN_MS.
   * @throws MailRefused when this mail will never be taken; anything else when it was not taken now
   */
  send(mail: Mail): Promise<void>;
  close(): void;
}

/** Sending it again would be answered the same. */
export class MailRefused extends Error {}

export const SEND_WITHIN_MS = 20_000;
