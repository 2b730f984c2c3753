import { Socket } from "node:net";

/**
 * Calls `shutdown` once when the process that started this one is gone, kill -9 included, and returns a function that
 * ends the watch. Does nothing where nobody gave us the descriptor to watch, as in a container or under a test.
 */
export function exitWithParent(shutdown: () => void): () => void {
  const descriptor = Number(process.env.EXIT_WITH_PARENT_FD);
  // Our own children have other descriptors under this number.
  delete process.env.EXIT_WITH_PARENT_FD;
  if (process.env.WATCH_REPORT_DEPENDENCIES) return exitWithWatcher(shutdown);
  if (!Number.isInteger(descriptor) || descriptor < 3) return () => {};

  const line = new Socket({ fd: descriptor, readable: true, writable: false });
  const unwatch = () => {
    line.removeAllListeners("close");
    line.destroy();
  };
  line.on("error", () => {});
  line.once("close", shutdown);
  line.resume();
  line.unref();
  return unwatch;
}

/** Under `node --watch` the parent is the watcher, and the descriptor is the line on which it is told of what was loaded. */
function exitWithWatcher(shutdown: () => void): () => void {
  process.once("disconnect", shutdown);
  process.channel?.unref();
  return () => void process.off("disconnect", shutdown);
}
