// What a contract is. Everything that others may know of a service is written once in its contract:
// from it come the static types, the run-time checks, the gateway's routes and the published documents.
import { Errors } from "moleculer";
import { type Static, type TObject, type TSchema, Type } from "typebox";
import type { HttpBinding } from "./http-binding.ts";
import type { Permission } from "./permissions.ts";
import type { TellsOf } from "./security-events.ts";

/** Only these services and the operator: never the gateway, for nobody outside. */
export interface InternalAccess {
  callers: readonly string[];
}
/** Who may call: anyone, any signed-in user, a user with the permission, or only the services that are named. */
export type Access = "public" | "customer" | Permission | InternalAccess;

/** @param callers names of services; none where it is the operator's alone */
export const internalTo = <const S extends string[]>(...callers: S): { callers: S } => ({ callers });
export const isInternal = (access: Access): access is InternalAccess => typeof access === "object";
/** Whoever runs the system and holds its credentials, at the REPL for instance. No service may have this name. */
export const OPERATOR = "operator";

export interface Refusal {
  status: number;
  message: string;
}

/** Whose answers may be remembered, and for whom. */
export interface CacheRule {
  /** Seconds. */
  ttl: number;
  /**
   * What the answer depends on: every parameter by its name; `#principal` where it depends on who is asking, or a permission
   * such as `#catalog:write` where it depends on that alone. A handler learns no more of who asks than stands here.
   */
  keys: readonly string[];
}

export interface ActionContract {
  access: Access;
  params: Record<string, TSchema>;
  /** Parameters of which exactly one comes. */
  exactlyOne?: readonly string[];
  result: TSchema;
  /** Codes of `errors` that this action may answer. */
  refusals?: readonly string[];
  /** Harmless when repeated with the same parameters; only such an action may be retried. */
  idempotent?: boolean;
  /** Milliseconds; the broker's default when absent. */
  timeout?: number;
  cache?: CacheRule;
  /** Seconds: whoever asks has given his password within this time. For what a stolen token must not suffice for. */
  recentProof?: number;
  /** What its calls are told as in the log of security. What staff change is told in any case. */
  security?: TellsOf;
  /** How it is reached over HTTP, where it is. */
  // biome-ignore lint/suspicious/noExplicitAny: a binding is written beside the result it answers for
  http?: HttpBinding<any>;
}

/** The parts of the business, as the map of the system has them. */
export const DOMAINS = [
  "identity",
  "catalog",
  "supply",
  "ordering",
  "billing",
  "media",
  "engagement",
  "insight",
  "operations",
  "edge",
] as const;
export type Domain = (typeof DOMAINS)[number];

export interface ServiceContract {
  name: string;
  domain: Domain;
  errors: Record<string, Refusal>;
  actions: Record<string, ActionContract>;
  /** Event type without the service's prefix -> schema of its data. */
  events: Record<string, TSchema>;
  /** Kafka topic of the events, one per service and major version. */
  topic?: string;
  /** It owns no database, and so has neither outbox nor inbox. */
  stateless?: true;
}

/** Contracts by the names of their services. */
export type ContractBook = Readonly<Record<string, ServiceContract>>;
/** The contracts of a book, as what any contract is. */
export const contractsIn = (book: ContractBook): readonly ServiceContract[] => Object.values(book);

export const defineContract = <const C extends ServiceContract>(contract: C): C => contract;

export type ParamsOf<A extends ActionContract> = Static<TObject<A["params"]>>;
export type ResultOf<A extends ActionContract> = Static<A["result"]>;

/** The schema of an object of these parameters, all of an action's or those that come from one place. */
export function objectOf(params: ActionContract["params"], exactlyOne: readonly string[] = []): TObject {
  const names = exactlyOne.filter((name) => Object.hasOwn(params, name));
  const object = Type.Object(params, {
    additionalProperties: false,
    ...(names.length > 1 && { oneOf: names.map((name) => ({ required: [name] })) }),
  });
  const required: readonly string[] = object.required ?? [];
  return names.length === 1 ? Object.assign(object, { required: [...required, ...names] }) : object;
}

/**
 * A refusal that the contract declares, as the plain Moleculer error that survives the wire.
 * @param detail what the caller should know about this one case; the declared sentence when absent
 * @param data facts for the caller's code; `errors` in it is shown as the problem's `errors[]`
 */
export function refusal<C extends Pick<ServiceContract, "errors">>(
  contract: C,
  code: keyof C["errors"] & string,
  detail?: string,
  data?: Record<string, unknown>,
): Errors.MoleculerClientError {
  const declared = contract.errors[code] as Refusal;
  return new Errors.MoleculerClientError(detail ?? declared.message, declared.status, code.toUpperCase(), data);
}
