import { readLines } from "./read-lines.ts";
import { splitFields } from "./split-fields.ts";

/** One record with the line of the file it begins on (the first line is 1), or why that line is none. */
export type CsvRecord = { line: number; fields: string[] } | { line: number; problem: string };

type Taken = { span: number } & ({ fields: string[] } | { problem: string });

// A description may hold line breaks, but not many: beyond this a quote was left open by mistake.
const LONGEST_RECORD_LINES = 50;

/**
 * Streams the records of a CSV file, the header first.
 *
 * A quote that somebody forgot to close must cost one row, not the rest of the file, so a record over several lines
 * is believed only when it has as many columns as the header. Otherwise its first line is the bad one, and reading
 * goes on at the line after it. (General CSV parsers read on to the next quote, wherever that is.)
 */
export async function* readRecords(file: string): AsyncGenerator<CsvRecord> {
  let pending: string[] = [];
  let line = 1;
  let columns: number | undefined;

  function* take(atEnd: boolean): Generator<CsvRecord> {
    let at = 0;
    while (at < pending.length) {
      const taken = takeRecord(pending, at, atEnd, columns);
      if (!taken) break;
      if ("fields" in taken) {
        columns ??= taken.fields.length;
        yield { line, fields: taken.fields };
      } else {
        yield { line, problem: taken.problem };
      }
      at += taken.span;
      line += taken.span;
    }
    pending = pending.slice(at);
  }

  for await (const lines of readLines(file)) {
    pending = pending.concat(lines);
    yield* take(false);
  }
  yield* take(true);
}

/** Undefined means: the record may go on in lines not read yet. */
function takeRecord(lines: string[], at: number, atEnd: boolean, columns: number | undefined): Taken | undefined {
  let text = lines[at] ?? "";
  for (let span = 1; ; span++) {
    const result = splitFields(text);
    if ("fields" in result) {
      const believable = span === 1 || columns === undefined || result.fields.length === columns;
      return believable ? { span, fields: result.fields } : { span: 1, problem: "a quote is opened and not closed" };
    }
    if (result.broken !== "open quote") return { span: 1, problem: `there is ${result.broken}` };
    if (at + span >= lines.length && !atEnd && span < LONGEST_RECORD_LINES) return undefined;
    if (at + span >= lines.length || span >= LONGEST_RECORD_LINES) {
      return { span: 1, problem: "a quote is opened and not closed" };
    }
    text += `\n${lines[at + span]}`;
  }
}
