// Entity tags as headers hold them (RFC 9110, 8.8.3 and 13.1).

export interface EntityTag {
  weak: boolean;
  /** Without its quotes. */
  opaque: string;
}

const TAG = '(W/)?"([\\x21\\x23-\\x7e\\x80-\\xff]*)"';
const ONE = new RegExp(TAG, "g");
// Empty members of a list are let pass, as RFC 9110, 5.6.1 asks of who reads one.
const LIST = new RegExp(`^[ \\t,]*${TAG}(?:[ \\t]*,[ \\t,]*${TAG})*[ \\t,]*$`);

/** What `If-Match` or `If-None-Match` names; undefined for what is neither `*` nor a list of tags. */
export function parseEntityTags(header: string): "*" | EntityTag[] | undefined {
  if (header.trim() === "*") return "*";
  if (!LIST.test(header)) return undefined;
  return [...header.matchAll(ONE)].map(([, weak, opaque]) => ({ weak: weak !== undefined, opaque: opaque as string }));
}
