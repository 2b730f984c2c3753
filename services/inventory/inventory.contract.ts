import { type Static, Type } from "typebox";
import { defineContract, internalTo } from "../../contract/contract.ts";
import {
  After,
  Idempotency,
  Limit,
  Nullable,
  OneOf,
  Page,
  Quantity,
  Sku,
  Timestamp,
  Uuid,
} from "../../contract/fields.ts";
import { sharing } from "../../contract/refusals.ts";
import { OneLine } from "../../contract/text.ts";
import { MOVEMENT_TYPES } from "./stock-movements.ts";
import { STOCK_STEPS } from "./stock-steps.ts";

const Count = Type.Integer({ minimum: 0 });

export const StockLevel = Type.Object(
  { sku: Sku, onHand: Count, reserved: Count, available: Count },
  { title: "StockLevel" },
);
export type StockLevel = Static<typeof StockLevel>;

const StockWarning = Type.Object({
  code: OneOf(["unknown_sku"]),
  message: Type.String(),
  alike: Nullable(Type.String({ description: "A SKU of the catalog that is spelt nearly so" })),
});
export type StockWarning = Static<typeof StockWarning>;
const Warnings = Type.Array(StockWarning, { description: "What was done all the same, and may be a mistake" });

const AdjustedLevel = Type.Object({ ...StockLevel.properties, warnings: Warnings });
type AdjustedLevel = Static<typeof AdjustedLevel>;

const Line = Type.Object({ sku: Sku, quantity: Quantity }, { additionalProperties: false });
/** Summed over the lines of an order, and so possibly more than one line may ask for. */
const Pieces = Type.Integer({ minimum: 1 });
const HeldLine = Type.Object({ sku: Sku, quantity: Pieces }, { title: "HeldLine" });
const Shortage = Type.Object({ sku: Sku, requested: Pieces, available: Count }, { title: "Shortage" });
/** `available` is what the change leaves. The version counts all events of the SKU, `adjusted` among them. */
const Crossing = Type.Object({ sku: Sku, available: Count });

/** UNAVAILABLE: the catalog does not sell it, whatever is on the shelf. */
const AVAILABILITIES = [...STOCK_STEPS, "UNAVAILABLE"] as const;

const OrderKeyed = { orderId: Uuid };

export const inventory = defineContract({
  name: "inventory",
  domain: "supply",
  topic: "commerce.inventory.v1",
  errors: {
    ...sharing("idempotency_key_reused"),
    unknown_stock_item: { status: 404, message: "No stock is kept under this SKU" },
    stock_reserved: { status: 409, message: "The adjustment would leave less on hand than is reserved" },
    stock_limit_exceeded: { status: 422, message: "The level would exceed what one SKU may hold" },
    reservation_closed: { status: 409, message: "The reservation is closed" },
  },
  actions: {
    reserve: {
      access: internalTo("orders"),
      idempotent: true,
      params: {
        ...OrderKeyed,
        lines: Type.Array(Line, { minItems: 1, maxItems: 2_000 }),
        expiresAt: Timestamp,
      },
      result: Type.Union([
        Type.Object({ status: Type.Literal("HELD") }),
        Type.Object({ status: Type.Literal("REFUSED"), shortages: Type.Array(Shortage) }),
      ]),
    },
    commit: {
      access: internalTo("orders"),
      idempotent: true,
      params: OrderKeyed,
      result: Type.Object({ status: OneOf(["COMMITTED", "EXPIRED"]) }),
    },
    release: {
      access: internalTo("orders"),
      idempotent: true,
      params: OrderKeyed,
      result: Type.Object({ released: Type.Boolean() }),
    },
    adjust: {
      access: "inventory:write",
      idempotent: true,
      params: {
        sku: Sku,
        delta: Type.Optional(Type.Integer({ minimum: -1_000_000_000, maximum: 1_000_000_000 })),
        onHand: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
        reason: OneLine(200),
        idempotency: Idempotency,
      },
      exactlyOne: ["delta", "onHand"],
      result: Type.Object({ level: AdjustedLevel, replayed: Type.Boolean() }),
      refusals: ["stock_reserved", "stock_limit_exceeded", "idempotency_key_reused"],
      http: {
        method: "POST",
        path: "/v1/stock-adjustments",
        summary: "Correct or add stock, by a difference or to a counted level",
        example: { sku: "MUG-BLUE", delta: 10, reason: "delivery" },
        status: 201,
        idempotencyKey: "required",
        body: AdjustedLevel,
        answer: ({ level, replayed }: { level: AdjustedLevel; replayed: boolean }) => ({
          status: 201,
          headers: replayed ? { "Idempotent-Replayed": "true" } : {},
          body: level,
        }),
      },
    },
    level: {
      access: "inventory:read",
      params: { sku: Sku },
      result: StockLevel,
      refusals: ["unknown_stock_item"],
      http: { method: "GET", path: "/v1/stock-levels/{sku}", summary: "One stock level", example: { sku: "MUG-BLUE" } },
    },
    levels: {
      access: "inventory:read",
      params: { limit: Limit, after: After },
      result: Page(StockLevel),
      http: { method: "GET", path: "/v1/stock-levels", summary: "Stock levels by SKU" },
    },
    movements: {
      access: "inventory:read",
      params: {
        limit: Limit,
        after: After,
        filter: Type.Optional(
          Type.Object(
            { sku: Type.Optional(Sku), orderId: Type.Optional(Uuid) },
            { additionalProperties: false, title: "StockMovementFilter" },
          ),
        ),
      },
      result: Page(
        Type.Object(
          {
            id: Type.Integer(),
            sku: Sku,
            type: OneOf(MOVEMENT_TYPES),
            onHandDelta: Type.Integer(),
            reservedDelta: Type.Integer(),
            orderId: Nullable(Uuid),
            reason: Nullable(Type.String()),
            actorId: Nullable(Uuid),
            at: Timestamp,
          },
          { title: "StockMovement" },
        ),
      ),
      http: {
        method: "GET",
        path: "/v1/stock-movements",
        summary: "The stock ledger, newest first",
        example: { filter: { sku: "MUG-BLUE" } },
      },
    },
    availability: {
      access: "public",
      params: {
        skus: Type.Array(Sku, {
          minItems: 1,
          maxItems: 100,
          description: "Comma-separated in the query; a comma of a SKU is %2C",
        }),
      },
      result: Type.Object({
        data: Type.Array(Type.Object({ sku: Sku, availability: OneOf(AVAILABILITIES) }, { title: "Availability" })),
      }),
      http: {
        method: "GET",
        path: "/v1/availability",
        summary: "Whether SKUs can be bought, in steps",
        example: { skus: ["MUG-BLUE", "TEAPOT-1L"] },
      },
    },
  },
  events: {
    adjusted: Type.Object({ level: StockLevel, delta: Type.Integer(), reason: Type.String() }),
    reserved: Type.Object({ orderId: Uuid, lines: Type.Array(HeldLine), expiresAt: Timestamp }),
    reservation_refused: Type.Object({ orderId: Uuid, shortages: Type.Array(Shortage) }),
    reservation_committed: Type.Object({ orderId: Uuid }),
    reservation_released: Type.Object({ orderId: Uuid }),
    reservation_expired: Type.Object({ orderId: Uuid }),
    low_stock: Crossing,
    out_of_stock: Crossing,
    back_in_stock: Crossing,
  },
});
