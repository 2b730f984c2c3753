import type { Drive } from "./driving/drive.ts";
import type { OrderState } from "./order-states.ts";
import { drivePayment } from "./paying/drive-payment.ts";

/**
 * State -> what drives an order that stands in it: at once by the request that brought it there, and by the worker when it is
 * due. An order in any other state goes on when somebody asks something of it.
 */
export const DRIVES: Partial<Record<OrderState, Drive>> = {
  PENDING: drivePayment,
  AWAITING_PAYMENT: drivePayment,
};
