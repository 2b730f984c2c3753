/** The run cannot begin or go on at all: one sentence for the person who started it, exit code 2. */
export class CannotReplay extends Error {
  override name = "CannotReplay";
}
