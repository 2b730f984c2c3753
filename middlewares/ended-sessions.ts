// The sessions that ended while access tokens of theirs may still live. Each process asks auth for them while it verifies tokens,
// at most every two seconds, and hears of them at once by hint. So a token dies within seconds of its session, wherever it is
// shown, also where the hint was lost or the process has just started. While auth is away tokens are good until they expire.
import type { Context, ServiceBroker, ServiceSchema } from "moleculer";
import { ACCESS_TOKEN_SECONDS } from "../contract/access-tokens.ts";
import { call } from "../contract/typed.ts";
import type { Clock } from "../database/clock.ts";

/** What is known is asked anew when it is older than this, beside the request that finds it so, */
export const ASK_AFTER_MS = 2_000;
/** and a request waits for it when it is older than this. */
export const STALE_AFTER_MS = 4_000;
const WAIT_MS = 1_000;
/** Of what is asked for again: transactions that were under way at the last answer, and clocks that differ. */
const OVERLAP_MS = 10_000;
const REMEMBER_MS = (ACCESS_TOKEN_SECONDS + 60) * 1_000;

interface Via {
  readonly broker: ServiceBroker;
}

/** Sessions that ended since then. */
export type AskEnded = (via: Via, since: Date) => Promise<readonly string[]>;

export interface EndedSessions {
  /** To be awaited only where it is a promise. Never rejects. */
  isEnded(sessionId: string, via: Via): boolean | Promise<boolean>;
  /** Told by whoever ended it. */
  tell(sessionId: string): void;
}

export const askAuth: AskEnded = async ({ broker }, since) =>
  (await call(broker, "auth.endedSessions", { since: since.toISOString() }, { timeout: WAIT_MS })).ids;

export function endedSessions({ clock, ask }: { clock: Clock; ask: AskEnded }): EndedSessions {
  /** Session -> when it was heard of. In that order, so that the oldest come first. */
  const ended = new Map<string, number>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let knownAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  function tell(sessionId: string) {
    ended.delete(sessionId);
    ended.set(sessionId, clock().getTime());
  }

  function forgetOld(now: number) {
    for (const [id, at] of ended) {
      if (now - at < REMEMBER_MS) return;
      ended.delete(id);
    }
  }

  async function learn(via: Via, now: number): Promise<void> {
    const since = knownAt === Number.NEGATIVE_INFINITY ? now - REMEMBER_MS : knownAt - OVERLAP_MS;
    askedAt = now;
    try {
      for (const id of await ask(via, new Date(since))) if (!ended.has(id)) tell(id);
      knownAt = now;
      forgetOld(now);
    } catch {
      // It is asked again; until then what is known decides.
    }
  }

  return {
    tell,
    isEnded(sessionId, via) {
      const now = clock().getTime();
      // After a failure too: not every request may wait for somebody who does not answer.
      if (now - askedAt >= ASK_AFTER_MS) {
        asking ??= learn(via, now).finally(() => {
          asking = undefined;
        });
      }
      const isStale = now - knownAt >= STALE_AFTER_MS;
      if (isStale && asking !== undefined) return asking.then(() => ended.has(sessionId));
      return ended.has(sessionId);
    },
  };
}

/** What a process hears by hint. Internal to Moleculer, by its name: nobody looks for it or waits for it. */
export const hearOfEnded = ({ tell }: Pick<EndedSessions, "tell">): ServiceSchema => ({
  name: "$ended-sessions",
  events: {
    "auth.session_ended": (ctx: Context<{ data: { sessionId: string } }>) => tell(ctx.params.data.sessionId),
  },
});
