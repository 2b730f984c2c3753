// Which service asks, for actions that only some may ask for. Inside a process that is known, and travels as an object that
// nothing which came over the wire can be; to other processes it travels as a signed proof, made when the packet is written.
import type { CallingOptions, Context, Middleware } from "moleculer";
import { type ActionContract, isInternal, OPERATOR } from "../contract/contract.ts";
import { forbidden, unauthenticated } from "../contract/refusals.ts";
import type { Meta } from "../contract/typed.ts";
import type { Trust } from "./trust/trust.ts";

class CallingService {
  readonly name: string;
  readonly #callee: string;
  readonly #trust: Trust;

  constructor(name: string, callee: string, trust: Trust) {
    this.name = name;
    this.#callee = callee;
    this.#trust = trust;
  }

  toJSON(): string {
    return this.#trust.signCall(this.name, this.#callee);
  }
}

type Options = CallingOptions & { parentCtx?: Context | null };
type Call = (name: string, params: unknown, options?: Options) => unknown;

/** @param contracts by the full names of the actions */
export function callingServiceMiddleware(contracts: ReadonlyMap<string, ActionContract>, trust: Trust): Middleware {
  return {
    name: "CallingService",
    call: (next: Call): Call => {
      return (name, params, options = {}) => {
        const contract = contracts.get(name);
        if (contract === undefined || !isInternal(contract.access)) return next(name, params, options);
        // What no service asks, such as a line typed into the REPL, the owner of the process does.
        const caller = options.caller ?? options.parentCtx?.service?.name ?? OPERATOR;
        const asking = new CallingService(caller, serviceOf(name), trust);
        return next(name, params, { ...options, meta: { ...options.meta, caller: asking } });
      };
    },
  } as unknown as Middleware;
}

const serviceOf = (action: string): string => action.slice(0, action.indexOf("."));

/**
 * Takes the proof out of the request, so that it goes no further, and decides by it.
 * @throws UNAUTHENTICATED (401) where nobody proves who he is, FORBIDDEN (403) for a service that the contract does not name
 */
export function admitService(callers: readonly string[], action: string, meta: Meta, trust: Trust): void {
  const { caller } = meta;
  delete meta.caller;
  const name = caller instanceof CallingService ? caller.name : provenName(caller, serviceOf(action), trust);
  if (name === undefined) throw unauthenticated();
  if (name !== OPERATOR && !callers.includes(name)) throw forbidden();
}

function provenName(proof: unknown, callee: string, trust: Trust): string | undefined {
  if (typeof proof !== "string") return undefined;
  try {
    return trust.whoCalls(proof, callee);
  } catch {
    return undefined;
  }
}
