// The users service as auth sees it: in memory, and away when a test says so.
import { Errors, type ServiceSchema } from "moleculer";
import type { Role } from "../../../contract/permissions.ts";

interface Profile {
  id: string;
  email: string;
  name: string;
  language?: string;
}

export interface StubUsers {
  profiles: Map<string, Profile>;
  roles: Map<string, Role[]>;
  /** While set, every call fails. */
  away: boolean;
  /** Awaited before roles that were read are answered. */
  beforeRoles?: () => Promise<void>;
  schema: ServiceSchema;
}

export function stubUsers(): StubUsers {
  const stub: Omit<StubUsers, "schema"> = { profiles: new Map(), roles: new Map(), away: false };
  const reach = () => {
    if (stub.away) throw new Errors.ServiceNotAvailableError({ action: "users", nodeID: "none" });
  };
  const schema: ServiceSchema = {
    name: "users",
    actions: {
      create({ params }: { params: Profile }) {
        reach();
        const rival = [...stub.profiles.values()].find(({ id, email }) => email === params.email && id !== params.id);
        if (rival) throw new Errors.MoleculerClientError("taken", 409, "EMAIL_TAKEN");
        stub.profiles.set(params.id, stub.profiles.get(params.id) ?? params);
        return stub.profiles.get(params.id);
      },
      async rolesOf({ params }: { params: { id: string } }) {
        reach();
        const roles = stub.roles.get(params.id) ?? ["customer"];
        await stub.beforeRoles?.();
        return { roles };
      },
    },
  };
  return Object.assign(stub, { schema });
}
