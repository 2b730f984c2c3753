// Mail into a folder, for a shop without a mail server: one file per delivery, whole or not there. A mail that is sent twice
// is still one file.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import MailComposer from "nodemailer/lib/mail-composer";
import type { Mailer } from "./mailer.ts";
import { messageOf } from "./message.ts";

export interface FileMailerOptions {
  folder: string;
  log: { info(message: string): void };
}

export function fileMailer({ folder, log }: FileMailerOptions): Mailer {
  return {
    name: "file",
    async send(mail) {
      const text = await new MailComposer(messageOf(mail)).compile().build();
      const file = join(folder, `${mail.id}.eml`);
      // Of this process alone, so that two that send the same mail do not write into each other's.
      const unfinished = `${file}.${process.pid}`;
      await writeInto(folder, unfinished, text);
      await rename(unfinished, file);
      log.info(`mail to ${mail.to}, "${mail.subject}": ${file}`);
    },
    close: () => {},
  };
}

const OWNERS_ALONE = { mode: 0o600 };

/** Makes the folder when it is not there, which is seldom: asking first would cost each mail a system call. */
async function writeInto(folder: string, file: string, text: Buffer): Promise<void> {
  try {
    await writeFile(file, text, OWNERS_ALONE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, text, OWNERS_ALONE);
  }
}
