import { expect, test } from "@jest/globals";
import { ServiceBroker } from "moleculer";
import { missingServices } from "./missing-services.ts";

test("a process lacks what has not started, then nothing, and in the end the broker", async () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: mugsUp, resolve: mugsAreUp } = Promise.withResolvers<void>();
  const broker = new ServiceBroker({ logger: false, skipProcessEventRegistration: true });
  broker.createService({ name: "mugs", started: async () => void setImmediate(mugsAreUp) });
  broker.createService({ name: "teapots", started: () => opened });
  const missing = (of: ServiceBroker | undefined) => missingServices(["mugs", "teapots"], of);

  expect([missing(undefined), missing(broker)]).toEqual([
    ["mugs", "teapots"],
    ["mugs", "teapots"],
  ]);
  const starting = broker.start();
  await mugsUp;
  expect(missing(broker)).toEqual(["teapots"]);
  open();
  await starting;
  expect(missing(broker)).toEqual([]);
  const stopping = broker.stop();
  expect(missing(broker)).toEqual(["broker"]);
  await stopping;
  expect(missing(broker)).toEqual(["broker"]);
});
