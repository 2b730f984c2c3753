import { issueCredentials, USUAL_PLAN } from "../runtime/issue-credentials.ts";
import type { Settings } from "./server.ts";

/** What processes that meet over Redis need beside its URL, for one that may speak as everything. */
export function busSettings(folder: string): Settings {
  const { root, busSecret, files } = issueCredentials(folder, USUAL_PLAN, { now: new Date(), days: 365 });
  return { TRUST_ROOT: root, BUS_SECRET: busSecret, NODE_CREDENTIAL: files.all as string };
}
