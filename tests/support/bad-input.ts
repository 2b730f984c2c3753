// The words that the tables of bad input are written in.
import { orderBody } from "./running-shop.ts";

export type Who = "anyone" | "customer" | "staff";
export interface Case {
  why: string;
  said: string;
  who: Who;
  method: string;
  path: string;
  /** Text and bytes go as they are. */
  body?: unknown;
  type?: string;
  headers?: Record<string, string>;
  key?: string | null;
}

export const NUL = "\u0000";
export const HALF = "\ud800"; // one half of a surrogate pair, which no encoding can carry
export const address = orderBody().shippingAddress;
export const gbp = (amount: unknown) => ({ amount, currency: "GBP" });

type Row = [why: string, said: string, body: unknown, more?: Partial<Case>];
export const to = (method: string, path: string, who: Who, rows: Row[]): Case[] =>
  rows.map(([why, said, body, more]) => ({ why, said, who, method, path, body, ...more }));

export const INVALID = "400 validation_failed";
export const MALFORMED = "400 malformed_json";
