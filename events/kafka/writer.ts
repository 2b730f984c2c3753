// Kafka's numbers and texts, one after the other into a buffer that grows.

/** Bytes that a number takes as Kafka's varint. @param value from 0 to 2^30 */
export function sizeOfVarint(value: number): number {
  const zigzag = 2 * value;
  if (zigzag < 0x80) return 1;
  if (zigzag < 0x4000) return 2;
  if (zigzag < 0x200000) return 3;
  return zigzag < 0x10000000 ? 4 : 5;
}

export class Writer {
  buf: Buffer;
  /** Where the next goes. */
  at = 0;

  constructor(size: number) {
    this.buf = Buffer.allocUnsafeSlow(size);
  }

  room(bytes: number): void {
    if (this.at + bytes <= this.buf.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.buf.length, this.at + bytes));
    this.buf.copy(larger, 0, 0, this.at);
    this.buf = larger;
  }

  /** Leaves a place to be filled in later. @returns where it is */
  hole(bytes: number): number {
    this.room(bytes);
    this.at += bytes;
    return this.at - bytes;
  }

  byte(value: number): void {
    this.room(1);
    this.buf[this.at++] = value;
  }

  int16(value: number): void {
    this.buf.writeInt16BE(value, this.hole(2));
  }

  int32(value: number): void {
    this.buf.writeInt32BE(value, this.hole(4));
  }

  int64(value: bigint): void {
    this.buf.writeBigInt64BE(value, this.hole(8));
  }

  /** Not negative; the room for it has been made. */
  varint(value: number): void {
    let rest = value * 2;
    const { buf } = this;
    while (rest > 0x7f) {
      buf[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buf[this.at++] = rest;
  }

  text(value: string): void {
    this.room(3 * value.length);
    this.at += this.buf.write(value, this.at);
  }

  /** With its size in bytes before it; the room for both has been made. */
  sized(value: string, size: number): void {
    this.varint(size);
    // All ASCII, which is written faster as what it also is.
    this.at += this.buf.write(value, this.at, size, size === value.length ? "latin1" : "utf8");
  }
}
