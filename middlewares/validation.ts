// Parameters are checked against the contract: strictly, compiled once, unknown properties refused. Actions of services
// without a contract (third parties' mixins) keep Moleculer's own fastest-validator tables.
import { Ajv, type ErrorObject } from "ajv";
import addFormats from "ajv-formats";
import { type Context, type ServiceBroker, Validators } from "moleculer";
import { type TSchema, Type } from "typebox";
import { invalid } from "../contract/invalid.ts";

// ajv-formats is CommonJS with a default export inside.
const withFormats = addFormats as unknown as typeof addFormats.default;

const ajv = withFormats(new Ajv({ strict: false, allErrors: true, discriminator: false }));

export interface FieldError {
  /** JSON pointer into what was sent. */
  pointer: string;
  code: string;
  message: string;
}

/** Compiles a schema to a check that returns what is wrong, nothing when all is well. */
export function compile(schema: TSchema): (value: unknown) => FieldError[] {
  const check = ajv.compile(schema);
  return (value) => (check(value) ? [] : (check.errors ?? []).slice(0, 20).map(describe));
}

function describe({ instancePath, keyword, params, message = "is invalid" }: ErrorObject): FieldError {
  const { missingProperty, additionalProperty } = params as Record<string, string | undefined>;
  const property = missingProperty ?? additionalProperty;
  return {
    pointer: property === undefined ? instancePath : `${instancePath}/${property}`,
    code: keyword,
    message: additionalProperty === undefined ? message : "is not known here",
  };
}

type Handler = (ctx: Context) => Promise<unknown>;

/** The broker's validator: the contract where there is one, else what Moleculer would do. */
export class ContractValidator extends Validators.Fastest {
  readonly #contracts: ReadonlyMap<string, { params: Record<string, TSchema> }>;

  constructor(contracts: ReadonlyMap<string, { params: Record<string, TSchema> }>) {
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
      const check = compile(Type.Object(contract.params, { additionalProperties: false }));
      return async (ctx) => {
        const errors = check(ctx.params ?? {});
        if (errors.length > 0) throw invalid(errors);
        return handler(ctx);
      };
    };
    return { ...fastest, localAction } as unknown as ReturnType<typeof Validators.Fastest.prototype.middleware>;
  }
}
