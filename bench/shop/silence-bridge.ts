import type { Middleware } from "moleculer";
import type { Node } from "../../runtime/create-node.ts";

interface Middlewares {
  list: Middleware[];
  registeredHooks: Record<string, unknown[]>;
}

/** Of a node that is not started yet: it will record its events as always, and nobody relays or consumes them. */
export function silenceBridge({ broker }: Pick<Node, "broker">): void {
  const { list, registeredHooks } = (broker as unknown as { middlewares: Middlewares }).middlewares;
  const bridge = list.find((each) => each.name === "EventBridge") as Record<string, unknown> | undefined;
  const hooks = registeredHooks.started;
  const at = hooks?.indexOf(bridge?.started) ?? -1;
  if (at < 0) throw new Error("the node has no event bridge to silence");
  hooks?.splice(at, 1);
}
