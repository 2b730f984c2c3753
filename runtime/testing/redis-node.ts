// A node as far as its transport goes: Moleculer with the transporter, and nothing else of the system.
import { type Middleware, ServiceBroker, type ServiceSchema } from "moleculer";
import { redisTransporter } from "../redis-transporter.ts";

export interface RedisNode {
  id: string;
  url: string;
  service?: ServiceSchema;
  middlewares?: Middleware[];
  namespace?: string;
}

export const NAMESPACE = "transport";

/** Started, which it is only when Redis has been reached. */
export async function redisNode({
  id,
  url,
  service,
  middlewares = [],
  namespace = NAMESPACE,
}: RedisNode): Promise<ServiceBroker> {
  const broker = new ServiceBroker({
    namespace,
    nodeID: id,
    logger: false,
    transporter: redisTransporter(url),
    requestTimeout: 2_000,
    heartbeatInterval: 1,
    heartbeatTimeout: 5,
    skipProcessEventRegistration: true,
    middlewares,
  });
  if (service !== undefined) broker.createService(service);
  await broker.start();
  return broker;
}
