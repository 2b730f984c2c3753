// Moleculer's Redis transporter with the connections made once. The stock one makes a publisher for every reconnect of
// the subscriber, keeps half-made pairs alive so that every packet is handled twice, lets Redis's client send a packet
// again when only its acknowledgement was lost, and dies of a publish that nobody awaits.
import { Redis, type RedisOptions } from "ioredis";
import { type BrokerOptions, Transporters } from "moleculer";

const OPTIONS: RedisOptions = {
  // A command waits for the connection instead of failing after some attempts, and is never sent twice.
  maxRetriesPerRequest: null,
  autoResendUnfulfilledCommands: false,
};

interface Internals {
  clientSub: Redis | null;
  clientPub: Redis | null;
  connected: boolean;
  prefix: string;
  logger: { warn(message: string): void };
  onConnected(wasReconnect: boolean): Promise<void>;
  receive(command: string, packet: Buffer): void;
}

class RedisTransporter extends Transporters.Redis {
  readonly #url: string;
  readonly #options: RedisOptions;

  constructor(url: string, ca: string | undefined) {
    super({});
    this.#url = url;
    this.#options = ca === undefined ? OPTIONS : { ...OPTIONS, tls: { ca } };
  }

  override connect(): Promise<void> {
    const self = this as unknown as Internals;
    const subscriber = new Redis(this.#url, this.#options);
    const publisher = new Redis(this.#url, this.#options);
    self.clientSub = subscriber;
    self.clientPub = publisher;
    subscriber.on("messageBuffer", (topic: Buffer, packet: Buffer) => {
      const command =
        topic
          .toString()
          .slice(self.prefix.length + 1)
          .split(".")[0] ?? "";
      self.receive(command, packet);
    });
    return new Promise((resolve) => {
      let connectedBefore = false;
      for (const client of [subscriber, publisher]) {
        client.on("error", (error: Error) => self.logger.warn(`Redis: ${error.message}`));
        client.on("close", () => {
          self.connected = false;
        });
        client.on("ready", async () => {
          if (subscriber.status !== "ready" || publisher.status !== "ready") return;
          const wasReconnect = connectedBefore;
          connectedBefore = true;
          await self.onConnected(wasReconnect);
          resolve();
        });
      }
    });
  }

  /** `$node.options` tells of everything that a broker has: not where Redis is and with which password. */
  toJSON(): object {
    return { type: "Redis" };
  }

  override async send(topic: string, packet: Buffer): Promise<void> {
    const { clientPub, logger } = this as unknown as Internals;
    // Lost packets surface as timeouts of their requests; the publish itself has nobody to tell.
    clientPub?.publish(topic, packet).catch((error: Error) => logger.warn(`a packet was lost: ${error.message}`));
  }
}

/** @param ca PEM of the authority that signs for Redis, where the system does not know it */
export const redisTransporter = (url: string, ca?: string): NonNullable<BrokerOptions["transporter"]> =>
  new RedisTransporter(url, ca) as unknown as NonNullable<BrokerOptions["transporter"]>;
