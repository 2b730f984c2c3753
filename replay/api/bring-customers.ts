import { inParallel } from "../in-parallel.ts";
import type { Reporter } from "../reporter.ts";
import type { ApiClient, Page } from "./api-client.ts";
import { referenceOf } from "./order.ts";
import { Refusal } from "./refusal.ts";

type User = { id: string; reference?: string | null };

/** Creates the customers, or finds those an earlier run created; answers the user id of each customer number. */
export async function bringCustomers(
  api: ApiClient,
  customers: string[],
  concurrency: number,
  reporter: Reporter,
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  await inParallel(customers, concurrency, async (customer) => {
    ids.set(customer, await bringCustomer(api, customer));
    reporter.progress(`customers: ${ids.size} of ${customers.length}`);
  });
  return ids;
}

async function bringCustomer(api: ApiClient, customer: string): Promise<string> {
  const reference = referenceOf(customer);
  try {
    const email = `customer-${customer}@online-retail.example`;
    return (await api.post<User>("/v1/users", { email, name: `Customer ${customer}`, reference })).body.id;
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 409) throw error;
    const { data } = await api.get<Page<User>>("/v1/users", { "filter[reference]": reference });
    const found = data.find((user) => user.reference === reference);
    if (!found) throw error;
    return found.id;
  }
}
