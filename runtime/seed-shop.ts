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

export const demoShop: ServiceSchema = {
  name: "demo-shop",
  started(this: Service) {
    return seedShop(this.broker);
  },
};

export const DEMO: Demo = {
  service: demoShop.name,
  accounts: Object.entries(DEMO_ACCOUNTS).map(([role, { email }]) => ({ role, email })),
};

async function seedShop(broker: ServiceBroker): Promise<void> {
  await broker.waitForServices(["auth", "users", "catalog", "inventory"], NEEDS_WITHIN_MS);
  await account(broker, DEMO_ACCOUNTS.customer);
  const staff = await account(broker, DEMO_ACCOUNTS.staff);
  await call(broker, "users.grantRole", { id: staff, role: "staff" });
  const { accessToken: token } = await call(broker, "auth.login", {
    email: DEMO_ACCOUNTS.staff.email,
    password: DEMO_ACCOUNTS.staff.password,
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

/** Registers the account, or finds it by signing in. @returns its user id */
async function account(broker: ServiceBroker, who: { email: string; password: string; name: string }): Promise<string> {
  try {
    return (await call(broker, "auth.register", who)).id;
  } catch (error) {
    if ((error as { type?: string }).type !== "EMAIL_TAKEN") throw error;
    const known = await call(broker, "users.byEmail", { email: who.email });
    if (known === null) throw error;
    return known.id;
  }
}
