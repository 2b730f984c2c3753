// Parameters are checked against the contract: strictly, compiled once, unknown properties refused. Actions of services
// without a contract (third parties' mixins) keep Moleculer's own fastest-validator tables.
import { type Context, type ServiceBroker, Validators } from "moleculer";
import { compile } from "../contract/compile.ts";
import { type ActionContract, objectOf } from "../contract/contract.ts";
import { invalid } from "../contract/refusals.ts";

type Checked = Pick<ActionContract, "params" | "exactlyOne">;
type Handler = (ctx: Context) => Promise<unknown>;

/** Contracts do not change, and compiling one takes a millisecond: once for all brokers of a process. */
const compiled = new WeakMap<Checked, ReturnType<typeof compile>>();

function checkOf(contract: Checked): ReturnType<typeof compile> {
  const check = compiled.get(contract) ?? compile(objectOf(contract.params, contract.exactlyOne));
  compiled.set(contract, check);
  return check;
}

/** The broker's validator: the contract where there is one, else what Moleculer would do. */
export class ContractValidator extends Validators.Fastest {
  readonly #contracts: ReadonlyMap<string, Checked>;

  constructor(contracts: ReadonlyMap<string, Checked>) {
    super();
    this.#contracts = contracts;
  }

  /**
   * Moleculer answers `$node.options` with all that hangs on the options, to any node: from its validator that would be the broker,
   * its services and the passwords of their databases.
   */
  toJSON(): string {
    return this.constructor.name;
  }

  override middleware(broker: ServiceBroker) {
    const fastest = super.middleware(broker) as unknown as {
      localAction(handler: Handler, action: { name: string }): Handler;
    };
    const localAction = (handler: Handler, action: { name: string }): Handler => {
      const contract = this.#contracts.get(action.name);
      if (contract === undefined) return fastest.localAction(handler, action);
      const check = checkOf(contract);
      return async (ctx) => {
        const errors = check(ctx.params ?? {});
        if (errors.length > 0) throw invalid(...errors);
        return handler(ctx);
      };
    };
    return { ...fastest, localAction } as unknown as ReturnType<typeof Validators.Fastest.prototype.middleware>;
  }
}
