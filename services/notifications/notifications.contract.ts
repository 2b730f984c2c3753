import { type Static, Type } from "typebox";
import { defineContract } from "../../contract/contract.ts";
import { Email } from "../../contract/email.ts";
import { After, Limit, Nullable, OneOf, Page, Timestamp, Uuid } from "../../contract/fields.ts";
import { DELIVERY_KINDS, DELIVERY_STATES } from "./delivery-kinds.ts";

const Delivery = Type.Object(
  {
    id: Uuid,
    orderId: Uuid,
    kind: OneOf(DELIVERY_KINDS),
    recipient: Email,
    subject: Nullable(Type.String({ description: "Null until the mail is composed" })),
    status: OneOf(DELIVERY_STATES),
    attempts: Type.Integer(),
    error: Nullable(Type.String({ description: "Why the last attempt failed" })),
    createdAt: Timestamp,
    sentAt: Nullable(Timestamp),
  },
  { title: "Delivery" },
);
export type Delivery = Static<typeof Delivery>;

export const notifications = defineContract({
  name: "notifications",
  domain: "engagement",
  topic: "commerce.notifications.v1",
  errors: {},
  actions: {
    deliveries: {
      access: "operations",
      params: {
        limit: Limit,
        after: After,
        filter: Type.Optional(
          Type.Object(
            { orderId: Type.Optional(Uuid), status: Type.Optional(OneOf(DELIVERY_STATES)) },
            { additionalProperties: false, title: "DeliveryFilter" },
          ),
        ),
      },
      result: Page(Delivery),
      http: {
        method: "GET",
        path: "/v1/notifications",
        summary: "Mails to customers, newest first",
        example: { filter: { status: "SENT" } },
      },
    },
  },
  events: {
    sent: Type.Object({ deliveryId: Uuid, orderId: Uuid, kind: Type.String() }),
    failed: Type.Object({ deliveryId: Uuid, orderId: Uuid, kind: Type.String(), reason: Type.String() }),
  },
});
