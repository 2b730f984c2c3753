// The sandbox's webhooks: an envelope as providers send it. The shop reads from it which charge to ask about, no more.
import type { WebhookEvent } from "../provider.ts";
import type { Completion } from "./complete-charge.ts";

/** The same event whenever it is made again: a charge is completed once. */
export const writeWebhook = ({ id, key, status, completedAt }: Completion): string =>
  JSON.stringify({
    id: `evt_${id}`,
    type: `charge.${status}`,
    created: Math.floor(completedAt.getTime() / 1000),
    data: { charge: { id, key, status } },
  });

/** @returns undefined for what is no event of the sandbox's form */
export function readWebhook(payload: string): (WebhookEvent & { key: string | null }) | undefined {
  const { id, type, data } = objectOf(parse(payload));
  if (!isName(id) || !isName(type)) return undefined;
  const charge = objectOf(objectOf(data).charge);
  const name = (value: unknown) => (type.startsWith("charge.") && isName(value) ? value : null);
  return { id, type, providerId: name(charge.id), key: name(charge.key) };
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Printable: it becomes a key in the database, which takes no NUL. */
const isName = (value: unknown): value is string => typeof value === "string" && /^[!-~]{1,200}$/.test(value);
