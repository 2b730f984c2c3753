import { refusal } from "../../contract/contract.ts";
import { users } from "./users.contract.ts";

export const userNotFound = () => refusal(users, "user_not_found");
export const ownRoles = () => refusal(users, "own_roles");
export const addressNotFound = () => refusal(users, "address_not_found");
export const emailTaken = () => refusal(users, "email_taken");
export const referenceTaken = () => refusal(users, "reference_taken");
export const tooManyAddresses = () => refusal(users, "too_many_addresses");
export const versionMismatch = (current: number) => refusal(users, "version_mismatch", undefined, { current });
