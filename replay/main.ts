import { parseArgs } from "node:util";
import { CannotReplay } from "./errors.ts";
import { parseDate } from "./file/parse-values.ts";
import { summaryJson, summaryTable } from "./print-summary.ts";
import { replay } from "./replay.ts";
import type { ReplayOptions } from "./replay-options.ts";
import { reportTo } from "./reporter.ts";
import { isFaithful } from "./summary.ts";

const USAGE = `Usage: npm run replay -- FILE [--day YYYY-MM-DD] [--url URL] [--json]
  FILE           invoices in the Online Retail format, csv or gzipped csv
  --day          only the invoices of this day (UTC)
  --url          where the shop is (http://127.0.0.1:3000)
  --concurrency  orders under way at a time (32)
  --email, --password  a staff account (REPLAY_EMAIL, REPLAY_PASSWORD, or the demo account)
  --json         end with one line of JSON`;

process.exitCode = await main();

/** 0: the shop holds what the file says; 1: it does not, or not all; 2: there was no run. */
async function main(): Promise<number> {
  try {
    const { json, ...options } = readArguments();
    const summary = await replay(options);
    for (const { invoice, reason } of summary.failures) options.reporter.note(`invoice ${invoice}: ${reason}`);
    console.log(summaryTable(summary));
    if (json) console.log(JSON.stringify(summaryJson(summary)));
    return isFaithful(summary) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof CannotReplay)) throw error;
    console.error(error.message);
    return 2;
  }
}

function readArguments(): ReplayOptions & { json: boolean } {
  const { values, positionals } = parsed();
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new CannotReplay(USAGE);
  const { day, url } = values;
  if (day !== undefined && !isDay(day)) throw new CannotReplay(`--day ${day} is no date like 2010-12-01.`);
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) throw new CannotReplay(`--url ${url} is no web address.`);
  const concurrency = Number(values.concurrency);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 1_000) {
    throw new CannotReplay(`--concurrency ${values.concurrency} is no number from 1 to 1000.`);
  }
  const { email, password, json } = values;
  const reporter = reportTo(process.stderr);
  return { file, url, email, password, concurrency, json, reporter, ...(day !== undefined && { day }) };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        day: { type: "string" },
        url: { type: "string", default: "http://127.0.0.1:3000" },
        concurrency: { type: "string", default: "32" },
        email: { type: "string", default: process.env.REPLAY_EMAIL ?? "staff@example.com" },
        password: { type: "string", default: process.env.REPLAY_PASSWORD ?? "demo-staff-password" },
        json: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new CannotReplay(`${(error as Error).message}\n${USAGE}`);
  }
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && parseDate(text) !== undefined;
}
