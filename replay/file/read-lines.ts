import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { CannotReplay } from "../errors.ts";

const LONGEST_LINE_BYTES = 1_000_000;
const NEWLINE = 0x0a;

/**
 * Streams a text file, gzipped or plain (told apart by its first bytes, not by its name), as batches of lines without
 * their line ends. A byte order mark is dropped; a line that is not UTF-8 is read as Windows-1252.
 *
 * @throws CannotReplay when the file cannot be opened, is not text, or is a broken gzip.
 */
export async function* readLines(file: string): AsyncGenerator<string[]> {
  try {
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of await openBytes(file)) {
      const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      rest = bytes.subarray(end);
      if (rest.length > LONGEST_LINE_BYTES)
        throw new CannotReplay(`${file} is not a text file: it has an endless line.`);
      if (end > 0) yield decodeLines(bytes.subarray(0, end - 1));
    }
    if (rest.length > 0) yield decodeLines(rest);
  } catch (error) {
    if (error instanceof CannotReplay) throw error;
    throw new CannotReplay(`${file} cannot be read: ${(error as Error).message}.`);
  }
}

/**
 * Says at once, before anything else is begun, that a file is not one that can be read twice.
 *
 * @throws CannotReplay
 */
export async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch((error: Error) => {
    throw new CannotReplay(`${file} cannot be read: ${error.message}.`);
  });
  if (!found.isFile()) throw new CannotReplay(`${file} is not a file. It is read twice, so it cannot be a pipe.`);
}

async function openBytes(file: string): Promise<Readable> {
  const zipped = await isGzip(file);
  const bytes = createReadStream(file, { highWaterMark: 256 * 1024 });
  return zipped ? pipeline(bytes, createGunzip(), () => {}) : bytes;
}

async function isGzip(file: string): Promise<boolean> {
  await using handle = await open(file);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}

function decodeLines(bytes: Buffer): string[] {
  const text = new TextDecoder("utf-8").decode(bytes);
  if (!text.includes("\ufffd")) return text.split("\n").map(withoutReturn);

  // Older exports mix single-byte pound signs into otherwise plain text; only those lines are read the other way.
  const lines: string[] = [];
  for (let start = 0; start <= bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found < 0 ? bytes.length : found;
    lines.push(withoutReturn(decodeLine(bytes.subarray(start, end))));
    start = end + 1;
  }
  return lines;
}

function decodeLine(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
