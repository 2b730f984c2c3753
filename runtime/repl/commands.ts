// What the REPL can do beside Moleculer's own commands: see how events flow, and deal with those that were given up on. Asks
// the services as other services do, on whatever node they are. What a person must be allowed to do takes that person's
// access token: being at the terminal is no permission.
import { type Answers, askServices } from "../../contract/ask-services.ts";
import { type Caller, call } from "../../contract/typed.ts";
import { awayWords, flowWords, letterListWords, letterWords } from "./words.ts";

export interface Command {
  command: string;
  description: string;
  /** @returns what to print */
  run: (via: Caller, args: Record<string, string | undefined>) => Promise<string>;
}

const NEWEST = 50;

export const COMMANDS: readonly Command[] = [
  {
    // `events` is Moleculer's own: its list of who listens to what.
    command: "event-flow",
    description: "What waits in every outbox, how far every consumer is, and what is parked",
    run: async (via) => flowWords(await askServices(via, "bridge.flow", {})),
  },
  {
    command: "dead-letters",
    description: `Events that a consumer gave up on, the newest ${NEWEST} of all services`,
    async run(via) {
      const { answers, unavailable } = await askServices(via, "deadLetters.list", { limit: NEWEST });
      const letters = answers
        .flatMap(({ service, answer }) => answer.map((letter) => ({ service, ...letter })))
        .sort((one, other) => (one.id < other.id ? 1 : -1));
      return letterListWords(letters.slice(0, NEWEST), unavailable);
    },
  },
  {
    command: "dead-letter <id>",
    description: "All of one of them",
    async run(via, { id = "" }) {
      const asked = await askServices(via, "deadLetters.get", { id });
      for (const { service, answer } of asked.answers) if (answer !== null) return letterWords({ service, ...answer });
      return notFound(id, asked);
    },
  },
  {
    command: "replay <id>",
    description: "Apply a parked event now; what came after it has been applied before",
    async run(via, { id = "" }) {
      const asked = await askServices(via, "deadLetters.replay", { id });
      const found = asked.answers.find(({ answer }) => answer.outcome !== "not_found");
      if (found === undefined) return notFound(id, asked);
      const { outcome, error } = found.answer;
      return outcome === "applied" ? `${found.service} applied it` : `it failed again and stays parked: ${error}`;
    },
  },
  {
    command: "discard <id>",
    description: "Give a parked event up",
    async run(via, { id = "" }) {
      const asked = await askServices(via, "deadLetters.discard", { id });
      const found = asked.answers.find(({ answer }) => answer.discarded);
      return found === undefined ? notFound(id, asked) : `${found.service} gave it up`;
    },
  },
  {
    command: "rebuild-sales <token>",
    description: "Build the sales report anew from the first event on; takes the access token of staff",
    async run(via, { token = "" }) {
      await call(via, "reports.rebuild", {}, { meta: { token } });
      return "the sales report is being built anew; event-flow tells when its group has nothing left";
    },
  },
];

const notFound = (id: string, { unavailable }: Pick<Answers<"deadLetters.get">, "unavailable">): string =>
  [`there is no dead letter ${id}`, ...awayWords(unavailable)].join("\n");
