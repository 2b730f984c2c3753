import { refusal } from "../../contract/contract.ts";
import { reports } from "./reports.contract.ts";

export const rangeReversed = (from: string, to: string) =>
  refusal(reports, "range_reversed", `from (${from}) lies after to (${to})`, {
    errors: [{ pointer: "/from", code: "reversed", message: "lies after to" }],
  });

export const severalCurrencies = (currencies: readonly string[]) =>
  refusal(reports, "several_currencies", `The range holds sales in ${currencies.join(", ")}; say which are meant`, {
    currencies,
    errors: [{ pointer: "/currency", code: "required", message: `one of ${currencies.join(", ")}` }],
  });
