import type { ServiceBroker } from "moleculer";
import startRepl from "moleculer-repl";
import type { Caller } from "../contract/typed.ts";
import { COMMANDS, type Command } from "./repl/commands.ts";

/**
 * The Moleculer REPL on this process's terminal; leaving it ends the process.
 * @param stop ends the whole program; the REPL itself would stop the broker and exit, and leave the embedded parts behind
 */
export function openRepl(broker: ServiceBroker, stop: () => Promise<unknown>): void {
  const stoppable = Object.create(broker, { stop: { value: stop } }) as ServiceBroker;
  startRepl(stoppable, { delimiter: "commerce $", customCommands: COMMANDS.map(customCommand) });
}

const customCommand = ({ command, description, run }: Command) => ({
  command,
  description,
  alias: null,
  options: [],
  allowUnknownOptions: false,
  parse: null,
  async action(broker: ServiceBroker, args: unknown) {
    try {
      console.log(await run(broker as Caller, args as Record<string, string>));
    } catch (error) {
      console.log((error as Error).message);
    }
  },
});
