import type { ServiceBroker } from "moleculer";

/** Of the services of this process those that are not up; the broker itself, while it starts, stops or was never made. */
export function missingServices(services: readonly string[], broker: ServiceBroker | undefined): string[] {
  if (broker?.started) return [];
  const up = broker?.registry.getServiceList({ onlyLocal: true }).map(({ name }) => name) ?? [];
  const absent = services.filter((name) => !up.includes(name));
  return absent.length > 0 ? absent : ["broker"];
}
