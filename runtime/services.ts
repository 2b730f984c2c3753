// Every service that can be started, and every database that they own. The list itself is the phone book's.
import { SERVICE_NAMES, type ServiceName } from "../contract/contracts.ts";
import { type DatabasePlan, migrationFolders } from "../database/read-migrations.ts";
import type { ServiceDescriptor } from "../mixins/service.ts";
import { findService } from "./find-service.ts";
import type { ServiceDatabase } from "./provision-databases.ts";

const found = SERVICE_NAMES.map(async (name) => [name, await findService(name)] as const);
export const services: ReadonlyMap<ServiceName, ServiceDescriptor> = new Map(await Promise.all(found));

const plans: readonly DatabasePlan[] = [...services.values()].flatMap(({ databases }) => databases);
export const DATABASES: readonly string[] = plans.map(({ name }) => name);

/** As they are created and migrated. @param names all, unless some are named */
export const databasesToProvision = (names = DATABASES): ServiceDatabase[] =>
  plans
    .filter(({ name }) => names.includes(name))
    .map((plan) => ({ name: plan.name, migrations: migrationFolders(plan) }));
