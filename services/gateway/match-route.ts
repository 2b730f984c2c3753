// Which route a path means. A path without parameters wins over a pattern (`/v1/users/me` over `/v1/users/{id}`), and a
// known path with an unknown method is told apart from an unknown path.

import { invalid } from "../../contract/refusals.ts";
import { refuse } from "./errors.ts";
import { isStorable } from "./request/json.ts";

/** What this file needs of moleculer-web's compiled alias. */
export interface Alias {
  method: string;
  fullPath: string;
  match(path: string): Record<string, string> | false;
}

export interface Found<A extends Alias> {
  alias: A;
  params: Record<string, string>;
}

interface PathEntry<A extends Alias> {
  /** By HTTP method; they all match the same paths. */
  methods: Map<string, A>;
  allow: string;
}

export class RouteTable<A extends Alias> {
  readonly #fixed = new Map<string, PathEntry<A>>();
  readonly #patterns: PathEntry<A>[];

  constructor(aliases: readonly A[]) {
    const entries = new Map<string, PathEntry<A>>();
    for (const alias of aliases) {
      // What a parameter is called makes no other path of it.
      const path = alias.fullPath.replace(/:[^/]+/g, ":");
      const entry = entries.get(path) ?? { methods: new Map(), allow: "" };
      entry.methods.set(alias.method, alias);
      if (alias.method === "GET") entry.methods.set("HEAD", alias);
      entry.allow = [...entry.methods.keys(), "OPTIONS"].join(", ");
      entries.set(path, entry);
    }
    const patterned = [...entries].filter(([path]) => path.includes(":"));
    for (const [path, entry] of entries) if (!path.includes(":")) this.#fixed.set(path, entry);
    // Where two patterns fit, the one with fewer parameters says more.
    const unknowns = (path: string) => path.split(":").length;
    this.#patterns = patterned.sort(([a], [b]) => unknowns(a) - unknowns(b)).map(([, entry]) => entry);
  }

  /** @throws NOT_FOUND (404), METHOD_NOT_ALLOWED (405, with `allow`), VALIDATION_FAILED for a path that does not decode */
  find(method: string, path: string): Found<A> {
    const entry = this.#locate(path);
    if (entry === undefined) throw refuse("not_found");
    const alias = entry.methods.get(method);
    if (alias === undefined) throw refuse("method_not_allowed", undefined, { allow: entry.allow });
    return { alias, params: matched(alias, path) || {} };
  }

  /** The methods of a path as an `Allow` header; undefined for an unknown path. */
  allow(path: string): string | undefined {
    return this.#locate(path)?.allow;
  }

  #locate(path: string): PathEntry<A> | undefined {
    return (
      this.#fixed.get(path) ?? this.#patterns.find(({ methods }) => matched(methods.values().next().value as A, path))
    );
  }
}

function matched(alias: Alias, path: string): Record<string, string> | false {
  try {
    const params = alias.match(path);
    if (!params || Object.values(params).every(isStorable)) return params;
  } catch {
    // As one that decodes to what nothing can be named.
  }
  throw invalid({ parameter: "path", code: "encoding", message: "is not well percent-encoded" });
}
