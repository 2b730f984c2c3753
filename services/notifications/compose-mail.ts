// What a customer is told, from the facts of the event alone. Pure: the same event makes the same mail.
import type { EventData } from "../../contract/events/events.ts";
import type { DeliveryKind } from "./delivery-kinds.ts";

export type OrderFacts = EventData<"orders.confirmed"> & { reason?: string };

export interface Composed {
  subject: string;
  text: string;
}

interface Telling {
  subject: (number: string) => string;
  opening: (number: string, order: OrderFacts) => string;
  closing: string;
}

const TELLINGS: Record<DeliveryKind, Telling> = {
  order_confirmed: {
    subject: (number) => `Your order ${number} is confirmed`,
    opening: (number) => `thank you for your order. It is confirmed, and its number is ${number}.`,
    closing: "We write again when it is on its way.",
  },
  payment_failed: {
    subject: (number) => `The payment for your order ${number} failed`,
    opening: (number, { reason }) =>
      `we could not take the payment for your order ${number}: ${whyFailed(reason)}. You have not been charged.`,
    closing:
      "The order is closed and its articles are no longer held for you. If you still want them, please place the order again " +
      "with another way to pay, or ask your bank first why it refused.",
  },
};

const REASONS: Readonly<Record<string, string>> = {
  card_declined: "your bank declined it",
  insufficient_funds: "there was not enough money in the account",
  provider_timeout: "the payment provider did not answer in time",
  payment_canceled: "it was cancelled",
};
/** A reason that is not in the table is the provider's own word, which is no sentence for a customer. */
const whyFailed = (reason = ""): string =>
  Object.hasOwn(REASONS, reason) ? (REASONS[reason] as string) : "it was refused";

export function composeMail(kind: DeliveryKind, order: OrderFacts): Composed {
  const telling = TELLINGS[kind];
  const number = oneLine(order.number);
  const paragraphs = ["Hello,", telling.opening(number, order), listLines(order), telling.closing];
  return { subject: telling.subject(number), text: `${paragraphs.join("\n\n")}\n` };
}

function listLines({ lines, total, currency }: OrderFacts): string {
  const rows = [
    ...lines.map((line) => [`${line.quantity} x ${oneLine(line.sku)}`, formatMoney(line.total, currency)] as const),
    ["Total", formatMoney(total, currency)] as const,
  ];
  const width = Math.max(...rows.map(([what]) => what.length));
  const amountWidth = Math.max(...rows.map(([, amount]) => amount.length));
  return rows.map(([what, amount]) => `  ${what.padEnd(width)}  ${amount.padStart(amountWidth)}`).join("\n");
}

/** A line break in a value could begin a header of its own. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();

// Making a formatter costs more than the rest of a mail.
const formats = new Map<string, (amount: number) => string>();

/** Minor units as people write them. Exact: the amount reaches the formatter as a decimal text, never as a fraction. */
export function formatMoney(amount: number, currency: string): string {
  const format = formats.get(currency) ?? formatOf(currency);
  formats.set(currency, format);
  return format(amount);
}

function formatOf(currency: string): (amount: number) => string {
  const format = new Intl.NumberFormat("en-GB", { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return (amount) => format.format(`${amount}E-${digits}` as Intl.StringNumericLiteral);
}
