// Parameters are checked against the contract: strictly, compiled once, unknown properties refused. Actions of services
// without a contract (third parties' mixins) keep Moleculer's own fastest-validator tables.
import { type Context, type ServiceBroker, Validators } from "moleculer";
import { compile } from "../contract/compile.ts";
import { type ActionContract, objectOf } from "../contract/contract.ts";
import { invalid } from "../contract/refusals.ts";

type Checked = Pick<ActionContract, "params" | "exactlyOne">;
type Handler = (ctx: Context) => Promise<unknown>;

/** The broker's validator: the contract where there is one, else what Moleculer would do. */
export class ContractValidator extends Validators.Fastest {
  readonly #contracts: ReadonlyMap<string, Checked>;

  constructor(contracts: ReadonlyMap<string, Checked>) {
    super();
    this.#contracts = contracts;
  }

  override middleware(broker: ServiceBroker) {
    const fastest = super.middleware(broker) as unknown as {
      localAction(handler: Handler, action: { name: string }): Handler;
    };
    const localAction = (handler: Handler, action: { name: string }): Handler => {
      const contract = this.#contracts.get(action.name);
      if (contract === undefined) return fastest.localAction(handler, action);
      const check = compile(objectOf(contract.params, contract.exactlyOne));
      return async (ctx) => {
        const errors = check(ctx.params ?? {});
        if (errors.length > 0) throw invalid(...errors);
        return handler(ctx);
      };
    };
    return { ...fastest, localAction } as unknown as ReturnType<typeof Validators.Fastest.prototype.middleware>;
  }
}
