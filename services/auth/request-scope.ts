import type { Origin } from "../../contract/events/domain-event.ts";
import { type Asking, type Caller, originOf } from "../../contract/typed.ts";

/** The request that is served: the way to other services, and what its events are said to come from. */
export interface RequestScope {
  via: Caller;
  origin: Origin;
}

export const scopeOf = (ctx: Asking<unknown>): RequestScope => ({ via: ctx, origin: originOf(ctx) });
