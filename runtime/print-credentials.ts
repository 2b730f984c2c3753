// `npm run credentials -- [--folder .credentials] [--days 365] [name=service,service ...]`: makes what processes need to trust
// each other, and prints the settings. Without names: one credential for each service, one for operators, one for everything.
import { parseArgs } from "node:util";
import { OPERATOR } from "../contract/contract.ts";
import { SERVICE_NAMES } from "../contract/contracts.ts";
import { integer, list, oneOf } from "./config-values.ts";
import { type CredentialPlan, issueCredentials, USUAL_PLAN } from "./issue-credentials.ts";

try {
  const { values, positionals } = parseArgs({
    options: { folder: { type: "string", default: ".credentials" }, days: { type: "string" } },
    allowPositionals: true,
  });
  const days = integer("--days", values.days, { byDefault: 365, min: 1, max: 3_650 });
  const plan = positionals.length === 0 ? USUAL_PLAN : Object.fromEntries(positionals.map(readPlan));
  const { root, busSecret, files } = issueCredentials(values.folder, plan, { now: new Date(), days });
  const credentials = Object.entries(files).map(([name, file]) => `# ${name}\n# NODE_CREDENTIAL=${file}\n`);
  process.stdout.write(`TRUST_ROOT=${root}\nBUS_SECRET=${busSecret}\n${credentials.join("")}`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

function readPlan(given: string): [string, CredentialPlan[string]] {
  const [, name, services] = /^([\w-]+)=(.+)$/.exec(given) ?? [];
  if (name === undefined) throw new Error(`${given} is not of the form name=service,service`);
  const known = [...SERVICE_NAMES, OPERATOR];
  return [name, list(services).map((service) => oneOf(name, service, known))];
}
