/** Kafka's own hash of a key, so that whoever else writes to the topic chooses the same partition. */
export function murmur2(key: Buffer): number {
  const M = 0x5bd1e995;
  const whole = key.length & ~3;
  let hash = 0x9747b28c ^ key.length;
  for (let at = 0; at < whole; at += 4) {
    let word = key.readInt32LE(at);
    word = Math.imul(word, M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  const rest = key.length - whole;
  if (rest > 2) hash ^= (key[whole + 2] as number) << 16;
  if (rest > 1) hash ^= (key[whole + 1] as number) << 8;
  if (rest > 0) hash = Math.imul(hash ^ (key[whole] as number), M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

/** Of an event by its aggregate. */
export const choosePartition = ({
  partitionMetadata,
  message,
}: {
  partitionMetadata: readonly unknown[];
  message: { key?: Buffer | string | null };
}): number => (murmur2(Buffer.from(message.key ?? "")) & 0x7fffffff) % partitionMetadata.length;
