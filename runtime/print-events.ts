// `npm run events`: which events exist and what they hold. `-- --json` prints them for programs, `-- --write` publishes them
// in the committed catalogue unless that would break who reads them.
import { parseArgs } from "node:util";
import { contracts } from "../contract/contracts.ts";
import { describeEvents } from "../contract/events/describe-events.ts";
import { CATALOGUE_FILE, eventsOf } from "../contract/events/event-catalogue.ts";
import { publishCatalogue } from "../contract/events/publish-catalogue.ts";

try {
  const { values } = parseArgs({ options: { json: { type: "boolean" }, write: { type: "boolean" } } });
  const events = eventsOf(contracts);
  if (values.write) {
    publishCatalogue(CATALOGUE_FILE, events);
    console.log(`contract/events/event-catalogue.json holds the ${events.length} events of the contracts`);
  } else console.log(values.json ? JSON.stringify(events, null, 2) : describeEvents(events));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
