// The payment providers that the shop works with, by name.
import { providerNotConfigured } from "../errors.ts";
import type { PaymentProvider } from "./provider.ts";

export interface Providers {
  /** New payments go to this one. */
  standard: PaymentProvider;
  named(name: string): PaymentProvider | undefined;
  /** The one that a payment was begun with. @throws PROVIDER_NOT_CONFIGURED (503) when the shop has it no longer */
  of(intent: { provider: string }): PaymentProvider;
}

/** @throws Error without any, or for two of one name */
export function providersByName(list: readonly PaymentProvider[]): Providers {
  const byName = new Map(list.map((provider) => [provider.name, provider]));
  const [standard] = list;
  if (standard === undefined || byName.size < list.length)
    throw new Error("payments need providers, each of its own name");
  return {
    standard,
    named: (name) => byName.get(name),
    of({ provider: name }) {
      const provider = byName.get(name);
      if (provider === undefined) throw providerNotConfigured(name);
      return provider;
    },
  };
}
