// Bytes without end, made only as fast as somebody reads them, and always the same.
import { hash } from "node:crypto";
import { Readable } from "node:stream";

const CHUNK = Buffer.alloc(65_536, "glaze and clay, ");

export interface SourceOptions {
  size: number;
  /** After this many bytes it fails. */
  failsAt?: number | undefined;
  failure?: Error | undefined;
}

export class ByteSource extends Readable {
  /** How many bytes were asked of it so far. */
  made = 0;
  readonly #end: number;
  readonly #failure: Error | undefined;

  constructor({ size, failsAt, failure = new Error("the kiln broke") }: SourceOptions) {
    super();
    this.#end = failsAt ?? size;
    this.#failure = failsAt === undefined ? undefined : failure;
  }

  override _read(): void {
    const left = this.#end - this.made;
    if (left === 0) {
      if (this.#failure === undefined) this.push(null);
      else this.destroy(this.#failure);
      return;
    }
    // A copy, so that whoever holds many of them is seen to.
    const chunk = Buffer.from(CHUNK.subarray(0, left));
    this.made += chunk.length;
    this.push(chunk);
  }
}

/** What a `ByteSource` of this size gives, at once. */
export const bytes = (size: number): Buffer => Buffer.alloc(size, CHUNK);

export const sha256 = (content: Buffer): string => hash("sha256", content);
