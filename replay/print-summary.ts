import { type FigureRow, grouped } from "./figures.ts";
import { isFaithful, type Summary } from "./summary.ts";

/** The table of a run for people: figures as read back, beside those computed from the file. */
export function summaryTable(summary: Summary): string {
  const { comparison, credits, others, badRows, placed, alreadyPlaced, failures } = summary;
  const heading: FigureRow = { label: "", fromApi: "read back", fromFile: "from the file", differs: false };
  const rows = [heading, ...comparison];
  const width = (key: "label" | "fromApi" | "fromFile") => Math.max(...rows.map((row) => row[key].length));
  const [label, fromApi, fromFile] = [width("label"), width("fromApi"), width("fromFile")];
  const lines = rows.map((row) =>
    [
      row.label.padEnd(label),
      row.fromApi.padStart(fromApi),
      row.fromFile.padStart(fromFile),
      row.differs ? "DIFFERS" : "",
    ]
      .join("  ")
      .trimEnd(),
  );
  return [
    ...lines,
    "",
    `credit invoices / rows / pence, in the file and not brought in yet: ${[credits.invoices, credits.rows, credits.pence].map(grouped).join(" / ")}`,
    ...(others.rows > 0 ? [`invoices that are neither sale nor credit: ${grouped(others.invoices)}`] : []),
    ...(badRows > 0 ? [`rows left out as unreadable: ${grouped(badRows)}`] : []),
    `orders newly placed: ${grouped(placed)}, already there: ${grouped(alreadyPlaced)}, failed: ${grouped(failures.length)}`,
    `${summary.seconds.toFixed(1)} s in all; ${summary.ordersPerSecond.toFixed(1)} orders/s while placing`,
    isFaithful(summary) ? "Every figure is the file's." : "The shop does not hold what the file says.",
  ].join("\n");
}

/** The same for programs: one flat object, amounts in pence, times in seconds. */
export function summaryJson(summary: Summary): Record<string, unknown> {
  const { figures, expected, comparison, failures, ...rest } = summary;
  const { credits, others, seconds, placingSeconds, ordersPerSecond, ...counts } = rest;
  return {
    ...figures,
    seconds: rounded(seconds),
    placingSeconds: rounded(placingSeconds),
    ordersPerSecond: rounded(ordersPerSecond),
    ...counts,
    failures,
    faithful: isFaithful(summary),
    differences: comparison.filter(({ differs }) => differs).map(({ label }) => label),
    expected,
    credits,
    others,
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
