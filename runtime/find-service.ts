import type { ServiceName } from "../contract/contracts.ts";
import type { ServiceDescriptor } from "../mixins/service.ts";

/** The description of a service of the phone book, from where every service lies. */
export async function findService(name: ServiceName): Promise<ServiceDescriptor> {
  const { default: descriptor } = (await import(`../services/${name}/${name}.service.ts`)) as {
    default: ServiceDescriptor;
  };
  return descriptor;
}
