import type { ServiceBroker } from "moleculer";
import startRepl from "moleculer-repl";

/**
 * The Moleculer REPL on this process's terminal; leaving it ends the process.
 * @param stop ends the whole program; the REPL itself would stop the broker and exit, and leave the embedded parts behind
 */
export function openRepl(broker: ServiceBroker, stop: () => Promise<unknown>): void {
  const stoppable = Object.create(broker, { stop: { value: stop } }) as ServiceBroker;
  startRepl(stoppable, { delimiter: "commerce $", customCommands: [] });
}
