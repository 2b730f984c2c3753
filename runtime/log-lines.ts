// How a record of the log is written: one line, whatever is in it. What clients send gets into messages and errors, and must
// neither begin a line of its own nor reach a terminal as a command.
import { inspect, styleText } from "node:util";

// Controls, line and paragraph separators, and what turns the direction of text around.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const COLOURS = { fatal: "red", error: "red", warn: "yellow", info: "green", debug: "magenta", trace: "gray" } as const;

/** Nothing but characters that a terminal shows, on one line; a line break reads `\n`. */
export const printable = (text: string): string =>
  text.replaceAll(UNPRINTABLE, (character) => {
    if (character === "\n") return "\\n";
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });

/** Moleculer's Console logger takes it as its `formatter`. @param mod the part of the system that speaks */
export function logLine(level: string, args: readonly unknown[], { mod = "" }: { mod?: string } = {}): string[] {
  const colour = COLOURS[level as keyof typeof COLOURS] ?? "green";
  const shown = args.map((arg) => (typeof arg === "string" ? arg : inspect(arg, { depth: 2, breakLength: Infinity })));
  const [time, name] = [new Date().toISOString().slice(11), styleText(colour, level.toUpperCase().padEnd(5))];
  return [`[${time}] ${name} ${printable(mod.toUpperCase())}: ${printable(shown.join(" "))}`];
}
