// The time zone that the report is in. What the setting says becomes true by building the report anew, once, whichever process
// is the first to come with it; until then every process counts and answers in the zone that the report has.
import type { Database, Statement, Tx } from "../../database/database.ts";
import { rewindGroup } from "../../events/rewind.ts";
import { clearSales, SALES_GROUP } from "./rebuild-sales.ts";

/** For the select list of a statement that wants it along with something else. */
export const TIME_ZONE = "coalesce((select time_zone from sales_time_zone), 'UTC')";

const READ: Statement = { name: "sales_time_zone", text: `select ${TIME_ZONE} as "timeZone"` };
const SET: Statement = {
  name: "sales_set_time_zone",
  text: `insert into sales_time_zone (time_zone) values ($1)
    on conflict (one) do update set time_zone = excluded.time_zone`,
};

export async function readTimeZone(tx: Tx): Promise<string> {
  const [row] = await tx.query<{ timeZone: string }>(READ);
  return row?.timeZone as string;
}

/** Has the report built anew in this zone, unless it is in it. @returns whether it is */
export const rebuildIn = (db: Database, timeZone: string): Promise<boolean> =>
  rewindGroup(
    db,
    SALES_GROUP,
    async (tx) => {
      await clearSales(tx);
      tx.send(SET, [timeZone]);
    },
    async (tx) => (await readTimeZone(tx)) !== timeZone,
  );
