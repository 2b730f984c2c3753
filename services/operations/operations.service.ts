// What operators see and do across all services. Owns nothing: every answer is put together from the services' own.
import type { ServiceSchema } from "moleculer";
import { askServices } from "../../contract/ask-services.ts";
import { actionsOf, type Caller } from "../../contract/typed.ts";
import { discardDeadLetter, getDeadLetter, listDeadLetters, replayDeadLetter } from "./dead-letters.ts";
import { operations } from "./operations.contract.ts";

export function operationsService(): ServiceSchema {
  return {
    name: "operations",
    actions: actionsOf(operations, {
      deadLetters: (ctx) => listDeadLetters(ctx as unknown as Caller, ctx.params),
      deadLetter: (ctx) => getDeadLetter(ctx as unknown as Caller, ctx.params.id),
      replay: (ctx) => replayDeadLetter(ctx as unknown as Caller, ctx.params.id),
      discard: (ctx) => discardDeadLetter(ctx as unknown as Caller, ctx.params.id),
      async eventFlow(ctx) {
        const { answers, unavailable } = await askServices(ctx as unknown as Caller, "bridge.flow", {});
        return { data: answers.map(({ answer }) => answer), unavailable };
      },
    }),
  };
}
