// Postgres refuses to run as root. Started as root, it runs as the owner of its data, or as a system user made for less.
// Where that user cannot walk to the data or to the binaries (a clone under /root, mode 0700), it gets the one
// capability that opens folders, and no other.

import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";

export type SystemUser = { name: string; uid: number; gid: number };
export type Launcher = {
  /** The user the data must belong to; undefined when it is simply ours. */
  owner: SystemUser | undefined;
  launch(command: string, args: string[], options: SpawnOptions): ChildProcess;
};

/** Who Postgres runs as: undefined for "as we are". Throws when we are root and there is nobody to become. */
export function choosePostgresUser(cluster: string, folder: string): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readUsers();
  const ownerOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.uid ?? 0;
  // A cluster goes on with its owner. A folder's owner may be a bare number, which initdb would refuse.
  const withName = (uid: number) => (uid === 0 ? undefined : users.find((user) => user.uid === uid));
  const clusterOwner = ownerOf(cluster);
  const nameless = { name: String(clusterOwner), uid: clusterOwner, gid: clusterOwner };
  if (clusterOwner !== 0) return withName(clusterOwner) ?? nameless;

  const byName = (name: string) => users.find((user) => user.name === name && user.uid !== 0);
  const user = withName(ownerOf(folder)) ?? byName("postgres") ?? byName("nobody");
  if (user !== undefined) return user;
  throw new Error(
    "Postgres does not run as root, and there is neither a user postgres nor nobody. Start as another user.",
  );
}

function readUsers(): SystemUser[] {
  return readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => Number.isInteger(uid) && Number.isInteger(gid));
}

/**
 * Makes the function that starts Postgres programs as `owner`, who must get at all of `paths`.
 * Throws when a closed folder is in the way and nothing here can open it.
 */
export function prepareLauncher(owner: SystemUser | undefined, paths: string[], probe: string): Launcher {
  if (owner === undefined) return { owner, launch: spawn };
  const { uid, gid } = owner;
  const closed = paths.map((path) => firstClosed(path, owner)).find((path) => path !== undefined);
  if (closed === undefined) {
    return { owner, launch: (command, args, options) => spawn(command, args, { ...options, uid, gid }) };
  }

  const capability = "+dac_override";
  const setpriv = [
    // access(2), with which Postgres looks for its own programs, heeds capabilities only so.
    "--securebits=+no_setuid_fixup",
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    "--inh-caps",
    capability,
    "--ambient-caps",
    capability,
  ];
  const tried = spawnSync("setpriv", [...setpriv, "--", probe, "--version"], { cwd: "/", stdio: "ignore" });
  if (tried.status !== 0) {
    const advice = "Choose a data folder that it can enter with DATA_DIR, or start as an ordinary user.";
    throw new Error(`Postgres does not run as root, and the user ${owner.name} cannot enter ${closed}. ${advice}`);
  }
  return { owner, launch: (command, args, options) => spawn("setpriv", [...setpriv, "--", command, ...args], options) };
}

function firstClosed(path: string, user: SystemUser): string | undefined {
  const target = realpathSync(path);
  const way = [target];
  for (let folder = dirname(target); folder !== way.at(-1); folder = dirname(folder)) way.push(folder);
  return way.reverse().find((step) => !mayEnter(step, user, step === target));
}

function mayEnter(path: string, user: SystemUser, isTarget: boolean): boolean {
  const { mode, uid, gid } = statSync(path);
  const bits = uid === user.uid ? mode >> 6 : gid === user.gid ? mode >> 3 : mode;
  const needed = isTarget ? 0o4 : 0o1;
  return (bits & needed) === needed;
}
