/**
 * How every program of ours is run: nothing that a client sends reaches a prototype by the name `__proto__`, and no signal opens a
 * debugger.
 */
export const NODE_FLAGS = ["--disable-warning=ExperimentalWarning", "--disable-proto=delete", "--disable-sigusr1"];

/** What runs where customers are. Libraries take NODE_ENV for it. */
export const PRODUCTION = ["runtime/main.ts", "runtime/migrate.ts"];
