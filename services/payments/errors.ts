import { Errors } from "moleculer";
import { refusal } from "../../contract/contract.ts";
import { payments } from "./payments.contract.ts";

export const amountDiffers = (orderId: string) => refusal(payments, "amount_differs", undefined, { orderId });
export const paymentNotFound = (orderId: string) => refusal(payments, "payment_not_found", undefined, { orderId });
export const noActionPending = (orderId: string) => refusal(payments, "no_action_pending", undefined, { orderId });
export const sandboxIsSilent = () => refusal(payments, "sandbox_is_silent");
export const unknownProvider = () => refusal(payments, "unknown_provider");
export const webhookSignatureInvalid = () => refusal(payments, "webhook_signature_invalid");
export const webhookStale = () => refusal(payments, "webhook_stale");
export const webhookUnreadable = () => refusal(payments, "webhook_unreadable");

/** Answered as 503, so that the provider sends its webhook again. */
export const providerUnreachable = () =>
  new Errors.MoleculerServerError("The payment provider cannot be asked", 503, "SERVICE_NOT_AVAILABLE");

/** A payment that was begun with a provider which this shop no longer has the settings of. */
export const providerNotConfigured = (name: string) =>
  new Errors.MoleculerServerError(`The payment provider ${name} is not configured`, 503, "PROVIDER_NOT_CONFIGURED");
