// Who may ask how often. A request without a token draws on its network's allowance; one with a token on its user's, and on a
// wider one of its network. What is refused was neither read, verified nor called.
import type { ServerResponse } from "node:http";
import { networkOf } from "../../../contract/network-of.ts";
import { may, type Principal } from "../../../contract/permissions.ts";
import type { ClassLimits, RateLimits, RouteClass } from "../../../contract/route-classes.ts";
import { tellSecurity, type Where } from "../../../mixins/tell-security.ts";
import { refuse } from "../errors.ts";
import { Allowance, type Taken } from "./allowance.ts";
import { secondsOf, showLimits } from "./headers.ts";
import { countRefusal } from "./limit-figures.ts";
import type { SharedCounter } from "./shared-counter.ts";

/** One request. All throw RATE_LIMITED (429, with `retryAfter`). */
export interface Turn {
  /** It says nothing of who asks. */
  asClient(): Promise<void>;
  /** It brings a token, which is not verified yet. Counts nothing. */
  assertOpen(): void;
  /** Its token did not hold. */
  asUnproven(): Promise<void>;
  /** Its token holds. */
  as(principal: Principal): Promise<void>;
}

type Kind = Exclude<keyof ClassLimits, "seconds">;
type Allowances = Record<Kind, Allowance>;
type Draw = readonly [Allowance, key: string];

const free = async () => {};
/** Of a class that is not limited. */
const UNLIMITED: Turn = { asClient: free, assertOpen: () => {}, asUnproven: free, as: free };

export class RateLimiter {
  readonly #classes: ReadonlyMap<RouteClass, Allowances>;

  /** @param now milliseconds on a clock that only goes forward */
  constructor(classes: RateLimits["classes"], shared?: SharedCounter, now = () => performance.now()) {
    this.#classes = new Map(
      Object.entries(classes).map(([name, { seconds, ...kinds }]) => [
        name as RouteClass,
        Object.fromEntries(
          Object.entries(kinds).map(([kind, requests]) => [
            kind,
            new Allowance(`${name}-${kind}`, { requests, seconds }, now, shared),
          ]),
        ) as Allowances,
      ]),
    );
  }

  /**
   * @param address the client's, as the gateway knows it
   * @param res shows what is left
   * @param where it is told when somebody has nothing left
   */
  turn(routeClass: RouteClass, address: string, res: ServerResponse, where: Where): Turn {
    const of = this.#classes.get(routeClass);
    if (of === undefined) return UNLIMITED;
    const network = networkOf(address);

    function stop(refused: Taken, who?: string): never {
      countRefusal(routeClass);
      const { isNews, allowance, msLeft } = refused;
      if (isNews)
        tellSecurity(where, "rate_limited", { outcome: "refused", reason: allowance.name, ...(who && { who }) });
      throw refuse("rate_limited", undefined, { retryAfter: secondsOf(msLeft) });
    }

    function stopClosed(draws: readonly Draw[], who?: string): void {
      for (const [allowance, key] of draws) {
        const closed = allowance.closedTo(key);
        if (closed === undefined) continue;
        showLimits(res, [closed]);
        stop(closed, who);
      }
    }

    async function draw(draws: readonly Draw[], who?: string): Promise<void> {
      stopClosed(draws, who);
      const taken = await Promise.all(draws.map(([allowance, key]) => allowance.take(key)));
      showLimits(res, taken);
      const refused = taken.filter((each) => each.refused).sort((a, b) => b.msLeft - a.msLeft);
      if (refused[0] !== undefined) stop(refused[0], who);
    }

    return {
      asClient: () => draw([[of.client, network]]),
      assertOpen: () => stopClosed([[of.network, network]]),
      asUnproven: () => draw([[of.network, network]]),
      as: (principal) =>
        draw(
          isStaff(principal)
            ? [[of.staff, principal.id]]
            : [
                [of.user, principal.id],
                [of.network, network],
              ],
          principal.id,
        ),
    };
  }
}

/** Whoever may do something for others asks for many. */
const isStaff = (principal: Principal): boolean => may(principal, "orders:place-for-others");
