import type { Errors } from "moleculer";
import { refusal } from "../../contract/contract.ts";
import { gateway } from "./gateway.contract.ts";

export type GatewayCode = keyof typeof gateway.errors;

/** A refusal of the gateway. @param data facts for the caller's code, shown as members of the problem */
export const refuse = (
  code: GatewayCode,
  detail?: string,
  data?: Record<string, unknown>,
): Errors.MoleculerClientError => refusal(gateway, code, detail, data);

/** One thing that is wrong: in the body (`pointer`), or in path, query or headers (`parameter`). */
export type FieldProblem = { code: string; message: string } & ({ pointer: string } | { parameter: string });

/** VALIDATION_FAILED (400), as the services themselves answer it. */
export const invalidRequest = (...errors: FieldProblem[]): Errors.MoleculerClientError =>
  refuse("validation_failed", undefined, { errors });
