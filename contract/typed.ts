// The only clever types of the code base: calls between services and handlers, checked against the contracts.
import type { ActionSchema, CallingOptions, Service, ServiceBroker } from "moleculer";
import type { BridgeAction, BridgeParams, BridgeResult } from "./bridge-actions.ts";
import { cachingOf } from "./caching.ts";
import { type ActionContract, isInternal, type ParamsOf, type ResultOf, type ServiceContract } from "./contract.ts";
import type { FullName, Named } from "./contracts.ts";
import type { Origin } from "./events/domain-event.ts";
import type { StreamOf } from "./http-binding.ts";
import type { Locals, LocalsOf } from "./locals.ts";

type Awaitable<T> = T | Promise<T>;

/** Anything that can place a call: a broker, or the context of the request being served. */
export interface Caller {
  call(name: string, params: unknown, options?: CallingOptions): Promise<unknown>;
}

/** Travels with a request through all services. The token is verified anew by every service that it reaches. */
export interface Meta {
  token?: string;
  /** Which service asks, on the way to an action that only some may ask for; a proof of it between processes. */
  caller?: unknown;
  /** Where the client asks from, as far as the gateway can know it; absent for what no client asked. */
  clientAddress?: string;
  /** W3C Trace Context of the request, from the gateway. */
  traceparent?: string;
  /** The event in reaction to which this is asked; absent for what a client asks. */
  causationId?: string;
}

/** A request as the handler of an action sees it; a Moleculer context. */
export interface Asking<P = unknown, L = Locals> extends Caller {
  readonly params: P;
  readonly meta: Meta;
  readonly locals: L;
  readonly requestID: string | null;
  readonly broker: ServiceBroker;
  readonly service: Service;
}

/** Where a change that this request makes comes from, for the events that tell of it. */
export const originOf = ({ requestID, meta }: Pick<Asking, "requestID" | "meta">): Origin => ({
  correlationId: requestID,
  causationId: meta.causationId ?? requestID,
  traceparent: meta.traceparent ?? null,
});

export type ActionName = FullName<"actions">;
type ActionOf<N extends ActionName> = Extract<Named<"actions", N>, ActionContract>;

/** Calls an action by its full name: a wrong name, parameter or use of the result does not compile. */
export function call<N extends ActionName>(
  via: Caller,
  name: N,
  params: ParamsOf<ActionOf<N>>,
  options?: CallingOptions,
): Promise<ResultOf<ActionOf<N>>> {
  return via.call(name, params, options) as Promise<ResultOf<ActionOf<N>>>;
}

/** Calls what the bridge answers for a service: its dead letters, the flow of its events. */
export function callBridge<A extends BridgeAction>(
  via: Caller,
  service: string,
  action: A,
  params: BridgeParams<A>,
  options?: CallingOptions,
): Promise<BridgeResult<A>> {
  return via.call(`${service}.${action}`, params, options) as Promise<BridgeResult<A>>;
}

export type Handlers<C extends ServiceContract> = {
  [A in keyof C["actions"]]: (
    ctx: Asking<ParamsOf<C["actions"][A]>, LocalsOf<C["actions"][A]>> & StreamOf<C["actions"][A]>,
  ) => Awaitable<ResultOf<C["actions"][A]>>;
};

/**
 * The actions of a service: each handler joined with what the contract says of it.
 * A missing handler, a wrong parameter or a wrong result does not compile.
 */
export function actionsOf<C extends ServiceContract>(contract: C, handlers: Handlers<C>): Record<string, ActionSchema> {
  const schemas = Object.entries(contract.actions).map(([name, action]): [string, ActionSchema] => [
    name,
    {
      params: action.params,
      // The gateway itself never publishes an internal action; this keeps any other gateway from it too.
      visibility: isInternal(action.access) ? "public" : "published",
      ...(action.timeout === undefined ? {} : { timeout: action.timeout }),
      ...(action.cache === undefined ? {} : { cache: cachingOf(`${contract.name}.${name}`, action, action.cache) }),
      // The one place where a handler meets what Moleculer knows of its context.
      handler: handlers[name as keyof C["actions"]] as unknown as ActionSchema["handler"],
    },
  ]);
  return Object.fromEntries(schemas);
}
