/** Where a run tells how it goes: `progress` replaces the line before it, `note` stays. */
export type Reporter = { progress(text: string): void; note(text: string): void };

const REDRAW_MS = 100;
const LINE_EVERY_MS = 2_000;

/** Reports on a terminal as one rewriting line, elsewhere as a line every two seconds. */
export function reportTo(stream: NodeJS.WriteStream, now: () => number = Date.now): Reporter {
  const rewrite = stream.isTTY === true;
  const clear = rewrite ? "\r\x1b[K" : "";
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    progress(text) {
      if (now() - lastAt < (rewrite ? REDRAW_MS : LINE_EVERY_MS)) return;
      lastAt = now();
      stream.write(rewrite ? clear + text : `${text}\n`);
    },
    note(text) {
      stream.write(`${clear}${text}\n`);
    },
  };
}
