import { refusal } from "../../contract/contract.ts";
import { orders } from "./orders.contract.ts";

const at = (pointer: string, code: string, message: string) => ({ errors: [{ pointer, code, message }] });

export const tooManyUnits = (line: number, most: number) =>
  refusal(orders, "too_many_units", undefined, at(`/lines/${line}`, "maximum", `an order may have ${most} of a SKU`));
export const orderNotFound = () => refusal(orders, "order_not_found");
export const unknownSku = (skus: readonly string[]) =>
  refusal(orders, "unknown_sku", `Not in the catalog: ${skus.slice(0, 10).join(", ")}`, { skus });
export const currencyMismatch = (line: number, currency: string) =>
  refusal(orders, "currency_mismatch", undefined, at(`/lines/${line}`, "currency", `its price is in ${currency}`));
export const totalTooLarge = () => refusal(orders, "total_too_large");
export const unknownCustomer = (customerId: string) => refusal(orders, "unknown_customer", undefined, { customerId });
export const unknownPaymentMethod = (method: string) =>
  refusal(orders, "unknown_payment_method", undefined, at("/payment/method", "unknown", method));
export const notAllowedForCustomers = (field: string) =>
  refusal(orders, "not_allowed_for_customers", `Only staff may set ${field}`, { field });
export const placedInFuture = () =>
  refusal(orders, "placed_in_future", undefined, at("/placedAt", "future", "more than two minutes in the future"));
export const referenceTaken = (reference: string) => refusal(orders, "reference_taken", undefined, { reference });
export const idempotencyInProgress = () => refusal(orders, "idempotency_in_progress", undefined, { retryAfter: 1 });
