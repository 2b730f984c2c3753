// The front door as a page: one file, without a script, that asks for nothing but its icon.
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Front, Link } from "./front.ts";

const STYLE = readFileSync(join(import.meta.dirname, "front.css"), "utf8");

/** Nothing but this very style, and the icon. */
export const FRONT_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hash("sha256", STYLE, "base64")}'`,
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** One of the reference's files. */
const ICON = '<link rel="icon" type="image/png" href="/docs/favicon-32x32.png" />';

export const frontPage = ({ name, version, description, links, demo }: Front): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${text(name)}</title>
    ${links.some(({ rel }) => rel === "reference") ? ICON : ""}
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
      <h1>${text(name)}</h1>
      <p>${text(description)}.</p>
      <p><small>Release ${text(version)}</small></p>
      <h2>Where to go</h2>
      <nav aria-label="Where to go">${list(links.map(linkItem))}</nav>${demo ? demoPart(demo.accounts) : ""}
    </main>
  </body>
</html>
`;

const linkItem = ({ href, title }: Link): string =>
  `<a href="${text(href)}">${text(href)}</a> <span>${text(title)}</span>`;

const demoPart = (accounts: NonNullable<Front["demo"]>["accounts"]): string => `
      <h2>Accounts of the demo shop</h2>
      ${list(accounts.map(({ role, email }) => `<strong>${text(email)}</strong> <span>${text(role)}</span>`))}
      <p><small>Their passwords are told where the shop was started.</small></p>`;

const list = (items: readonly string[]): string => `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;

const SIGNS: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const text = (plain: string): string => plain.replace(/[&<>"']/g, (sign) => SIGNS[sign] as string);
