// Everything between processes is sealed with a secret that only they know, so that whoever reaches Redis and is not one of them
// can neither read a password on its way, nor ask, nor answer, nor send anyone away, nor send a packet that he saw once more.
// Moleculer's own encryption middleware does the first alone: what it opens may have been altered, or be a repetition.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Middleware, ServiceBroker } from "moleculer";
import type { Clock } from "../database/clock.ts";
import { tellSecurity } from "../mixins/tell-security.ts";
import { SKEW_SECONDS } from "./trust/certificates.ts";

// version 1 | broadcast 1 | sender 16 | number 8 | milliseconds 8 | sealed | tag 16
const [VERSION, BROADCAST, SENDER, NUMBER, TIME, BODY, TAG] = [0, 1, 2, 18, 26, 34, 16];
const ALGORITHM = "aes-256-gcm";
const WINDOW_MS = SKEW_SECONDS * 1_000;

interface Sender {
  key: Uint8Array;
  /** Of the last packet; numbers only grow, and Redis keeps the order of one connection. */
  number: bigint;
  at: number;
}

interface Sealing {
  namespace: string;
  /** The first seals, all open: so a secret is changed without a break. */
  secrets: readonly string[];
  clock: Clock;
}

export interface Seal {
  /** @param target the node that it is for; undefined for all */
  seal(packet: Buffer, command: string, target: string | undefined): Buffer;
  /** @param self the node that opens it @throws Error with a sentence for what is not ours, not for us, stale or seen before */
  open(sealed: Buffer, command: string, self: string): Buffer;
}

/** AES-256-GCM (NIST SP 800-38D) with a key for each process's life, derived by HKDF (RFC 5869), and a counter as nonce. */
export function sealOf({ namespace, secrets, clock }: Sealing): Seal {
  const keyFor = (secret: string, sender: Buffer) =>
    new Uint8Array(hkdfSync("sha256", secret, sender, `moleculer-commerce bus ${namespace}`, 32));
  const me = randomBytes(16);
  const own = keyFor(secrets[0] as string, me);
  let number = 0n;
  const senders = new Map<string, Sender>();

  function forget(now: number) {
    // What they sent is too old to be opened again.
    for (const [id, { at }] of senders) if (now - at > 2 * WINDOW_MS) senders.delete(id);
  }

  return {
    seal(packet, command, target) {
      const header = Buffer.allocUnsafe(BODY);
      header[VERSION] = 1;
      header[BROADCAST] = target === undefined ? 1 : 0;
      me.copy(header, SENDER);
      header.writeBigUInt64BE(++number, NUMBER);
      header.writeBigUInt64BE(BigInt(clock().getTime()), TIME);
      const cipher = createCipheriv(ALGORITHM, own, nonceOf(header));
      cipher.setAAD(Buffer.concat([header, bound(command, target)]));
      return Buffer.concat([header, cipher.update(packet), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed, command, self) {
      if (sealed.length < BODY + TAG || sealed[VERSION] !== 1) throw new Error("it is not sealed");
      const header = sealed.subarray(0, BODY);
      const now = clock().getTime();
      const at = Number(header.readBigUInt64BE(TIME));
      const body = sealed.subarray(BODY, -TAG);
      const target = header[BROADCAST] === 1 ? undefined : self;
      const aad = Buffer.concat([header, bound(command, target)]);
      const id = header.toString("latin1", SENDER, NUMBER);
      const known = senders.get(id);
      const unseal = (key: Uint8Array) => {
        const decipher = createDecipheriv(ALGORITHM, key, nonceOf(header), { authTagLength: TAG });
        decipher.setAAD(aad);
        decipher.setAuthTag(sealed.subarray(-TAG));
        return Buffer.concat([decipher.update(body), decipher.final()]);
      };
      const keys = known ? [known.key] : secrets.map((secret) => keyFor(secret, header.subarray(SENDER, NUMBER)));
      for (const key of keys) {
        const packet = attempt(() => unseal(key));
        if (packet === undefined) continue;
        // Looked at only now: whoever does not know the secret must not learn or change anything.
        if (Math.abs(now - at) > WINDOW_MS)
          throw new Error(`its clock and ours are ${Math.round((now - at) / 1_000)} s apart`);
        const order = header.readBigUInt64BE(NUMBER);
        if (known !== undefined && order <= known.number) throw new Error("it was seen before");
        if (known === undefined) forget(now);
        senders.set(id, { key, number: order, at });
        return packet;
      }
      throw new Error("it is sealed with another secret, or for somebody else");
    },
  };
}

const nonceOf = (header: Buffer): Buffer => Buffer.concat([Buffer.alloc(4), header.subarray(NUMBER, TIME)]);
const bound = (command: string, target: string | undefined) => Buffer.from(`${command} ${target ?? ""}`);

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

type Send = (topic: string, data: Buffer, meta: { packet: { type: string; target?: string | null } }) => unknown;
type Receive = (command: string, data: Buffer, socket?: unknown) => unknown;

/** What cannot be opened is dropped, and told of. */
export function sealingMiddleware(sealing: Sealing): Middleware {
  const { seal, open } = sealOf(sealing);
  let broker: ServiceBroker;

  return {
    name: "SealPackets",
    created(created: ServiceBroker) {
      broker = created;
    },
    transporterSend: (next: Send): Send => {
      return (topic, data, meta) => next(topic, seal(data, meta.packet.type, meta.packet.target ?? undefined), meta);
    },
    transporterReceive: (next: Receive): Receive => {
      return (command, data, socket) => {
        let packet: Buffer;
        try {
          packet = open(data, command, broker.nodeID);
        } catch (error) {
          tellSecurity({ broker }, "packet_refused", { outcome: "refused", reason: (error as Error).message });
          return undefined;
        }
        return next(command, packet, socket);
      };
    },
  } as unknown as Middleware;
}
