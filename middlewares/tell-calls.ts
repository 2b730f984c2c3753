// Which calls are told in the log of security, and as what: by their contract, and whatever staff change in any case.
import { hash } from "node:crypto";
import { type ActionContract, isInternal } from "../contract/contract.ts";
import type { SecurityEvent, TellsOf } from "../contract/security-events.ts";
import type { Asking } from "../contract/typed.ts";
import { tellSecurity, type Where } from "../mixins/tell-security.ts";

type Handler = (ctx: Asking<unknown>) => Promise<unknown>;

/** Refusals that say who may not do what. A token that has run out is everyday, and so is none at all. */
const REFUSED = new Set(["TOKEN_INVALID", "FORBIDDEN", "REAUTHENTICATION_REQUIRED"]);

const typeOf = (error: unknown): string | undefined => (error as { type?: string }).type;
const isRefusal = (error: unknown): boolean => {
  const { code } = error as { code?: unknown };
  return typeof code === "number" && code >= 400 && code < 500;
};

/** @param error what the checks before an action threw */
export function tellRefusal(where: Where, action: string, error: unknown): void {
  const type = typeOf(error);
  if (type === undefined || !REFUSED.has(type)) return;
  tellSecurity(where, "access_refused", { outcome: "refused", action, reason: type.toLowerCase() });
}

/** A handler that tells how its calls ended; the handler itself where nothing is to be told. */
export function telling(next: Handler, action: string, contract: ActionContract): Handler {
  const tells = contract.security ?? staffTells(contract);
  if (tells === undefined) return next;
  const { event, target, only } = tells;
  return async (ctx) => {
    // Read before: a handler may change its parameters.
    const facts = { action, ...targetOf(ctx.params, target) };
    try {
      const result = await next(ctx);
      if (only === undefined) tellSecurity(ctx, event, { outcome: "ok", ...facts });
      return result;
    } catch (error) {
      const reason = typeOf(error)?.toLowerCase() ?? "";
      if (isRefusal(error) && (only?.includes(reason) ?? true)) {
        tellSecurity(ctx, event, { outcome: "refused", ...facts, reason });
      }
      throw error;
    }
  };
}

/** Reads are the daily work of staff, and would bury what they change. */
function staffTells({ access, http }: ActionContract): TellsOf | undefined {
  if (access === "public" || access === "customer" || isInternal(access) || http?.method === "GET") return undefined;
  return { event: "staff_action" satisfies SecurityEvent };
}

function targetOf(params: unknown, name: string | undefined): { target?: string } {
  const value = name === undefined ? undefined : (params as Record<string, unknown>)[name];
  if (typeof value !== "string") return {};
  return { target: name === "email" ? hash("sha256", value.trim().toLowerCase()).slice(0, 32) : value };
}
