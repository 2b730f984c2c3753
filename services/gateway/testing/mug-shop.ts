// A shop of mugs: one contract with every kind of binding, and a service that answers with what it was asked.
import { Errors, type ServiceSchema } from "moleculer";
import { Type } from "typebox";
import { defineContract, internalTo, refusal } from "../../../contract/contract.ts";
import { After, Idempotency, Limit, MoneySchema, OneOf } from "../../../contract/fields.ts";
import { actionsOf } from "../../../contract/typed.ts";
import { IfVersion, isWantedVersion } from "../../../contract/versions.ts";

const Mug = Type.Object({ id: Type.String(), title: Type.String(), price: MoneySchema, version: Type.Integer() });
const MugId = Type.String({ pattern: "^[a-z0-9-]{1,40}$" });
const Echo = Type.Object({ asked: Type.Unknown(), meta: Type.Unknown() });
const stored = { id: "m-1", title: "Blue mug", price: { amount: 900, currency: "GBP" }, version: 3 };

export const mugs = defineContract({
  name: "mugs",
  domain: "catalog",
  errors: {
    mug_not_found: { status: 404, message: "There is no such mug" },
    mug_changed: { status: 412, message: "The mug was changed meanwhile" },
    too_many_mugs: { status: 429, message: "That is too many mugs at once" },
  },
  actions: {
    search: {
      access: "public",
      params: {
        limit: Limit,
        after: After,
        q: Type.Optional(Type.String({ minLength: 1 })),
        sort: Type.Optional(OneOf(["title", "-title"])),
        glazed: Type.Optional(Type.Boolean()),
        skus: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { maxItems: 3 })),
        filter: Type.Optional(
          Type.Object(
            { color: Type.Optional(Type.String()), handles: Type.Optional(Type.Integer()) },
            { additionalProperties: false },
          ),
        ),
      },
      result: Echo,
      http: { method: "GET", path: "/v1/mugs", summary: "Search" },
    },
    get: {
      access: "public",
      params: { id: MugId },
      result: Mug,
      refusals: ["mug_not_found"],
      http: { method: "GET", path: "/v1/mugs/{id}", summary: "One mug", publicMaxAge: 60 },
    },
    featured: {
      access: "public",
      params: {},
      result: Type.Object({ featured: Type.Boolean() }),
      http: { method: "GET", path: "/v1/mugs/featured", summary: "The mug of the day", publicMaxAge: 5 },
    },
    create: {
      access: "catalog:write",
      params: {
        title: Type.String({ minLength: 1 }),
        price: MoneySchema,
        extras: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        idempotency: Idempotency,
      },
      result: Type.Object({ mug: Mug, asked: Type.Unknown() }),
      http: {
        method: "POST",
        path: "/v1/mugs",
        summary: "A new mug",
        status: 201,
        location: true,
        bodyLimit: 2_000,
        idempotencyKey: "required",
        body: Mug,
        answer: ({ mug, asked }) => ({
          status: 201,
          headers: { Location: `/v1/mugs/${mug.id}`, "Idempotent-Replayed": undefined },
          body: { ...mug, asked },
        }),
      },
    },
    edit: {
      access: "catalog:write",
      params: { id: MugId, title: Type.String(), ifVersion: IfVersion },
      result: Mug,
      refusals: ["mug_not_found", "mug_changed"],
      http: { method: "PATCH", path: "/v1/mugs/{id}", summary: "Another title", ifMatch: true, etag: true },
    },
    remove: {
      access: "catalog:write",
      params: { mugId: MugId },
      result: Type.Null(),
      http: { method: "DELETE", path: "/v1/mugs/{mugId}", summary: "No more of it", status: 204 },
    },
    import: {
      access: "catalog:write",
      params: {
        items: Type.Optional(Type.Array(Type.Unknown())),
        csv: Type.Optional(Type.String()),
        rehearsal: Type.Optional(Type.Boolean()),
      },
      result: Echo,
      http: {
        method: "POST",
        path: "/v1/mug-imports",
        summary: "Many mugs",
        query: ["rehearsal"],
        takes: { as: "csv", into: "csv" },
        bodyLimit: 50_000,
      },
    },
    order: {
      access: "customer",
      params: {
        note: Type.Optional(Type.String()),
        idempotency: Type.Optional(Idempotency),
        soon: Type.Optional(Type.Boolean()),
      },
      result: Echo,
      http: {
        method: "POST",
        path: "/v1/mug-orders",
        summary: "Order a mug",
        status: 201,
        alsoAnswers: [202],
        idempotencyKey: "optional",
        preferAsync: "soon",
        answer: (result, { preferAsync }) => ({ status: preferAsync ? 202 : 201, body: result }),
      },
    },
    drop: {
      access: "public",
      params: { how: Type.String() },
      result: Type.Unknown(),
      refusals: ["too_many_mugs"],
      http: { method: "POST", path: "/v1/mug-drops", summary: "Everything that can go wrong" },
    },
    hear: {
      access: "public",
      params: {
        kiln: MugId,
        payload: Type.String(),
        signature: Type.Optional(Type.String({ maxLength: 200, description: "Proof of the sender" })),
      },
      result: Echo,
      http: {
        method: "POST",
        path: "/v1/mug-kilns/{kiln}",
        summary: "Word from a kiln",
        takes: { as: "raw", into: "payload" },
        headers: { signature: "Kiln-Signature" },
      },
    },
    count: { access: internalTo(), params: {}, result: Type.Integer() },
  },
  events: {},
});

const failures: Record<string, () => Error> = {
  refused: () => refusal(mugs, "too_many_mugs", "Seven is too many", { retryAfter: 7, limit: 3, status: 200 }),
  undeclared: () => new Errors.MoleculerClientError("You did", 409, "MUG_BROKEN", { big: 1n }),
  bug: () => new TypeError("Cannot read properties of null (reading 'handle')"),
  database: () =>
    Object.assign(new Error('duplicate key violates "mugs_title_key"'), { code: "23505", data: { sql: "insert" } }),
  code: () => Object.assign(new Error("secret of a plain error"), { code: 404, type: "NOPE" }),
  server: () => new Errors.MoleculerServerError("secret of the server", 500, "DB_DOWN", { host: "db-1" }),
  timeout: () => new Errors.RequestTimeoutError({ action: "db.find", nodeID: "prod-17" }),
  skipped: () => new Errors.RequestSkippedError({ action: "db.find", nodeID: "prod-17" }),
  unavailable: () => new Errors.ServiceNotAvailableError({ action: "db.find", nodeID: "prod-17" }),
  unknown: () => new Errors.ServiceNotFoundError({ action: "db.find" }),
  full: () => new Errors.QueueIsFullError({ action: "db.find", nodeID: "prod-17", size: 3, limit: 3 }),
  rejected: () => new Errors.RequestRejectedError({ action: "db.find", nodeID: "prod-17" }),
  overloaded: () => new Errors.MoleculerRetryableError("Busy", 503, "OVERLOADED", { queue: 900 }),
  redirect: () => new Errors.MoleculerClientError("Elsewhere", 302, "ELSEWHERE"),
};

/** The service behind the contract. @param served gets the name of each action that runs */
export function mugService(served: string[], held?: Promise<void>): ServiceSchema {
  const echo = (name: string) => (ctx: { params: unknown; meta: object }) => {
    served.push(name);
    return { asked: ctx.params, meta: { ...ctx.meta } };
  };
  return {
    name: "mugs",
    actions: actionsOf(mugs, {
      search: echo("search"),
      get(ctx) {
        served.push("get");
        if (ctx.params.id === "gone") throw refusal(mugs, "mug_not_found");
        Object.assign(ctx.meta, { $statusCode: 302, $location: "https://evil.example", token: "forged" });
        return { ...stored, id: ctx.params.id };
      },
      async featured() {
        served.push("featured");
        await held;
        return { featured: true };
      },
      create(ctx) {
        served.push("create");
        return { mug: stored, asked: ctx.params };
      },
      edit(ctx) {
        served.push("edit");
        if (!isWantedVersion(ctx.params.ifVersion, stored.version)) throw refusal(mugs, "mug_changed");
        return { ...stored, title: ctx.params.title, version: 4 };
      },
      remove() {
        served.push("remove");
        return null;
      },
      import: echo("import"),
      order: echo("order"),
      drop(ctx) {
        served.push("drop");
        throw (failures[ctx.params.how] ?? (() => new Error("?")))();
      },
      hear: echo("hear"),
      count: () => 1,
    }),
  };
}
