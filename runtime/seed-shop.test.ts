import { afterEach, expect, test } from "@jest/globals";
import { Errors, type ServiceBroker, type ServiceSchema } from "moleculer";
import { testBroker } from "../tests/support/broker.ts";
import { DEMO_ACCOUNTS, demoShop } from "./seed-shop.ts";

const IDS = { customer: "01900000-0000-7000-8000-000000000ada", staff: "01900000-0000-7000-8000-0000000000c1" };
const OWN = { customer: "a walk by the sea", staff: "a walk in the hills" };

let broker: ServiceBroker | undefined;
afterEach(() => broker?.stop());

/** A shop that was filled before, whose log-in answers a published password of the customer with this. */
async function fillAgain(toCustomer: () => never | object, changed: string[] = []): Promise<void> {
  const tokens = { accessToken: `staff ${IDS.staff}`, expiresIn: 600, refreshToken: "r", tokenType: "Bearer" };
  const stubs: ServiceSchema[] = [
    {
      name: "auth",
      actions: {
        login: (ctx) =>
          (ctx.params as { email: string }).email === DEMO_ACCOUNTS.customer.email ? toCustomer() : tokens,
        changePassword: (ctx) => changed.push((ctx.params as { newPassword: string }).newPassword),
      },
    },
    {
      name: "users",
      actions: {
        byEmail: (ctx) => {
          const { email } = ctx.params as { email: string };
          const [role] = Object.entries(DEMO_ACCOUNTS).find(([, each]) => each.email === email) ?? [];
          return { id: IDS[role as keyof typeof IDS], email, name: "Somebody", language: null };
        },
        grantRole: () => null,
      },
    },
    { name: "catalog", actions: { import: () => null } },
    { name: "inventory", actions: { adjust: () => null } },
  ];
  broker = await testBroker(...stubs);
  const fill = demoShop(OWN).started as (this: { broker: ServiceBroker }) => Promise<void>;
  await fill.call({ broker });
}

const refusing = (status: number, code: string) => () => {
  throw new Errors.MoleculerClientError("Not now", status, code);
};

test("a published password that works is replaced, of every account", async () => {
  const changed: string[] = [];

  await fillAgain(() => ({ accessToken: `customer ${IDS.customer}`, expiresIn: 600, refreshToken: "r" }), changed);

  expect(changed).toEqual(Object.values(OWN));
});

test("an account whose password is another one already is left alone", async () => {
  const changed: string[] = [];

  await fillAgain(refusing(401, "INVALID_CREDENTIALS"), changed);

  expect(changed).toEqual([OWN.staff]);
});

test.each([
  [429, "TOO_MANY_ATTEMPTS"],
  [503, "OVERLOADED"],
])("where %i %s leaves it unknown whether a published password works, nothing starts", async (status, code) => {
  await expect(fillAgain(refusing(status, code))).rejects.toMatchObject({ type: code });
});
