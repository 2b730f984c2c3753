import { refusal } from "../../contract/contract.ts";
import { inventory } from "./inventory.contract.ts";

export const unknownStockItem = (sku: string) => refusal(inventory, "unknown_stock_item", undefined, { sku });

export const stockReserved = (level: { sku: string; onHand: number; reserved: number }) =>
  refusal(
    inventory,
    "stock_reserved",
    `${level.sku}: ${level.reserved} of ${level.onHand} are reserved for orders`,
    level,
  );

export const stockLimitExceeded = (sku: string) => refusal(inventory, "stock_limit_exceeded", undefined, { sku });

export const reservationClosed = (orderId: string, status: string) =>
  refusal(inventory, "reservation_closed", `The reservation of order ${orderId} is ${status}`, { orderId, status });
