import { chmodSync, mkdirSync, statSync } from "node:fs";

/**
 * Makes the folder, or closes the one that is there, to everybody but its owner: mail, keys and passwords lie in it.
 * @throws Error with a sentence where it cannot be closed
 */
export function closeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode } = statSync(folder);
  if ((mode & 0o077) === 0) return;
  try {
    chmodSync(folder, 0o700);
  } catch (cause) {
    const octal = (mode & 0o777).toString(8);
    const sentence = `The data folder ${folder} is open to other users (mode ${octal}) and is not ours to close`;
    throw new Error(`${sentence}: choose another one with DATA_DIR, or have its owner do chmod 700.`, { cause });
  }
}
