import { speakAs } from "./api/api-client.ts";
import { connectTo, type HttpClient } from "./api/http-client.ts";
import { CONFIRMED } from "./api/order.ts";
import { readOrders } from "./api/read-orders.ts";
import { Refusal } from "./api/refusal.ts";
import { logIn } from "./api/staff-session.ts";
import { CannotReplay } from "./errors.ts";
import { compareFigures } from "./figures.ts";
import { checkFile } from "./file/read-lines.ts";
import { readRows } from "./file/read-rows.ts";
import { type Survey, surveyInvoices } from "./file/survey-invoices.ts";
import { placeInvoices, settleOrders } from "./place-invoices.ts";
import type { ReplayOptions } from "./replay-options.ts";
import { figuresOf, findFailures, type Summary } from "./summary.ts";

const PATIENCE_MS = 60_000;

/**
 * Brings the sale invoices of an Online Retail file into a running shop through its public API, and reads back what
 * the shop then holds. May be run again at any time, also after it was interrupted: what is there stays as it is.
 *
 * @throws CannotReplay when the file is unreadable, the server unreachable, or the account not allowed to do this
 */
export async function replay(options: ReplayOptions): Promise<Summary> {
  await checkFile(options.file);
  const http = connectTo(new URL(options.url), options.concurrency);
  try {
    return await replayOver(http, options);
  } catch (error) {
    if (error instanceof Refusal) throw new CannotReplay(`${error.message}.`);
    throw error;
  } finally {
    http.close();
  }
}

async function replayOver(http: HttpClient, options: ReplayOptions): Promise<Summary> {
  const { reporter, patienceMs = PATIENCE_MS } = options;
  const startedAt = performance.now();
  const api = speakAs(await logIn(http, options, patienceMs), http, patienceMs);

  reporter.progress("reading the file");
  const { survey, badRows } = await surveyFile(options);
  const earlier = await readOrders(api, survey.invoices, () => true);
  await settleOrders(api, earlier, options);
  const wanted = new Map([...survey.invoices].filter(([invoice]) => !earlier.orders.has(invoice)));
  const placing = await placeInvoices(api, { survey, earlier, wanted }, options);

  reporter.progress("reading the orders back");
  const readBack = await readOrders(api, survey.invoices, ({ status }) => status === CONFIRMED);
  const figures = figuresOf(readBack);
  return {
    figures,
    expected: survey.figures,
    comparison: compareFigures(figures, survey.figures),
    credits: survey.credits,
    others: survey.others,
    badRows,
    placed: placing.placed,
    alreadyPlaced: placing.already + figuresOf(earlier).invoices,
    failures: findFailures(survey.invoices, readBack, placing.refused),
    seconds: (performance.now() - startedAt) / 1000,
    placingSeconds: placing.seconds,
    ordersPerSecond: placing.placed === 0 ? 0 : placing.placed / placing.seconds,
  };
}

async function surveyFile({ file, day, reporter }: ReplayOptions): Promise<{ survey: Survey; badRows: number }> {
  let badRows = 0;
  const rows = readRows(file, ({ line, problem }) => {
    badRows += 1;
    reporter.note(`line ${line} is left out: ${problem}`);
  });
  const survey = await surveyInvoices(rows, day === undefined ? undefined : Date.parse(day));
  if (survey.invoices.size === 0) reporter.note("There are no sale invoices to place.");
  return { survey, badRows };
}
