// Who users are, by their ids. On the order path: concurrent askers share one statement.
import type { Database, Statement } from "../../database/database.ts";
import { gather } from "../../database/gather.ts";

export interface NamedUser {
  id: string;
  email: string;
  name: string;
  language: string | null;
}

const NAME: Statement = {
  name: "users_name",
  text: "select id, email, name, language from users where id = any($1::uuid[])",
};

/** @returns a function that names users, each once, in the order asked for; those who do not exist are absent */
export function nameUsers(db: Database): (ids: readonly string[]) => Promise<NamedUser[]> {
  return gather(async (requests: readonly (readonly string[])[]) => {
    const rows = await db.query<NamedUser>(NAME, [[...new Set(requests.flat())]]);
    const named = new Map(rows.map((row) => [row.id, row]));
    return requests.map((ids) => [...new Set(ids)].flatMap((id) => named.get(id.toLowerCase()) ?? []));
  });
}
