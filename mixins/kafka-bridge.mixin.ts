// What a service wears beside `databaseMixin` to have its events relayed and to consume others': it records events, declares
// `subscriptions`, and needs no other line. What the process does with events happens in events/bridge.ts, once.
import type { ActionSchema, Context, Service, ServiceSchema } from "moleculer";
import { Errors } from "moleculer";
import { BRIDGE_ACTIONS, type BridgeAction } from "../contract/bridge-actions.ts";
import type { Database } from "../database/database.ts";
import { type Bridge, bridgeOf, recordedHint } from "../events/bridge.ts";
import { discardDeadLetter, findDeadLetter, listDeadLetters, replayDeadLetter } from "../events/dead-letters.ts";
import type { Subscriptions } from "../events/subscription.ts";

export interface KafkaBridgeOptions {
  db: Database;
  /** The service's name. */
  name: string;
}

// biome-ignore lint/suspicious/noExplicitAny: checked against BRIDGE_ACTIONS by the validator before it comes here
type Asked = Context<any>;

export function kafkaBridge({ db, name }: KafkaBridgeOptions): Partial<ServiceSchema> {
  const bridge = ({ broker }: Pick<Service, "broker">): Bridge => bridgeOf(broker) ?? noBridge();
  const handlers: Record<BridgeAction, (this: Service, ctx: Asked) => Promise<unknown>> = {
    "bridge.flow"() {
      return bridge(this).flowOf(name);
    },
    "deadLetters.list": ({ params }) => listDeadLetters(db, params),
    "deadLetters.get": ({ params }) => findDeadLetter(db, params.id),
    "deadLetters.replay"({ params }) {
      return replayDeadLetter(db, bridge(this).groupsOf(name), params.id);
    },
    "deadLetters.discard": async ({ params }) => ({ discarded: await discardDeadLetter(db, params.id) }),
  };
  const actions = Object.entries(handlers).map(([action, handler]): [string, ActionSchema] => [
    action,
    { params: BRIDGE_ACTIONS[action as BridgeAction].params, visibility: "public", handler } as ActionSchema,
  ]);
  return {
    actions: Object.fromEntries(actions),
    events: {
      [recordedHint(name)](this: Service) {
        bridgeOf(this.broker)?.wake(name);
      },
    },
    created(this: Service) {
      const { subscriptions = {} } = this.schema as { subscriptions?: Subscriptions };
      bridgeOf(this.broker)?.join({ service: name, db, subscriptions });
    },
  };
}

function noBridge(): never {
  throw new Errors.MoleculerServerError("This process has no event bridge", 503, "NO_BRIDGE");
}
