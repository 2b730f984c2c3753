import { chmodSync, mkdirSync, readdirSync, statSync } from "node:fs";

/** What lies in a data folder, or in its mail, from the first use on or from before it. */
const OURS = /^(instance\.\d+\.lock|install\.lock|passwords\.json|stack|stack\.env|.+\.eml)$/;

/**
 * Makes the folder, or closes the one that is there, to everybody but its owner: mail, keys and passwords lie in it.
 * @throws Error with a sentence where it cannot be closed, or is not a data folder and so may be in use by others
 */
export function closeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode } = statSync(folder);
  if ((mode & 0o077) === 0) return;
  const open = `The data folder ${folder} is open to other users (mode ${(mode & 0o7777).toString(8)})`;
  const sharedByAll = (mode & 0o1000) !== 0;
  if (sharedByAll || !mayClose(folder)) {
    throw new Error(`${open} and may be in use by them: choose one of its own with DATA_DIR, or chmod 700 it.`);
  }
  try {
    chmodSync(folder, 0o700);
  } catch (cause) {
    const sentence = `${open} and is not ours to close`;
    throw new Error(`${sentence}: choose another one with DATA_DIR, or have its owner do chmod 700.`, { cause });
  }
}

/** As root we could close anything, such as /srv, which others need open. */
function mayClose(folder: string): boolean {
  const there = readdirSync(folder);
  return there.length === 0 || there.some((name) => OURS.test(name));
}
