// A real broker as production makes it: the same middlewares in the same order, only silent and with tokens that name
// their bearer (`customer <id>`, `staff <id>`), so that a test of one service needs no auth service.
import { Errors, ServiceBroker, type ServiceSchema } from "moleculer";
import type { VerifyToken } from "../../contract/access-tokens.ts";
import type { Role } from "../../contract/permissions.ts";
import { brokerOptions } from "../../moleculer.config.ts";
import { testTrust } from "./trust.ts";

const verify: VerifyToken = async (token) => {
  const [role, id] = token.split(" ");
  if (id === undefined) throw new Errors.MoleculerClientError("The access token is not valid", 401, "TOKEN_INVALID");
  const roles: Role[] = role === "staff" ? ["customer", "staff"] : ["customer"];
  return { id, roles, provenAt: Date.now() / 1_000 };
};

/** One for the whole process, as one key pair takes a millisecond to make. */
const trust = testTrust();
let brokers = 0;

/** Started, with the given services; `await broker.stop()` closes what they opened. */
export async function testBroker(...services: ServiceSchema[]): Promise<ServiceBroker> {
  const nodeId = `test-${process.pid}-${brokers++}`;
  const node = { namespace: "test", nodeId, logLevel: "fatal", redisUrl: undefined, busSecrets: [] } as const;
  const options = brokerOptions(node, { verify, trust });
  const broker = new ServiceBroker({ ...options, logger: false });
  for (const service of services) broker.createService(service);
  await broker.start();
  return broker;
}

export const as = (role: Role, id: string) => ({ meta: { token: `${role} ${id}` } });
