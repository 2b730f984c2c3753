// `npm run migrate`, for operators: creates what is missing and brings every database up to the code. Needs an admin's URL;
// the services' own roles may not change tables. Embedded mode does the same by itself at every start.
import { readAdmin } from "./config.ts";
import { provisionDatabases } from "./provision-databases.ts";
import { DATABASES, databasesToProvision } from "./services.ts";

const log = (line: string) => console.log(line);

try {
  const { adminUrl, passwords } = readAdmin(process.env, DATABASES);
  await provisionDatabases({
    adminUrl,
    services: databasesToProvision(),
    passwords,
    log,
  });
  log("every database is up to date");
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
