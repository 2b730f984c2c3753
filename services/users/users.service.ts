// Sole owner of profiles, addresses and roles.

import { randomUUIDv7 } from "node:crypto";
import { join } from "node:path";
import type { ServiceSchema } from "moleculer";
import { canonicalEmail } from "../../contract/email.ts";
import type { Principal } from "../../contract/permissions.ts";
import { type Asking, actionsOf, call, originOf } from "../../contract/typed.ts";
import { type Clock, systemClock } from "../../database/clock.ts";
import type { Database } from "../../database/database.ts";
import { gather } from "../../database/gather.ts";
import { databaseMixin } from "../../mixins/database.mixin.ts";
import { kafkaBridge } from "../../mixins/kafka-bridge.mixin.ts";
import { plainReads } from "../../mixins/plain-reads.ts";
import { describeService } from "../../mixins/service.ts";
import { changeProfile } from "./change-profile.ts";
import { grantRole, setRoles } from "./change-roles.ts";
import { createUsers, type NewUser } from "./create-users.ts";
import { ownRoles } from "./errors.ts";
import { nameUsers } from "./name-users.ts";
import { findByEmail, findUser, listAddresses, listUsers, readAddress, readRoles, readUser } from "./read-users.ts";
import { removeAddress } from "./remove-address.ts";
import { addAddress, changeAddress } from "./save-address.ts";
import { users } from "./users.contract.ts";
import { defineUsersModels } from "./users.model.ts";

const DATABASE = { name: "users", migrations: join(import.meta.dirname, "migrations") };

export interface UsersOptions {
  db: Database;
  clock?: Clock;
}

/** A change of one's own: whose it is, and where it comes from. */
const own = (ctx: Asking<unknown, { principal: Principal }>) => ({
  userId: ctx.locals.principal.id,
  origin: originOf(ctx),
});

export function usersService({ db, clock = systemClock }: UsersOptions): ServiceSchema {
  const models = defineUsersModels(db.sequelize);
  const stored = plainReads(db, models.User, { key: "id", kind: "uuid", descending: true });
  const create = gather((wishes: readonly NewUser[]) => createUsers(db, wishes, clock()));
  const named = nameUsers(db);

  return {
    name: "users",
    mixins: [kafkaBridge({ db, name: "users" }), stored.mixin, databaseMixin({ db, plan: DATABASE })],
    actions: actionsOf(users, {
      me: (ctx) => readUser(stored, ctx.locals.principal.id),
      updateMe: (ctx) => changeProfile(db, { ...ctx.params, ...own(ctx) }, clock()),
      addresses: (ctx) => listAddresses(models, ctx.locals.principal.id),
      addAddress: (ctx) => addAddress(db, { id: randomUUIDv7(), ...own(ctx), fields: ctx.params }, clock()),
      address: (ctx) => readAddress(models, ctx.params.id, ctx.locals.principal.id),
      changeAddress: (ctx) => {
        const { id, ifVersion, ...fields } = ctx.params;
        return changeAddress(db, { id, ...own(ctx), ifVersion, fields }, clock());
      },
      removeAddress: async (ctx) => {
        await removeAddress(db, { id: ctx.params.id, ...own(ctx) }, clock());
        return null;
      },
      makeDefaultAddress: (ctx) => {
        const { id, use } = ctx.params;
        const fields = {
          ...(use === "billing" ? {} : { isDefaultShipping: true }),
          ...(use === "shipping" ? {} : { isDefaultBilling: true }),
        };
        return changeAddress(db, { id, ...own(ctx), fields }, clock());
      },
      add: (ctx) => {
        const { email, name, language = null, reference = null, idempotency } = ctx.params;
        return create({
          id: randomUUIDv7(),
          email: canonicalEmail(email),
          name,
          language,
          reference,
          origin: originOf(ctx),
          ...(idempotency && { idempotency: { ...idempotency, scope: `${ctx.locals.principal.id} users.add` } }),
        });
      },
      list: ({ params }) => listUsers(stored, params),
      get: ({ params }) => readUser(stored, params.id),
      create: async (ctx) => {
        const { id, email, name, language = null } = ctx.params;
        const wish = { id, email: canonicalEmail(email), name, language, reference: null, origin: originOf(ctx) };
        return (await create(wish)).user;
      },
      find: ({ params }) => findUser(stored, params.id),
      byEmail: ({ params }) => findByEmail(models, params.email),
      byIds: ({ params }) => named(params.ids),
      rolesOf: ({ params }) => readRoles(models, params.id),
      roles: async ({ params }) => {
        await readUser(stored, params.id);
        return readRoles(models, params.id);
      },
      setRoles: async (ctx) => {
        const { id, roles: wanted } = ctx.params;
        if (id === ctx.locals.principal.id) throw ownRoles();
        const { roles, lost } = await setRoles(db, id, wanted, { now: clock(), origin: originOf(ctx) });
        // Asked again after it failed here, nothing is lost any more; whoever has less than staff is logged out all the same.
        if (lost || !roles.includes("staff")) await call(ctx, "auth.endSessionsOf", { userId: id });
        return { roles };
      },
      grantRole: async (ctx) => {
        const { id, role } = ctx.params;
        return { roles: await grantRole(db, id, role, { now: clock(), origin: originOf(ctx) }) };
      },
    }),
  };
}

export default describeService({
  contract: users,
  databases: [DATABASE],
  needs: [],
  make: ({ db, clock }) => usersService({ db: db("users"), clock }),
});
