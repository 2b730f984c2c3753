// What customers typed, in the bytes that go out and in what is read back from them.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import PostalMime from "postal-mime";
import { fileMailer } from "../mailers/file-mailer.ts";
import { compose, EVERY_MAIL } from "../testing/compose.ts";
import { SHOP } from "../testing/order-events.ts";

describe.each(EVERY_MAIL)("nothing that a customer typed breaks out of %s in %s", (kind, language) => {
  const nasty =
    'Mug"><script>alert(1)</script> =?utf-8?Q?x?= \u202egnp.exe\u202c\r\nBcc: mallory@example.com\u2028{{ shop.name }}';
  const address = {
    name: nasty,
    line1: nasty,
    line2: nasty,
    city: nasty,
    region: nasty,
    postalCode: nasty,
    country: "GB",
  };
  const order = {
    language,
    number: nasty,
    reason: nasty,
    lines: [{ sku: nasty, title: nasty, quantity: 2, unitPrice: 1_200, total: 2_400 }],
  };
  const shop = { ...SHOP, name: nasty, orderUrl: "https://shop.example/{number}" };
  const folder = mkdtempSync(join(tmpdir(), "nasty-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("neither from the bytes nor when they are read back", async () => {
    const { subject, text, html } = compose(kind, order, { address, shop });
    const id = `${kind}-${language}`;
    const mailer = fileMailer({ folder, log: { info: () => {} } });
    const about = { id, messageId: `<${id}@example.com>`, from: "Shop <shop@example.com>", to: "ada@example.com" };
    await mailer.send({ ...about, subject, text, html, date: new Date() });

    const bytes = readFileSync(join(folder, `${id}.eml`), "utf8");
    const mail = await PostalMime.parse(bytes);

    expect(mail.headers.map(({ key }) => key).sort()).toEqual(
      ["from", "to", "subject", "message-id", "auto-submitted", "date", "mime-version", "content-type"].sort(),
    );
    expect([mail.bcc, mail.cc, mail.attachments]).toEqual([undefined, undefined, []]);
    expect(mail.to).toEqual([{ address: "ada@example.com", name: "" }]);
    // As it was typed, but for what breaks a line or turns it round.
    expect(mail.subject).toBe(subject);
    expect(subject).toContain(
      'Mug"><script>alert(1)</script> =?utf-8?Q?x?=  gnp.exe Bcc: mallory@example.com {{ shop.name }}',
    );
    expect(mail.text).not.toMatch(/^Bcc:/m);
    expect(`${mail.text}${mail.html}`).not.toMatch(/[\u2028\u202a-\u202e\u2066-\u2069]/);
    expect(mail.html).not.toContain("<script");
    expect(mail.html).not.toContain('Mug"');
    expect(mail.html).toContain("Mug&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
    const links = [...(mail.html?.matchAll(/href="([^"]*)"/g) ?? [])].map(([, link]) => link);
    expect(links).toEqual([`https://shop.example/${encodeURIComponent(nasty)}`]);
  });
});
