// As any Moleculer project does it: a broker of the configuration, a service by its file, a call. Tells the answer to who
// started it. A process of its own, because Moleculer requires the file.
import { ServiceBroker } from "moleculer";
import configure from "../../moleculer.config.ts";

const [file, action, params] = process.argv.slice(2) as [string, string, string];
const broker = new ServiceBroker(configure());
broker.loadService(file);
await broker.start();
process.send?.(await broker.call(action, JSON.parse(params)));
await broker.stop();
