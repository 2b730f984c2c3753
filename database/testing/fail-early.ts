// A transaction whose first statement fails long before its end. Run by a test as a process of its own, because only a real
// process dies of a rejection that nobody looked at.
import { Database } from "../database.ts";

const db = new Database({ url: process.argv[2] as string, poolSize: 2 });
const outcome = db.transaction(async (tx) => {
  tx.send({ name: "test_fail", text: "select 1 / 0" });
  // On another connection: by the time it is answered, the failure above has arrived.
  await db.query({ name: "test_wait", text: "select pg_sleep(0.1)" });
  await tx.query({ name: "test_after", text: "select 1" });
});
await outcome.catch((error: { code?: string }) => process.stdout.write(error.code ?? "no code"));
await db.close();
