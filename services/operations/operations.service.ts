// What operators see and do across all services. Owns nothing: every answer is put together from the services' own.
import type { ServiceSchema } from "moleculer";
import { askServices } from "../../contract/ask-services.ts";
import { actionsOf } from "../../contract/typed.ts";
import { describeService } from "../../mixins/service.ts";
import { discardDeadLetter, getDeadLetter, listDeadLetters, replayDeadLetter } from "./dead-letters.ts";
import { operations } from "./operations.contract.ts";

export function operationsService(): ServiceSchema {
  return {
    name: "operations",
    actions: actionsOf(operations, {
      deadLetters: (ctx) => listDeadLetters(ctx, ctx.params),
      deadLetter: (ctx) => getDeadLetter(ctx, ctx.params.id),
      replay: (ctx) => replayDeadLetter(ctx, ctx.params.id),
      discard: (ctx) => discardDeadLetter(ctx, ctx.params.id),
      async eventFlow(ctx) {
        const { answers, unavailable } = await askServices(ctx, "bridge.flow", {});
        return { data: answers.map(({ answer }) => answer), unavailable };
      },
    }),
  };
}

export default describeService({ contract: operations, databases: [], needs: [], make: operationsService });
