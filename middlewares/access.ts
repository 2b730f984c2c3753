// Who may call what, checked in the service that owns the action: by the signed token, never by what a caller says of
// itself. Listed outside the cacher, so that a cache hit is checked as well.
import type { ActionSchema, Middleware } from "moleculer";
import type { VerifyToken } from "../contract/access-tokens.ts";
import { localsFor } from "../contract/caching.ts";
import { type ActionContract, isInternal } from "../contract/contract.ts";
import { may, type Permission, type Principal } from "../contract/permissions.ts";
import { forbidden, reauthenticationRequired, unauthenticated } from "../contract/refusals.ts";
import type { Asking, Meta } from "../contract/typed.ts";
import { type Clock, systemClock } from "../database/clock.ts";
import { admitService } from "./calling-service.ts";
import { telling, tellRefusal } from "./tell-calls.ts";
import type { Trust } from "./trust/trust.ts";

export interface AccessOptions {
  contracts: ReadonlyMap<string, ActionContract>;
  verify: VerifyToken;
  trust: Trust;
  clock?: Clock;
}

type Handler = (ctx: Asking<unknown>) => Promise<unknown>;

export type Admission = Pick<ActionContract, "access" | "recentProof">;

/**
 * Decides from the declaration alone.
 * @throws UNAUTHENTICATED or REAUTHENTICATION_REQUIRED (401), FORBIDDEN (403)
 */
export function admit({ access, recentProof }: Admission, principal: Principal | undefined, now: Date): void {
  if (access === "public" || isInternal(access)) return;
  if (principal === undefined) throw unauthenticated();
  if (access !== "customer" && !may(principal, access satisfies Permission)) throw forbidden();
  if (recentProof === undefined) return;
  const proven = principal.provenAt ?? Number.NEGATIVE_INFINITY;
  if (now.getTime() / 1_000 - proven > recentProof) throw reauthenticationRequired(recentProof);
}

export function accessMiddleware({ contracts, verify, trust, clock = systemClock }: AccessOptions): Middleware {
  return {
    name: "Access",
    localAction(next: Handler, action: ActionSchema & { name: string }) {
      const contract = contracts.get(action.name);
      // Moleculer's own and the gateway's HTTP entry have no contract and are reachable by no route.
      if (contract === undefined) return next;
      const { access } = contract;
      const told = telling(next, action.name, contract);
      const serve = isForEverybody(contract) ? asNobody(told) : told;
      return async (ctx: Asking<unknown>) => {
        try {
          if (isInternal(access)) admitService(access.callers, action.name, ctx.meta, trust);
          const { token } = ctx.meta;
          // An internal call on behalf of nobody, from a worker say, carries no token and needs none.
          const principal = token === undefined ? undefined : await verify(token, ctx);
          admit(contract, principal, clock());
          if (contract.cache === undefined) ctx.locals.principal = principal;
          else Object.assign(ctx.locals, localsFor(contract.cache, principal));
        } catch (error) {
          tellRefusal(ctx, action.name, error);
          throw error;
        }
        return keepMeta(serve, ctx);
      };
    },
    remoteAction(next: Handler) {
      return async (ctx: Asking<unknown>) => {
        try {
          return await keepMeta(next, ctx);
        } finally {
          // Moleculer merges what is left into the caller's meta, from where it would go along with the next call.
          delete ctx.meta.caller;
        }
      };
    },
  } as unknown as Middleware;
}

const isForEverybody = ({ cache }: ActionContract): boolean =>
  cache !== undefined && !cache.keys.includes("#principal");

/** What it calls, it calls for nobody: an answer that a neighbour gave to one asker would be remembered for all. */
const asNobody =
  (next: Handler): Handler =>
  (ctx) => {
    delete ctx.meta.token;
    return next(ctx);
  };

/**
 * Moleculer merges a callee's meta back into the caller's. Nothing that a callee writes there may pass: it could replace
 * the caller's token, or set the gateway's status and headers.
 */
async function keepMeta(next: Handler, ctx: Asking<unknown>): Promise<unknown> {
  const before: Meta = { ...ctx.meta };
  try {
    return await next(ctx);
  } finally {
    const meta = ctx.meta as Record<string, unknown>;
    for (const key of Object.keys(meta)) if (!(key in before)) delete meta[key];
    Object.assign(meta, before);
  }
}
