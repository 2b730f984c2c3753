// The demo shop of embedded mode: two accounts, some products, stock. Everything goes through the same actions as a
// client's requests, so that it is as valid as theirs; run again it changes nothing. Outside embedded mode it does not exist.
// It is a service with nothing but a start, and so it is there once it is filled: whoever waits for it waits for that.
import { createHash } from "node:crypto";
import type { Service, ServiceBroker, ServiceSchema } from "moleculer";
import { call } from "../contract/typed.ts";
import type { Demo } from "../mixins/service.ts";

export const DEMO_ACCOUNTS = {
  customer: { email: "ada@example.com", password: "demo-customer-password", name: "Ada Lovelace" },
  staff: { email: "staff@example.com", password: "demo-staff-password", name: "Grace Hopper" },
} as const;

export type DemoPasswords = Readonly<Record<keyof typeof DEMO_ACCOUNTS, string>>;
/** As the README has them, for shops that only their own machine reaches. */
export const PUBLISHED_PASSWORDS: DemoPasswords = {
  customer: DEMO_ACCOUNTS.customer.password,
  staff: DEMO_ACCOUNTS.staff.password,
};

/** One that can be bought. */
export const DEMO_SKU = "MUG-BLUE";

const PRODUCTS = [
  {
    slug: "enamel-mug",
    title: "Enamel mug",
    variants: [
      { sku: DEMO_SKU, title: "Enamel mug, blue", price: 1250 },
      { sku: "MUG-RED", title: "Enamel mug, red", price: 1250 },
    ],
  },
  {
    slug: "teapot",
    title: "Stoneware teapot",
    variants: [{ sku: "TEAPOT-1L", title: "Stoneware teapot, 1 l", price: 3400 }],
  },
  {
    slug: "lantern",
    title: "Metal lantern",
    variants: [{ sku: "LANTERN", title: "Metal lantern, white", price: 1999 }],
  },
  { slug: "apron", title: "Linen apron", variants: [{ sku: "APRON", title: "Linen apron, natural", price: 2800 }] },
  { slug: "tea-towel", title: "Tea towel", variants: [{ sku: "TOWEL", title: "Tea towel, striped", price: 900 }] },
];
const CURRENCY = "GBP";
const STOCK_EACH = 100_000;
/** As long as the other services, which start beside this one, may take. */
const NEEDS_WITHIN_MS = 30_000;

const NAME = "demo-shop";

export const demoShop = (passwords: DemoPasswords = PUBLISHED_PASSWORDS): ServiceSchema => ({
  name: NAME,
  started(this: Service) {
    return seedShop(this.broker, passwords);
  },
});

export const DEMO: Demo = {
  service: NAME,
  accounts: Object.entries(DEMO_ACCOUNTS).map(([role, { email }]) => ({ role, email })),
};

async function seedShop(broker: ServiceBroker, passwords: DemoPasswords): Promise<void> {
  await broker.waitForServices(["auth", "users", "catalog", "inventory"], NEEDS_WITHIN_MS);
  await account(broker, "customer", passwords);
  const staff = await account(broker, "staff", passwords);
  await call(broker, "users.grantRole", { id: staff, role: "staff" });
  const { accessToken: token } = await call(broker, "auth.login", {
    email: DEMO_ACCOUNTS.staff.email,
    password: passwords.staff,
  });
  const asStaff = { meta: { token } };
  const items = PRODUCTS.map(({ variants, ...product }) => ({
    ...product,
    variants: variants.map(({ price, ...variant }) => ({ ...variant, price: { amount: price, currency: CURRENCY } })),
  }));
  await call(broker, "catalog.import", { items }, asStaff);
  for (const { sku } of PRODUCTS.flatMap((product) => product.variants)) {
    const key = `demo-stock-${sku}`;
    const fingerprint = createHash("sha256").update(`${sku} ${STOCK_EACH}`).digest("hex");
    const adjustment = { sku, delta: STOCK_EACH, reason: "demo shop", idempotency: { key, fingerprint } };
    await call(broker, "inventory.adjust", adjustment, asStaff);
  }
}

/** Registers the account, or finds it and sees to it that it has this password. @returns its user id */
async function account(broker: ServiceBroker, role: keyof DemoPasswords, passwords: DemoPasswords): Promise<string> {
  const who = { ...DEMO_ACCOUNTS[role], password: passwords[role] };
  const known = await call(broker, "users.byEmail", { email: who.email });
  if (known === null) return open(broker, who);
  if (who.password !== PUBLISHED_PASSWORDS[role]) await replacePublished(broker, role, who.password);
  return known.id;
}

async function open(broker: ServiceBroker, who: { email: string; password: string; name: string }): Promise<string> {
  await call(broker, "auth.register", who);
  const made = await call(broker, "users.byEmail", { email: who.email });
  if (made === null) throw new Error(`the account ${who.email} could not be opened`);
  await call(broker, "auth.markVerified", { userId: made.id });
  return made.id;
}

/**
 * A shop that was filled for its own machine alone has the published passwords, and may be reached by others now.
 * @throws what the log-in throws, but for a wrong password: it would be unknown whether the published one still works
 */
async function replacePublished(broker: ServiceBroker, role: keyof DemoPasswords, newPassword: string): Promise<void> {
  const { email, password: currentPassword } = DEMO_ACCOUNTS[role];
  let token: string;
  try {
    token = (await call(broker, "auth.login", { email, password: currentPassword })).accessToken;
  } catch (error) {
    if ((error as { type?: string }).type === "INVALID_CREDENTIALS") return;
    throw error;
  }
  await call(broker, "auth.changePassword", { currentPassword, newPassword }, { meta: { token } });
}
