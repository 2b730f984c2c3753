// What every service that wears the bridge answers to the other services and the REPL, besides its own contract. Internal:
// the gateway never serves them; `operations` does so for staff, over all services.
import { type Static, type TObject, type TSchema, Type } from "typebox";
import { type InternalAccess, internalTo } from "./contract.ts";
import { OneOf } from "./fields.ts";

const Id = Type.String({ pattern: "^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description: "UUIDv7" });
const Count = Type.Integer({ minimum: 0 });

export const DeadLetterSchema = Type.Object({
  id: Id,
  group: Type.String({ description: "The consumer that could not apply it" }),
  event: Type.Record(Type.String(), Type.Unknown(), {
    description: "Its attributes and data; of what is no event, `bytes` in base64 and the headers",
  }),
  attempts: Type.Integer(),
  error: Type.String({ description: "Why the last attempt failed" }),
  parkedAt: Type.String({ format: "date-time" }),
});

export type DeadLetter = Static<typeof DeadLetterSchema>;

/** How the events of one service flow. */
export const FlowSchema = Type.Object(
  {
    service: Type.String(),
    unsent: Type.Integer({ minimum: 0, description: "Events in the outbox that are not published yet" }),
    oldestSeconds: Type.Number({ minimum: 0, description: "Age of the oldest of them" }),
    groups: Type.Array(
      Type.Object(
        {
          group: Type.String(),
          parked: Count,
          lag: Type.Integer({ minimum: 0, description: "Events published and not consumed yet" }),
          consuming: Type.Boolean(),
        },
        { title: "ConsumerFlow" },
      ),
    ),
  },
  { title: "EventFlow" },
);

export type Flow = Static<typeof FlowSchema>;

interface BridgeContract {
  access: InternalAccess;
  params: Record<string, TSchema>;
  result: TSchema;
}

/** `operations` asks, for staff. */
const STAFF_ASK = internalTo("operations");

export const BRIDGE_ACTIONS = {
  "bridge.flow": { access: STAFF_ASK, params: {}, result: FlowSchema },
  "deadLetters.list": {
    access: STAFF_ASK,
    params: { limit: Type.Integer({ minimum: 1, maximum: 101 }), after: Type.Optional(Id) },
    result: Type.Array(DeadLetterSchema),
  },
  "deadLetters.get": {
    access: STAFF_ASK,
    params: { id: Id },
    result: Type.Union([DeadLetterSchema, Type.Null()]),
  },
  "deadLetters.replay": {
    access: STAFF_ASK,
    params: { id: Id },
    result: Type.Object({
      outcome: OneOf(["applied", "failed", "not_found"]),
      error: Type.Optional(Type.String()),
    }),
  },
  "deadLetters.discard": {
    access: STAFF_ASK,
    params: { id: Id },
    result: Type.Object({ discarded: Type.Boolean() }),
  },
} as const satisfies Record<string, BridgeContract>;

export type BridgeAction = keyof typeof BRIDGE_ACTIONS;
export type BridgeParams<A extends BridgeAction> = Static<TObject<(typeof BRIDGE_ACTIONS)[A]["params"]>>;
export type BridgeResult<A extends BridgeAction> = Static<(typeof BRIDGE_ACTIONS)[A]["result"]>;
