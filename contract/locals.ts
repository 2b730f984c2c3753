// Who is asking, as far as a handler may know it: nobody unknown reaches an action that is not public, and where answers are
// remembered for everybody, a handler cannot make one that depends on who asks without its contract saying so.
import type { ActionContract, CacheRule, InternalAccess } from "./contract.ts";
import type { Permission, Principal } from "./permissions.ts";

/** Never leaves the process: set by the access check from the verified token. */
export interface Locals {
  principal?: Principal;
  /** Of an action whose answers are cached: the permissions that its contract names as part of the key. */
  granted?: Readonly<Partial<Record<Permission, boolean>>>;
}

type PermissionIn<K> = K extends `#${infer P}` ? (P extends Permission ? P : never) : never;
type Known<A extends ActionContract> = A["access"] extends "public" | InternalAccess
  ? { readonly principal?: Principal }
  : { readonly principal: Principal };

/** What the handler of an action finds in `ctx.locals`. */
export type LocalsOf<A extends ActionContract> = A extends { cache: infer R extends CacheRule }
  ? {
      readonly granted: Readonly<Record<PermissionIn<R["keys"][number]>, boolean>>;
    } & ("#principal" extends R["keys"][number] ? Known<A> : unknown)
  : Known<A>;
