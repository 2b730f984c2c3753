import type { Config } from "./config.ts";
import type { ChosenPasswords } from "./demo-passwords.ts";
import { DEMO_ACCOUNTS, DEMO_SKU } from "./seed-shop.ts";

export interface Announcement {
  config: Config;
  /** The demo accounts' passwords, where there are such accounts. */
  demo: ChosenPasswords | undefined;
  /** Undefined where there are none. */
  metricsPort: number | undefined;
  seconds: number;
}

/** Prints where things are and, for a demo shop, how to sign in and place a first order. */
export function announce({ config, demo, metricsPort, seconds }: Announcement): void {
  const url = `${originOf(config.host)}:${config.port}`;
  const lines = [
    "",
    `Moleculer Commerce is up (${seconds.toFixed(1)} s): ${config.services.join(", ")}`,
    ...(config.services.includes("gateway")
      ? [`  API        ${url}/v1/products`, ...(config.publishDocs ? description(url) : [])]
      : []),
    ...(metricsPort === undefined ? [] : [`  Metrics    ${originOf(config.operators.host)}:${metricsPort}/metrics`]),
  ];
  if (demo !== undefined) lines.push(`  Data       ${config.dataDir}`, ...accounts(url, demo));
  process.stdout.write(`${lines.join("\n")}\n\n`);
}

/** Passwords that were made once are told once. */
function accounts(url: string, { passwords, told }: ChosenPasswords): string[] {
  const { customer, staff } = DEMO_ACCOUNTS;
  if (told !== true) return [`  Accounts   ${customer.email}, ${staff.email}: their passwords are in ${told}`];
  return [
    `  Customer   ${customer.email} / ${passwords.customer}`,
    `  Staff      ${staff.email} / ${passwords.staff}`,
    "",
    "Place an order:",
    "",
    ...firstOrder(url, DEMO_SKU, passwords.customer),
  ];
}

/** Where this machine reaches a server that listens on this address. */
function originOf(listening: string): string {
  const host = listening === "0.0.0.0" ? "127.0.0.1" : listening;
  return `http://${host.includes(":") ? `[${host}]` : host}`;
}

const description = (url: string): string[] => [`  Reference  ${url}/docs`, `  OpenAPI    ${url}/openapi.json`];

const firstOrder = (url: string, sku: string, password: string): string[] => [
  `  TOKEN=$(curl -s ${url}/v1/auth/login -H 'Content-Type: application/json' \\`,
  `    -d '{"email":"${DEMO_ACCOUNTS.customer.email}","password":"${password}"}' \\`,
  `    | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')`,
  `  curl -i ${url}/v1/orders -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\`,
  `    -H "Idempotency-Key: my-first-order" -d '{"currency":"GBP","lines":[{"sku":"${sku}","quantity":2}],`,
  `    "shippingAddress":{"name":"Ada Lovelace","line1":"12 St James Square","city":"London","postalCode":"SW1Y 4JH","country":"GB"},`,
  `    "payment":{"method":"pm_card_visa"}}'`,
];
