import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Database } from "../../../database/database.ts";
import { type TestDatabase, testDatabase } from "../../../tests/support/postgres.ts";
import { openTemplates } from "../composing/templates.ts";
import { type Mail, MailRefused } from "../mailers/mailer.ts";
import { noteAccountMails } from "./note-account-mails.ts";
import { type AccountMailTools, sendAccountMails } from "./send-account-mails.ts";
import { writeAccountMail } from "./write-account-mail.ts";

const templates = openTemplates();
const shop = { name: "Mugs & More", timeZone: "UTC" };
let database: TestDatabase;
let db: Database;
let now: Date;
let sent: Mail[];
let fault: Error | undefined;
let codes: number;

beforeEach(async () => {
  database = await testDatabase("notifications");
  db = new Database({ url: database.url });
  now = new Date("2026-03-01T12:00:00Z");
  [sent, fault, codes] = [[], undefined, 0];
});
afterEach(async () => {
  await db.close();
  database.release();
});

const tools = (changes: Partial<AccountMailTools> = {}): AccountMailTools => ({
  db,
  from: "Shop <shop@example.com>",
  templates,
  shop,
  clock: () => now,
  codeOf: async () => ({ userId: "ada", email: "ada@example.com", kind: "reset_password", code: `code-${++codes}` }),
  languageOf: async () => "de",
  mailer: {
    name: "test",
    send: async (mail) => {
      if (fault) throw fault;
      sent.push(mail);
    },
    close: () => {},
  },
  ...changes,
});
const note = (requestId: string) =>
  db.transaction(async (tx) => noteAccountMails(tx, [{ data: { requestId } }, { data: { requestId } }] as never, now));
const rows = () =>
  db.query<{ status: string; error: string | null }>({
    name: "test_account_mails",
    text: "select status, error from account_mails",
  });

test("a request is one mail, in the language of who asked, however often its event comes and whoever looks", async () => {
  const requestId = randomUUIDv7();
  await note(requestId);
  await note(requestId);

  await Promise.all([sendAccountMails(tools()), sendAccountMails(tools())]);

  expect(sent).toMatchObject([{ to: "ada@example.com", subject: "Ein neues Passwort wählen" }]);
  expect(sent[0]?.text).toContain("code-1");
  expect(await rows()).toEqual([{ status: "SENT", error: null }]);
});

test("one that could not be sent is tried again later, with a code of its own", async () => {
  await note(randomUUIDv7());
  fault = new Error("no route");
  await sendAccountMails(tools());
  expect(await rows()).toEqual([{ status: "PENDING", error: "no route" }]);
  fault = undefined;
  expect(await sendAccountMails(tools())).toBe(0);
  now = new Date(now.getTime() + 6_000);

  await sendAccountMails(tools());

  expect(sent[0]?.text).toContain("code-2");
});

test("one that died on its way is sent by another when its lease ends", async () => {
  await note(randomUUIDv7());
  void sendAccountMails(tools({ codeOf: () => new Promise(() => {}) }));
  await new Promise(setImmediate);
  now = new Date(now.getTime() + 121_000);

  while ((await sendAccountMails(tools())) === 0) now = new Date(now.getTime() + 1_000);

  expect(sent).toHaveLength(1);
});

test("what a server refuses for good, and what nobody waits for any more, ends", async () => {
  await note(randomUUIDv7());
  await sendAccountMails(tools({ codeOf: async () => null }));
  await note(randomUUIDv7());
  fault = new MailRefused("no such mailbox");
  await sendAccountMails(tools());

  expect((await rows()).map(({ status }) => status).sort()).toEqual(["DROPPED", "FAILED"]);
  expect(sent).toEqual([]);
});

test("the code is in no row", async () => {
  await note(randomUUIDv7());
  fault = new Error("the server said: code-1");
  await sendAccountMails(tools({ mailer: { ...tools().mailer, send: async () => Promise.reject(new Error("gone")) } }));

  const [dump] = await db.query<{ text: string }>({
    name: "test_dump",
    text: "select string_agg(m::text, ' ') as text from account_mails m",
  });
  expect(dump?.text).not.toContain("code-1");
});

test("the link goes where the shop says, and the code stands in the mail where it says nothing", () => {
  const mail = { kind: "reset_password", language: "en", code: "a+b" } as const;

  const linked = writeAccountMail(templates, { ...shop, accountUrl: "https://shop.example/new?code={code}" }, mail);
  const plain = writeAccountMail(templates, shop, mail);

  expect(linked.text).toContain("https://shop.example/new?code=a%2Bb");
  expect(linked.html).toContain('href="https://shop.example/new?code=a%2Bb"');
  expect(plain.text).toContain("a+b");
  expect(plain.html).toContain("Mugs &amp; More");
});
