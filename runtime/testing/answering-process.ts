// A node in a process of its own, because only a real process dies of a rejection that nobody looked at. It tells who
// started it when it gives a packet to Redis, and when it opens a connection.
import { subscribe } from "node:diagnostics_channel";
import type { Middleware } from "moleculer";
import { redisNode } from "./redis-node.ts";

export type Told = "packet" | "connection";

const tell = (what: Told) => process.send?.(what);

type Send = (topic: string, packet: Buffer, meta: object) => Promise<void>;
const telling = {
  transporterSend:
    (send: Send): Send =>
    (topic, packet, meta) => {
      tell("packet");
      return send(topic, packet, meta);
    },
};

subscribe("net.client.socket", () => tell("connection"));
const node = await redisNode({
  id: "answering",
  url: process.argv[2] as string,
  service: { name: "process", actions: { pid: () => process.pid } },
  middlewares: [telling as unknown as Middleware],
});
process.once("disconnect", () => node.stop());
