// For the tests of this folder: what the catalog tells, as the bridge hands it over.
import { randomUUIDv7 } from "node:crypto";
import type { Database } from "../../../database/database.ts";
import type { Product } from "../../catalog/catalog.contract.ts";
import { CATALOG_GROUP, type ProductTold } from "../follow-catalog.ts";

export interface Told {
  id?: string;
  version?: number;
  status?: Product["status"];
  skus?: readonly string[];
}

/** An active product of one mug, told of for the first time, where nothing else is said. */
export function productTold({ id = randomUUIDv7(), version = 1, status = "ACTIVE", skus = ["MUG"] }: Told = {}) {
  const at = "2026-03-01T12:00:00.000Z";
  const price = { amount: 500, currency: "GBP" };
  const event: ProductTold = {
    id: randomUUIDv7(),
    type: version === 1 ? "catalog.product_created" : "catalog.product_updated",
    aggregateId: id,
    aggregateVersion: version,
    occurredAt: new Date(at),
    correlationId: null,
    causationId: null,
    traceparent: null,
    data: {
      product: {
        ...{ id, slug: `mug-${id}`, title: "Mug", description: null, status, version, createdAt: at, updatedAt: at },
        variants: skus.map((sku) => ({ id: randomUUIDv7(), sku, title: "Mug", price })),
      },
    },
  };
  return event;
}

/** From now on what is not known is what the catalog does not have. */
export const caughtUpWithCatalog = (db: Database) =>
  db.query(
    {
      name: "test_caught_up",
      text: `insert into consumer_positions (consumer_group, topic, caught_up_generation)
        values ($1, 'commerce.catalog.v1', 1)`,
    },
    [CATALOG_GROUP],
  );
