// Encodes what the relay sends in one pass into one buffer. kafkajs makes some thirty buffers and big integers per message,
// which cost more than all the rest of the relay; the bytes that go out are the same.
import { createRequire } from "node:module";
import { crc32c } from "./crc32c.ts";
import { sizeOfVarint, Writer } from "./writer.ts";

interface Message {
  key: string;
  value: string;
  headers?: Record<string, string>;
  timestamp?: string;
}
interface ProduceRequest {
  transactionalId?: string | null;
  acks: number;
  timeout: number;
  compression: number;
  topicData: { topic: string; partitions: { partition: number; messages: Message[] }[] }[];
}
interface Encoded {
  request: { encode: () => Promise<unknown> };
  response: unknown;
}
type Produce = { protocol: (asked: { version: number }) => (request: ProduceRequest) => Encoded };

let quick = false;

/** Has kafkajs encode produce requests in this way where they are as the relay makes them, and in its own way otherwise. */
export function quickProduce(): void {
  if (quick) return;
  quick = true;
  const require = createRequire(import.meta.url);
  const produce = require("kafkajs/src/protocol/requests/produce/index.js") as Produce;
  const Encoder = require("kafkajs/src/protocol/encoder.js") as new (size?: number) => { buf: Buffer; offset: number };
  const { protocol } = produce;
  produce.protocol = ({ version }) => {
    const make = protocol({ version });
    return (asked) => {
      const made = make(asked);
      if (version < 3 || version > 7 || !isPlain(asked)) return made;
      const encode = async () => {
        const buffer = encodeProduce(asked);
        return Object.assign(new Encoder(1), { buf: buffer, offset: buffer.length });
      };
      return { ...made, request: { ...made.request, encode } };
    };
  };
}

/** Texts throughout, as the relay sends; whatever else there is in Kafka is left to kafkajs. */
function isPlain({ transactionalId, compression, topicData }: ProduceRequest): boolean {
  if (transactionalId || compression !== 0) return false;
  return topicData.every(({ partitions }) => partitions.every(({ messages }) => messages.every(isText)));
}

function isText({ key, value, headers = {}, timestamp }: Message): boolean {
  if (typeof key !== "string" || typeof value !== "string" || timestamp !== undefined) return false;
  for (const name in headers) if (typeof headers[name] !== "string") return false;
  return true;
}

/** ProduceRequest v3 to v7, https://kafka.apache.org/protocol#The_Messages_Produce */
function encodeProduce({ acks, timeout, topicData }: ProduceRequest): Buffer {
  const out = new Writer(1 << 20);
  out.int16(-1);
  out.int16(acks);
  out.int32(timeout);
  out.int32(topicData.length);
  for (const { topic, partitions } of topicData) {
    out.int16(Buffer.byteLength(topic));
    out.text(topic);
    out.int32(partitions.length);
    for (const { partition, messages } of partitions) {
      out.int32(partition);
      const size = out.hole(4);
      const from = out.at;
      writeBatch(out, messages);
      out.buf.writeInt32BE(out.at - from, size);
    }
  }
  return out.buf.subarray(0, out.at);
}

/** RecordBatch, https://kafka.apache.org/documentation/#recordbatch */
function writeBatch(out: Writer, messages: readonly Message[]): void {
  const now = BigInt(Date.now());
  out.int64(0n);
  const length = out.hole(4);
  out.int32(0);
  out.byte(2);
  const crc = out.hole(4);
  const from = out.at;
  out.int16(0);
  out.int32(messages.length - 1);
  out.int64(now);
  out.int64(now);
  out.int64(-1n);
  out.int16(0);
  out.int32(0);
  out.int32(messages.length);
  for (let i = 0; i < messages.length; i++) writeRecord(out, messages[i] as Message, i);
  out.buf.writeInt32BE(out.at - length - 4, length);
  out.buf.writeUInt32BE(crc32c(out.buf, from, out.at), crc);
}

function writeRecord(out: Writer, { key, value, headers = {} }: Message, offsetDelta: number): void {
  const names = Object.keys(headers);
  const keySize = Buffer.byteLength(key);
  const valueSize = Buffer.byteLength(value);
  let size =
    2 +
    sizeOfVarint(offsetDelta) +
    sizeOfVarint(keySize) +
    keySize +
    sizeOfVarint(valueSize) +
    valueSize +
    sizeOfVarint(names.length);
  for (const name of names) {
    const [nameSize, textSize] = [Buffer.byteLength(name), Buffer.byteLength(headers[name] as string)];
    size += sizeOfVarint(nameSize) + nameSize + sizeOfVarint(textSize) + textSize;
  }
  out.room(size + 5);
  out.varint(size);
  out.byte(0);
  out.byte(0);
  out.varint(offsetDelta);
  out.sized(key, keySize);
  out.sized(value, valueSize);
  out.varint(names.length);
  for (const name of names) {
    const text = headers[name] as string;
    out.sized(name, Buffer.byteLength(name));
    out.sized(text, Buffer.byteLength(text));
  }
}
