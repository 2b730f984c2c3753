// The only clever types of the code base: calls between services and handlers, checked against the contracts.
import type { ActionSchema, CallingOptions, Context, Service, ServiceSettingSchema } from "moleculer";
import type { Subscription, Subscriptions } from "../events/subscription.ts";
import type { BridgeAction, BridgeParams, BridgeResult } from "./bridge-actions.ts";
import type { ActionContract, ParamsOf, ResultOf, ServiceContract } from "./contract.ts";
import type { Contracts } from "./contracts.ts";
import type { Origin } from "./events/domain-event.ts";
import type { EventData, EventName } from "./events/events.ts";
import type { Principal } from "./permissions.ts";

type Awaitable<T> = T | Promise<T>;

/** Travels with a request through all services. The token is verified anew by every service that it reaches. */
export interface Meta {
  token?: string;
  /** W3C Trace Context of the request, from the gateway. */
  traceparent?: string;
  /** The event in reaction to which this is asked; absent for what a client asks. */
  causationId?: string;
}

/** Never leaves the process: set by the access check from the verified token. */
export interface Locals {
  principal?: Principal;
}

export type Asking<P> = Context<P, Meta, Locals>;

/** Where a change that this request makes comes from, for the events that tell of it. */
export const originOf = ({ requestID, meta }: Asking<unknown>): Origin => ({
  correlationId: requestID,
  causationId: meta.causationId ?? requestID,
  traceparent: meta.traceparent ?? null,
});

type Actions = {
  [S in keyof Contracts as `${S}.${keyof Contracts[S]["actions"] & string}`]: Contracts[S]["actions"];
};
export type ActionName = keyof Actions;
type ActionOf<N extends ActionName> = N extends `${infer S}.${infer A}`
  ? S extends keyof Contracts
    ? A extends keyof Contracts[S]["actions"]
      ? Contracts[S]["actions"][A] extends ActionContract
        ? Contracts[S]["actions"][A]
        : never
      : never
    : never
  : never;

/** Anything that can place a call: a broker, or the context of the request being served. */
export interface Caller {
  call(name: string, params: unknown, options?: CallingOptions): Promise<unknown>;
}

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

export type Handlers<C extends ServiceContract, This> = {
  [A in keyof C["actions"]]: (
    this: This,
    ctx: Asking<ParamsOf<C["actions"][A]>>,
  ) => Awaitable<ResultOf<C["actions"][A]>>;
};

/**
 * The actions of a service: each handler joined with what the contract says of it.
 * A missing handler, a wrong parameter or a wrong result does not compile.
 */
export function actionsOf<C extends ServiceContract, This = Service<ServiceSettingSchema>>(
  contract: C,
  handlers: Handlers<C, This>,
): Record<string, ActionSchema> {
  const schemas = Object.entries(contract.actions).map(([name, action]): [string, ActionSchema] => [
    name,
    {
      params: action.params,
      // The gateway itself never publishes an internal action; this keeps any other gateway from it too.
      visibility: action.access === "internal" ? "public" : "published",
      ...(action.timeout === undefined ? {} : { timeout: action.timeout }),
      handler: handlers[name as keyof C["actions"]] as ActionSchema["handler"],
    },
  ]);
  return Object.fromEntries(schemas);
}

/** The events that a service consumes: a wrong name or a wrong use of the data does not compile. */
export const subscriptionsOf = (
  subscriptions: {
    [N in EventName]?: Subscription<N, EventData<N>>;
  },
): Subscriptions => subscriptions as Subscriptions;
