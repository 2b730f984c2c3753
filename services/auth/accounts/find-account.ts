import type { AuthModels, CredentialRow } from "../auth.model.ts";
import { accountNotFound } from "../errors.ts";

/** @throws ACCOUNT_NOT_FOUND (404) */
export async function findAccount({ Credential }: AuthModels, userId: string): Promise<CredentialRow> {
  const account = await Credential.findOne({ raw: true, where: { userId } });
  if (account === null) throw accountNotFound();
  return account;
}
