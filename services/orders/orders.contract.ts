import { type Static, Type } from "typebox";
import { Address, AddressInput } from "../../contract/addresses.ts";
import { defineContract, internalTo } from "../../contract/contract.ts";
import { COUNTRIES, NO_COUNTRIES } from "../../contract/countries.ts";
import { Email, EmailInput } from "../../contract/email.ts";
import {
  After,
  Amount,
  Country,
  Currency,
  CurrencyInput,
  Idempotency,
  Language,
  Limit,
  MoneyInput,
  MoneySchema,
  Nullable,
  OneOf,
  Page,
  Quantity,
  Reference,
  Sku,
  Timestamp,
  Uuid,
} from "../../contract/fields.ts";
import { sharing } from "../../contract/refusals.ts";
import { PaymentMethod } from "../payments/payments.contract.ts";
import { FULFILLMENT_STATUSES, ORDER_STATES, PAYMENT_STATUSES } from "./order-states.ts";

export const MAX_LINES = 2_000;

const OrderLine = Type.Object(
  {
    sku: Sku,
    title: Type.String(),
    quantity: Quantity,
    unitPrice: MoneySchema,
    total: MoneySchema,
  },
  { title: "OrderLine" },
);

const OrderStatus = OneOf(ORDER_STATES, "OrderStatus");

export const Order = Type.Object(
  {
    id: Uuid,
    number: Type.String({ description: "For people; unguessable" }),
    reference: Nullable(Reference),
    status: OrderStatus,
    reason: Nullable(Type.String({ description: "Why it ended badly, e.g. out_of_stock or card_declined" })),
    paymentStatus: OneOf(PAYMENT_STATUSES, "PaymentStatus"),
    fulfillmentStatus: OneOf(FULFILLMENT_STATUSES, "FulfillmentStatus"),
    customerId: Nullable(Uuid),
    email: Nullable(Email),
    language: Nullable(Language),
    currency: Currency,
    lines: Type.Array(OrderLine),
    total: MoneySchema,
    shippingAddress: Address,
    placedAt: Timestamp,
    createdAt: Timestamp,
    updatedAt: Timestamp,
    version: Type.Integer(),
  },
  { title: "Order" },
);
export type Order = Static<typeof Order>;

const TimelineEntry = Type.Object(
  {
    at: Timestamp,
    type: Type.String(),
    actorId: Nullable(Uuid),
    data: Type.Record(Type.String(), Type.Unknown()),
  },
  { title: "TimelineEntry" },
);

const ShippingAddressInput = Type.Object(
  {
    ...AddressInput.properties,
    country: Type.Unsafe<string>(
      Type.String({
        enum: [...COUNTRIES, ...NO_COUNTRIES],
        description:
          "ISO 3166-1 alpha-2; a sale that was made elsewhere before may have gone to `EU` or `ZZ` (not known)",
      }),
    ),
  },
  { additionalProperties: false, title: "ShippingAddressInput" },
);

/** The facts of an order that its events repeat, so that a consumer needs no call back. */
const OrderFacts = Type.Object({
  orderId: Uuid,
  number: Type.String(),
  customerId: Nullable(Uuid),
  email: Nullable(Email),
  language: Type.Optional(Language),
  currency: Currency,
  total: Amount,
  country: Country,
  placedAt: Timestamp,
  lines: Type.Array(
    Type.Object(
      {
        sku: Sku,
        title: Type.Optional(Type.String({ description: "Absent from events of before it was told" })),
        quantity: Quantity,
        unitPrice: Amount,
        total: Amount,
      },
      { title: "SoldLine" },
    ),
  ),
});

const answerPlaced = (
  { order, replayed }: { order: Order; replayed: boolean },
  { preferAsync }: { preferAsync: boolean },
) => ({
  status: preferAsync && order.status === "PENDING" ? 202 : 201,
  headers: {
    Location: `/v1/orders/${order.id}`,
    ...(replayed ? { "Idempotent-Replayed": "true" } : {}),
    ...(preferAsync ? { "Preference-Applied": "respond-async" } : {}),
  },
  body: order,
});

export const orders = defineContract({
  name: "orders",
  domain: "ordering",
  topic: "commerce.orders.v1",
  errors: {
    ...sharing("invalid_address", "invalid_email", "idempotency_key_reused", "reference_taken"),
    order_not_found: { status: 404, message: "There is no such order" },
    too_many_units: { status: 422, message: "This is more of one SKU than an order may have" },
    unknown_sku: { status: 422, message: "The catalog sells nothing under this SKU" },
    currency_mismatch: { status: 422, message: "All prices of an order are in the order's currency" },
    total_too_large: { status: 422, message: "The total is larger than one order may be" },
    unknown_customer: { status: 422, message: "There is no such customer" },
    unknown_payment_method: { status: 422, message: "The payment provider does not know this payment method" },
    not_allowed_for_customers: { status: 403, message: "Only staff may set this field" },
    placed_in_future: { status: 422, message: "placedAt lies more than two minutes in the future" },
    idempotency_in_progress: { status: 409, message: "The first request with this Idempotency-Key is still running" },
  },
  actions: {
    place: {
      access: "customer",
      idempotent: true,
      params: {
        currency: CurrencyInput,
        lines: Type.Array(
          Type.Object(
            { sku: Sku, quantity: Quantity, unitPrice: Type.Optional(MoneyInput) },
            { additionalProperties: false, title: "WantedLine" },
          ),
          { minItems: 1, maxItems: MAX_LINES },
        ),
        shippingAddress: ShippingAddressInput,
        payment: Type.Object({ method: PaymentMethod }, { additionalProperties: false }),
        customerId: Type.Optional(Uuid),
        email: Type.Optional(EmailInput),
        language: Type.Optional(
          Type.String({ ...Language, description: "In which the customer is told of it; else that of their profile" }),
        ),
        placedAt: Type.Optional(Timestamp),
        reference: Type.Optional(Reference),
        idempotency: Idempotency,
        respondAsync: Type.Optional(Type.Boolean()),
      },
      result: Type.Object({ order: Order, replayed: Type.Boolean() }),
      refusals: [
        "invalid_address",
        "invalid_email",
        "unknown_sku",
        "too_many_units",
        "currency_mismatch",
        "total_too_large",
        "unknown_customer",
        "unknown_payment_method",
        "not_allowed_for_customers",
        "placed_in_future",
        "reference_taken",
        "idempotency_in_progress",
        "idempotency_key_reused",
      ],
      http: {
        method: "POST",
        path: "/v1/orders",
        limit: "checkout",
        summary: "Place an order",
        example: {
          currency: "GBP",
          lines: [{ sku: "MUG-BLUE", quantity: 2 }],
          shippingAddress: {
            name: "Ada Lovelace",
            line1: "12 St James Square",
            city: "London",
            postalCode: "SW1Y 4JH",
            country: "GB",
          },
          payment: { method: "pm_card_visa" },
        },
        status: 201,
        alsoAnswers: [202],
        bodyLimit: 1_000_000,
        idempotencyKey: "required",
        location: true,
        preferAsync: "respondAsync",
        body: Order,
        answer: answerPlaced,
      },
    },
    list: {
      access: "customer",
      params: {
        limit: Limit,
        after: After,
        filter: Type.Optional(
          Type.Object(
            {
              customerId: Type.Optional(Uuid),
              status: Type.Optional(OrderStatus),
              reference: Type.Optional(Reference),
              placedFrom: Type.Optional(Timestamp),
              placedTo: Type.Optional(Timestamp),
            },
            { additionalProperties: false, title: "OrderFilter" },
          ),
        ),
      },
      result: Page(Order),
      refusals: ["not_allowed_for_customers"],
      http: {
        method: "GET",
        path: "/v1/orders",
        summary: "Orders, newest first: one's own, or any for staff",
        example: { limit: 10, filter: { status: "CONFIRMED" } },
      },
    },
    get: {
      access: "customer",
      params: { id: Uuid },
      result: Order,
      refusals: ["order_not_found"],
      http: {
        method: "GET",
        path: "/v1/orders/{id}",
        summary: "One order",
        follows: { action: "orders.place", with: { id: "$response.body#/id" } },
      },
    },
    addressesOf: {
      access: internalTo("notifications"),
      params: { ids: Type.Array(Uuid, { maxItems: 100 }) },
      result: Type.Array(Type.Object({ id: Uuid, shippingAddress: Address })),
    },
    timeline: {
      access: "customer",
      params: { id: Uuid },
      result: Type.Object({ data: Type.Array(TimelineEntry) }),
      refusals: ["order_not_found"],
      http: {
        method: "GET",
        path: "/v1/orders/{id}/timeline",
        summary: "What happened to an order, oldest first",
        follows: { action: "orders.place", with: { id: "$response.body#/id" } },
      },
    },
  },
  events: {
    created: OrderFacts,
    confirmed: OrderFacts,
    rejected: Type.Object({ ...OrderFacts.properties, reason: Type.String() }),
    payment_failed: Type.Object({ ...OrderFacts.properties, reason: Type.String() }),
    expired: Type.Object({ ...OrderFacts.properties, reason: Type.String() }),
    awaiting_payment: OrderFacts,
  },
});
