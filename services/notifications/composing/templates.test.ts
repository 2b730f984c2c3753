import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { EVERY_MAIL, templates } from "../testing/compose.ts";
import { ADDRESS, orderFacts, SHOP } from "../testing/order-events.ts";
import { checkTemplates } from "./check-templates.ts";
import { composeMail, type ToCompose } from "./compose-mail.ts";
import { openTemplates } from "./templates.ts";

describe("the templates", () => {
  let folder: string;
  const write = (files: Record<string, string>) => {
    for (const [file, words] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), words);
    }
  };
  const inFolder = (files: Record<string, string>, run: () => void) => {
    folder = mkdtempSync(join(tmpdir(), "templates-"));
    write(files);
    run();
    rmSync(folder, { recursive: true });
  };

  test.each(EVERY_MAIL)(
    "of %s in %s are there, and bear an order of which all is known and one of which little is",
    (kind, language) => {
      const full = orderFacts({ language, reason: "card_declined" });
      const [{ title: _, ...bare }] = full.lines as [(typeof full.lines)[0]];
      const { reason: __, ...little } = { ...full, lines: [bare] };

      for (const mail of [
        composeMail(templates, SHOP, { kind, order: full, address: ADDRESS }),
        composeMail(templates, { name: "The Shop", timeZone: "UTC" }, { kind, order: little, address: null }),
      ]) {
        expect(mail.html).toContain(`<html lang="${language}">`);
        expect(mail.text).toContain(language === "de" ? "24,00\u00a0£" : "£24.00");
        expect(`${mail.subject}${mail.text}${mail.html}`).not.toMatch(/undefined|null|NaN|\{\{|\{%/);
      }
    },
  );

  test("of a shop take the place of those of the same name, and the others stay", () => {
    inFolder({ "en/order_confirmed.subject.liquid": "Hurray, {{ order.number }}!" }, () => {
      const own = openTemplates(folder);
      checkTemplates(own, SHOP);

      const mail = composeMail(own, SHOP, { kind: "order_confirmed", order: orderFacts(), address: null });

      expect(mail.subject).toBe("Hurray, 7KD2M-X9PQR!");
      expect(mail.text).toContain("Thank you for your order");
    });
  });

  test("of a further language are used, and what they lack is English and said", () => {
    const french = Object.fromEntries(
      ["subject", "text", "html"].map((format) => [`fr/order_confirmed.${format}.liquid`, "Merci, {{ order.total }}"]),
    );
    inFolder(french, () => {
      const own = openTemplates(folder);
      checkTemplates(own, SHOP);
      const subjectOf = (kind: ToCompose["kind"]) =>
        composeMail(own, SHOP, { kind, order: orderFacts({ language: "fr-CH" }), address: null }).subject;

      expect(subjectOf("order_confirmed")).toBe("Merci, 24,00\u00a0£GB");
      expect(subjectOf("order_expired")).toMatch(/^Your order/);
      expect(own.missing).toEqual([
        "fr/order_rejected",
        "fr/payment_failed",
        "fr/order_expired",
        "fr/reset_password",
        "fr/verify_email",
        "fr/already_registered",
      ]);
    });
  });

  test.each([
    ["names what does not exist", "Hello {{ order.nmber }}", /order_confirmed\.text\.liquid.*line:1/s],
    ["names it where little is known alone", "{% unless order.url %}{{ shop.phone }}{% endunless %}", /shop\.phone/],
    ["is not well-formed", "{% if order.url %}", /order_confirmed\.text\.liquid/],
    ["uses an unknown filter", "{{ order.total | shout }}", /shout/],
    ["renders a file that is not there", '{% render "en/nowhere.liquid" %}', /nowhere/],
  ])("are refused when one %s", (_, words, sentence) => {
    inFolder({ "en/order_confirmed.text.liquid": words }, () => {
      expect(() => checkTemplates(openTemplates(folder), SHOP)).toThrow(sentence);
    });
  });

  test("are refused when a file is the template of no mail, and when the folder is not there", () => {
    inFolder({ "de/order_confirmd.html.liquid": "" }, () => {
      expect(() => openTemplates(folder)).toThrow(
        /MAIL_TEMPLATES: .*order_confirmd\.html\.liquid is the template of no mail/,
      );
    });
    expect(() => openTemplates("/nowhere")).toThrow("MAIL_TEMPLATES: there is no folder /nowhere");
  });
});
