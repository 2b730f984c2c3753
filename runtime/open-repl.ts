import type { ServiceBroker } from "moleculer";
import startRepl from "moleculer-repl";

/** The Moleculer REPL on this process's terminal; leaving it ends the process. */
export function openRepl(broker: ServiceBroker, onExit: () => void): void {
  const repl = startRepl(broker, { delimiter: "commerce $", customCommands: [] });
  repl.on("exit", onExit);
}
