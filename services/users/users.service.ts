// Sole owner of profiles, addresses and roles.
import { randomUUIDv7 } from "node:crypto";
import type { ServiceSchema } from "moleculer";
import { type Clock, systemClock } from "../../mixins/clock.ts";
import { databaseMixin } from "../../mixins/database/database.mixin.ts";
import type { Database } from "../../mixins/database/database.ts";
import { gather } from "../../mixins/gather.ts";
import { type Asking, actionsOf } from "../typed.ts";
import { canonicalEmail } from "./canonical-email.ts";
import { changeProfile } from "./change-profile.ts";
import { createUsers, type NewUser } from "./create-users.ts";
import { grantRole } from "./grant-role.ts";
import { nameUsers } from "./name-users.ts";
import { findByEmail, findUser, listAddresses, listUsers, readAddress, readRoles, readUser } from "./read-users.ts";
import { refuseUnusableText } from "./refuse-unusable-text.ts";
import { removeAddress } from "./remove-address.ts";
import { addAddress, changeAddress } from "./save-address.ts";
import { users } from "./users.contract.ts";
import { defineUsersModels } from "./users.model.ts";

export interface UsersOptions {
  db: Database;
  clock?: Clock;
}

/** Who is asking; the access check lets nobody unknown as far as the actions that use it. */
const asker = ({ locals }: Asking<unknown>): string => locals.principal!.id;

export function usersService({ db, clock = systemClock }: UsersOptions): ServiceSchema {
  const models = defineUsersModels(db.sequelize);
  const gathered = gather((wishes: readonly NewUser[]) => createUsers(db, wishes, clock()));
  const named = nameUsers(db);
  const create = (wish: NewUser) => refuseUnusableText(gathered(wish));

  return {
    name: "users",
    mixins: [databaseMixin({ db, name: "users", model: models.User })],
    actions: actionsOf(users, {
      me: (ctx) => readUser(models, asker(ctx)),
      updateMe: (ctx) => refuseUnusableText(changeProfile(db, { ...ctx.params, userId: asker(ctx) }, clock())),
      addresses: (ctx) => listAddresses(models, asker(ctx)),
      addAddress: (ctx) =>
        refuseUnusableText(addAddress(db, { id: randomUUIDv7(), userId: asker(ctx), fields: ctx.params }, clock())),
      address: (ctx) => readAddress(models, ctx.params.id, asker(ctx)),
      changeAddress: (ctx) => {
        const { id, ifVersion, ...fields } = ctx.params;
        return refuseUnusableText(changeAddress(db, { id, userId: asker(ctx), ifVersion, fields }, clock()));
      },
      removeAddress: async (ctx) => {
        await removeAddress(db, { id: ctx.params.id, userId: asker(ctx) }, clock());
        return null;
      },
      makeDefaultAddress: (ctx) => {
        const { id, use } = ctx.params;
        const fields = {
          ...(use === "billing" ? {} : { isDefaultShipping: true }),
          ...(use === "shipping" ? {} : { isDefaultBilling: true }),
        };
        return changeAddress(db, { id, userId: asker(ctx), fields }, clock());
      },
      add: (ctx) => {
        const { email, name, reference = null, idempotency } = ctx.params;
        return create({
          id: randomUUIDv7(),
          email: canonicalEmail(email),
          name,
          reference,
          ...(idempotency && { idempotency: { ...idempotency, scope: `${asker(ctx)} users.add` } }),
        });
      },
      list: ({ params }) => listUsers(models, params),
      get: ({ params }) => readUser(models, params.id),
      create: async ({ params: { id, email, name } }) =>
        (await create({ id, email: canonicalEmail(email), name, reference: null })).user,
      find: ({ params }) => findUser(models, params.id),
      byEmail: ({ params }) => findByEmail(models, params.email),
      byIds: ({ params }) => named(params.ids),
      rolesOf: ({ params }) => readRoles(models, params.id),
      grantRole: async ({ params }) => ({ roles: await grantRole(db, params.id, params.role, clock()) }),
    }),
  };
}
