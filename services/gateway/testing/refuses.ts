import { expect } from "@jest/globals";
import type { Reply } from "./ask.ts";
import type { Shop } from "./start-shop.ts";

/** Fails unless the reply is this refusal, with these complaints, and no action ran. */
export const refuses =
  (shop: () => Shop) =>
  (reply: Reply, status: number, code: string, ...errors: object[]): void => {
    const { served } = shop();
    expect({ status: reply.status, code: reply.json?.code, served }).toEqual({ status, code, served: [] });
    if (errors.length > 0) expect(reply.json.errors).toEqual(errors.map((error) => expect.objectContaining(error)));
  };
