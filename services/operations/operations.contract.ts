import { Type } from "typebox";
import { DeadLetterSchema, FlowSchema } from "../../contract/bridge-actions.ts";
import { defineContract } from "../../contract/contract.ts";
import { After, Limit, PageInfo, Uuid } from "../../contract/fields.ts";

const DeadLetter = Type.Object({ service: Type.String(), ...DeadLetterSchema.properties }, { title: "DeadLetter" });
const Unavailable = Type.Array(Type.String(), { description: "Services that could not be asked, and are not in here" });

export const operations = defineContract({
  name: "operations",
  domain: "operations",
  stateless: true,
  errors: {
    dead_letter_not_found: { status: 404, message: "There is no such dead letter" },
    replay_failed: { status: 409, message: "The event could not be applied and stays parked" },
    services_missing: { status: 503, message: "It was not found, but not every service could be asked" },
  },
  actions: {
    deadLetters: {
      access: "operations",
      params: { limit: Limit, after: After },
      result: Type.Object({
        data: Type.Array(DeadLetter),
        page: PageInfo,
        unavailable: Unavailable,
      }),
      http: {
        method: "GET",
        path: "/v1/admin/dead-letters",
        summary: "Events that a consumer could not apply, of all services, the newest first",
      },
    },
    deadLetter: {
      access: "operations",
      params: { id: Uuid },
      result: DeadLetter,
      refusals: ["dead_letter_not_found", "services_missing"],
      http: {
        method: "GET",
        path: "/v1/admin/dead-letters/{id}",
        summary: "One of them",
        follows: { action: "operations.deadLetters", with: { id: "$response.body#/data/0/id" } },
      },
    },
    replay: {
      access: "operations",
      params: { id: Uuid },
      result: Type.Object({ id: Uuid, outcome: Type.Literal("applied") }),
      refusals: ["dead_letter_not_found", "replay_failed", "services_missing"],
      http: {
        method: "POST",
        path: "/v1/admin/dead-letters/{id}/replay",
        summary: "Apply a parked event now; what came after it has been applied before",
        follows: { action: "operations.deadLetters", with: { id: "$response.body#/data/0/id" } },
      },
    },
    discard: {
      access: "operations",
      params: { id: Uuid },
      result: Type.Object({}),
      refusals: ["dead_letter_not_found", "services_missing"],
      http: {
        method: "DELETE",
        path: "/v1/admin/dead-letters/{id}",
        summary: "Give a parked event up",
        follows: { action: "operations.deadLetters", with: { id: "$response.body#/data/0/id" } },
        status: 204,
      },
    },
    eventFlow: {
      access: "operations",
      params: {},
      result: Type.Object({ data: Type.Array(FlowSchema), unavailable: Unavailable }),
      http: {
        method: "GET",
        path: "/v1/admin/event-flow",
        summary: "What waits in every outbox, how far every consumer is, and what is parked",
      },
    },
  },
  events: {},
});
