import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Counters, FromShop, Ready, ToShop } from "./messages.ts";

/** The shop cannot be ended politely for longer than its own deadline. */
const KILL_AFTER_MS = 30_000;

/** A shop with everything it needs, in another process. Ends with this one, however this one ends. */
export class ShopProcess {
  readonly ready: Promise<Ready>;
  readonly #child: ChildProcess;
  readonly #gone: Promise<never>;
  readonly #exited: Promise<unknown>;

  /**
   * @param profile folder for a CPU profile of the whole run
   * @param delivery of its events: "local" as `npm start` does it, "nobody", or by the Kafka broker of this address
   */
  constructor({ profile, delivery = "local" }: { profile?: string | undefined; delivery?: string }) {
    const flags = profile === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profile];
    this.#child = fork(join(import.meta.dirname, "server.ts"), [delivery], {
      execArgv: [...process.execArgv, ...flags],
      // What it prints, such as each mail, is not of interest; what it warns of is.
      stdio: ["ignore", "ignore", 2, "ipc"],
    });
    this.#exited = once(this.#child, "exit");
    this.#gone = this.#exited.then(() => Promise.reject(new Error("the shop's process has ended")));
    this.#gone.catch(() => {});
    this.ready = this.#hear("ready");
    this.ready.catch(() => {});
  }

  counters(): Promise<Counters> {
    return this.#ask("counters", "counters");
  }

  /** Stops the services; Postgres stays. */
  async close(): Promise<void> {
    await this.#ask("close", "closed");
  }

  /** Ends the process and all it started; may be called at any time and more than once. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), KILL_AFTER_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  #ask<K extends FromShop["kind"]>(question: ToShop, answer: K): Promise<Extract<FromShop, { kind: K }>> {
    const heard = this.#hear(answer);
    this.#child.send(question);
    return heard;
  }

  #hear<K extends FromShop["kind"]>(kind: K): Promise<Extract<FromShop, { kind: K }>> {
    const heard = new Promise<Extract<FromShop, { kind: K }>>((resolve, reject) => {
      const listen = (message: FromShop) => {
        if (message.kind === kind) resolve(message as Extract<FromShop, { kind: K }>);
        else if (message.kind === "failed") reject(new Error(`the shop did not start: ${message.reason}`));
        else return;
        this.#child.off("message", listen);
      };
      this.#child.on("message", listen);
    });
    return Promise.race([heard, this.#gone]);
  }
}
