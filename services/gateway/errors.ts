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
