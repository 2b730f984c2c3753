import type { Clock } from "../../../database/clock.ts";
import type { Database } from "../../../database/database.ts";
import { loadKeys, RELOAD_SECONDS, type SigningKey } from "./signing-keys.ts";

export interface KeyStore {
  keys(): Promise<readonly SigningKey[]>;
  /** The next reader reads the database. */
  forget(): void;
}

/** This node's copy of the keys. The published set is read by strangers as often as they like, the database is not. */
export function keyStore(db: Database, clock: Clock): KeyStore {
  let loading: Promise<readonly SigningKey[]> | undefined;
  let loadedAt = 0;

  const forget = () => {
    loading = undefined;
  };
  return {
    forget,
    keys() {
      const now = clock();
      const age = now.getTime() - loadedAt;
      if (loading === undefined || age < 0 || age >= RELOAD_SECONDS * 1_000) {
        loadedAt = now.getTime();
        loading = loadKeys(db, now);
        // A failure is the answer to those who waited for it, not to those who come later.
        loading.catch(forget);
      }
      return loading;
    },
  };
}
