import { refusal } from "../contract.ts";
import { payments } from "./payments.contract.ts";

export const amountDiffers = (orderId: string) => refusal(payments, "amount_differs", undefined, { orderId });
