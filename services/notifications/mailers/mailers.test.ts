import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import PostalMime from "postal-mime";
import { type MailServer, type MailServerOptions, mailServer } from "../testing/mail-server.ts";
import { fileMailer } from "./file-mailer.ts";
import { type Mail, type Mailer, MailRefused } from "./mailer.ts";
import { smtpMailer } from "./smtp-mailer.ts";

const ID = "0195f2a0-0000-7000-8000-000000000001";
const mailOf = (changes: Partial<Mail> = {}): Mail => ({
  id: ID,
  messageId: `<${ID}@example.com>`,
  from: "The Shop <shop@example.com>",
  to: "ada@example.com",
  subject: "Your order is confirmed",
  text: "Two mugs, £24.00\n",
  html: "<p>Two mugs, <b>£24.00</b></p>\n",
  date: new Date("2026-03-01T12:00:00Z"),
  ...changes,
});
const TWO_IN_ONE = ["ada@example.com, mallory@example.com", "ada@example.com\r\nBcc: mallory@example.com", "ada", ""];

describe("the SMTP mailer", () => {
  let server: MailServer;
  let mailer: Mailer;
  const open = async (options?: MailServerOptions, login = "", query = "") => {
    server = await mailServer(options);
    mailer = smtpMailer({ url: `${server.url.replace("//", `//${login}`)}${query}` });
  };
  afterEach(async () => {
    mailer.close();
    await server.close();
  });

  test("hands over a mail with its sender, recipient, subject and Message-ID", async () => {
    await open();

    await mailer.send(mailOf());

    const [mail] = server.mails;
    expect(mail).toMatchObject({ from: "shop@example.com", recipients: ["ada@example.com"] });
    const headers = ["From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted"].map((name) => mail?.header(name));
    expect(headers).toEqual([
      "The Shop <shop@example.com>",
      "ada@example.com",
      "Your order is confirmed",
      `<${ID}@example.com>`,
      "Sun, 01 Mar 2026 12:00:00 +0000",
      "auto-generated",
    ]);
  });

  test("a line break in the subject begins no header", async () => {
    await open();

    await mailer.send(mailOf({ subject: "Hello\r\nBcc: mallory@example.com\r\n\r\nWin a prize" }));

    expect(server.mails[0]?.header("Bcc")).toBeUndefined();
    expect(server.mails[0]?.recipients).toEqual(["ada@example.com"]);
    expect(server.mails[0]?.header("Content-Type")).toMatch(/^multipart\/alternative/);
  });

  test("what reads as an encoded word is not decoded into something that nobody wrote", async () => {
    await open();
    const subject = `=?utf-8?B?${Buffer.from("You won\r\nBcc: mallory@example.com").toString("base64")}?= ordered`;

    await mailer.send(mailOf({ subject }));

    expect((await PostalMime.parse(server.mails[0]?.raw ?? "")).subject).toBe(subject);
  });

  test("a mail is a text and a page of the same, and is a text alone where it never was a page", async () => {
    await open();

    await mailer.send(mailOf());
    await mailer.send(mailOf({ html: null }));

    const [both, plain] = await Promise.all(server.mails.map(({ raw }) => PostalMime.parse(raw)));
    expect(both?.text?.trim()).toBe("Two mugs, £24.00");
    expect(both?.html?.trim()).toBe("<p>Two mugs, <b>£24.00</b></p>");
    expect(both?.attachments).toEqual([]);
    expect(server.mails[0]?.header("Content-Type")).toMatch(/^multipart\/alternative/);
    expect(plain?.text?.trim()).toBe("Two mugs, £24.00");
    expect(server.mails[1]?.header("Content-Type")).toMatch(/^text\/plain/);
  });

  test("a domain beyond ASCII goes out in its form for the network, whatever the server offers", async () => {
    await open({ smtpUtf8: false });

    await mailer.send(mailOf({ to: "info@bücher.example" }));

    expect(server.commands).toContain("RCPT TO:<info@xn--bcher-kva.example>");
    expect(server.mails[0]?.header("To")).toBe("info@xn--bcher-kva.example");
  });

  test("an address beyond ASCII is announced to a server that offers to take it", async () => {
    await open({ smtpUtf8: true });

    await mailer.send(mailOf({ to: "jörg@example.com" }));

    expect(server.mails).toMatchObject([{ recipients: ["jörg@example.com"], smtpUtf8: true }]);
    expect((await PostalMime.parse(server.mails[0]?.raw ?? "")).to).toMatchObject([{ address: "jörg@example.com" }]);
  });

  test("one that does not offer it is not given the address, and the mail is refused for good, saying why", async () => {
    await open({ smtpUtf8: false });

    const error = await mailer.send(mailOf({ to: "jörg@example.com" })).catch((each: Error) => each);

    expect(error).toBeInstanceOf(MailRefused);
    expect(error).toMatchObject({ message: expect.stringMatching(/SMTPUTF8.*does not offer/) });
    expect(server.mails).toEqual([]);
  });

  test("a server that cannot be asked whether it takes such an address is asked again later", async () => {
    await open();
    await server.close();

    const error = await mailer.send(mailOf({ to: "jörg@example.com" })).catch((each: Error) => each);

    expect(error).toMatchObject({ message: expect.stringContaining("ECONNREFUSED") });
    expect(error).not.toBeInstanceOf(MailRefused);
  });

  test.each(TWO_IN_ONE)("%j is not one recipient, and nobody gets the mail", async (to) => {
    await open();

    await expect(mailer.send(mailOf({ to }))).rejects.toBeInstanceOf(MailRefused);

    expect(server.mails).toEqual([]);
  });

  test.each([
    [550, true],
    [450, false],
  ])("%i to the recipient is for good: %s", async (code, forGood) => {
    await open({ answerTo: () => code });

    const error = await mailer.send(mailOf()).catch((each: Error) => each);

    expect(error).toMatchObject({ message: expect.stringContaining(String(code)) });
    expect(error instanceof MailRefused).toBe(forGood);
  });

  test("a wrong password is said of the shop and not of the mail", async () => {
    await open({ password: "right" }, "shop:wrong@");

    const error = await mailer.send(mailOf()).catch((each: Error) => each);

    expect(error).toMatchObject({ responseCode: 535 });
    expect(error).not.toBeInstanceOf(MailRefused);
  });

  test("signs in with what the URL says", async () => {
    await open({ password: "p@ss/word" }, `shop:${encodeURIComponent("p@ss/word")}@`);

    await mailer.send(mailOf());

    expect(server.mails).toHaveLength(1);
  });

  test("smtps:// speaks TLS, and not to a server that it cannot trust", async () => {
    await open({ secure: true });
    const trusting = smtpMailer({ url: `${server.url}?tls.rejectUnauthorized=false` });

    const refused = await mailer.send(mailOf()).catch((each: Error) => each);
    await trusting.send(mailOf());
    trusting.close();

    expect(refused).toMatchObject({ code: "ESOCKET" });
    expect(server.mails).toHaveLength(1);
  });
});

describe("the file mailer", () => {
  let folder: string;
  let log: string[];
  let mailer: Mailer;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mail-"));
    log = [];
    mailer = fileMailer({ folder: join(folder, "mail"), log: { info: (line) => log.push(line) } });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("writes a mail that is sent twice into one file of the same bytes, and says so in the log", async () => {
    await mailer.send(mailOf());
    const first = readFileSync(join(folder, "mail", `${ID}.eml`), "utf8");

    await mailer.send(mailOf());

    expect(readdirSync(join(folder, "mail"))).toEqual([`${ID}.eml`]);
    expect(readFileSync(join(folder, "mail", `${ID}.eml`), "utf8")).toBe(first);
    const mail = await PostalMime.parse(first);
    expect(mail.messageId).toBe(`<${ID}@example.com>`);
    expect(mail.text?.trim()).toBe("Two mugs, £24.00");
    expect(mail.html?.trim()).toBe("<p>Two mugs, <b>£24.00</b></p>");
    expect(log).toHaveLength(2);
  });

  test("makes its folder anew when somebody tidied up", async () => {
    await mailer.send(mailOf());
    rmSync(join(folder, "mail"), { recursive: true });

    await mailer.send(mailOf());

    expect(readdirSync(join(folder, "mail"))).toEqual([`${ID}.eml`]);
  });

  test.each(TWO_IN_ONE)("%j is not one recipient, and no file is written", async (to) => {
    await expect(mailer.send(mailOf({ to }))).rejects.toBeInstanceOf(MailRefused);

    expect(readdirSync(folder)).toEqual([]);
  });
});
