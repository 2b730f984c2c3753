// The version of a thing that is edited, and the condition that an editor sets on it (RFC 9110, 13.1.1).
import { type Static, Type } from "typebox";

export const Version = Type.Integer({ minimum: 1, description: "Counts the changes; the ETag" });

/** Which version must be the present one: this one, one of these, or any. None of these is never the present one. */
export const IfVersion = Type.Union([
  Type.Integer({ minimum: 0 }),
  Type.Array(Type.Integer({ minimum: 0 }), { maxItems: 50 }),
  Type.Literal("*"),
]);
export type IfVersion = Static<typeof IfVersion>;

/** The versions that the condition names; null where any will do. */
export const wantedVersions = (condition: IfVersion): readonly number[] | null =>
  condition === "*" ? null : [condition].flat();

export const isWantedVersion = (condition: IfVersion, version: number): boolean =>
  wantedVersions(condition)?.includes(version) ?? true;
