// What may come into the house: which packages, from where, known by what, under which licence, and who may run a script while it
// is installed.

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  dev?: boolean;
  devOptional?: boolean;
  optional?: boolean;
  os?: readonly string[];
  cpu?: readonly string[];
  hasInstallScript?: boolean;
  license?: string;
}
export interface LockFile {
  packages: Readonly<Record<string, Locked>>;
}
export interface Manifest {
  dependencies: Readonly<Record<string, string>>;
  devDependencies: Readonly<Record<string, string>>;
  allowScripts: Readonly<Record<string, boolean>>;
}

const REGISTRY = "https://registry.npmjs.org/";
const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;
const LICENCES = new Set([
  "MIT",
  "MIT-0",
  "ISC",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "0BSD",
]);
/** Read in their own files, because their manifests say nothing that npm understands. */
const READ_BY_HAND: Readonly<Record<string, string>> = {
  "cli-color": "ISC",
  clui: "MIT",
  "@seald-io/binary-search-tree": "MIT",
};

const nameOf = (path: string): string => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
const isProduction = ({ dev, devOptional }: Locked): boolean => !dev && !devOptional;

/** Production packages with their licences, by name. */
export const licencesOf = ({ packages }: LockFile): [name: string, version: string, licence: string | undefined][] =>
  Object.entries(packages)
    .filter(([path, locked]) => path !== "" && isProduction(locked))
    .map(([path, { version = "", license }]) => [nameOf(path), version, license ?? READ_BY_HAND[nameOf(path)]]);

/** Sentences; none where all is well. */
export function faultsOf(lock: LockFile, { dependencies, devDependencies, allowScripts }: Manifest): string[] {
  const faults: string[] = [];
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    if (!EXACT.test(version)) faults.push(`package.json names ${name} by "${version}", which is no exact version`);
  }
  for (const [path, locked] of Object.entries(lock.packages)) {
    if (path !== "") faults.push(...faultsOfPackage(nameOf(path), locked, allowScripts));
  }
  for (const [name, version, licence] of licencesOf(lock)) {
    if (licence === undefined || !LICENCES.has(licence))
      faults.push(`${name} ${version} is licensed ${licence ?? "by nobody"}`);
  }
  return faults;
}

function faultsOfPackage(name: string, locked: Locked, allowScripts: Manifest["allowScripts"]): string[] {
  const { version = "", resolved, integrity, link, optional, os, cpu, hasInstallScript } = locked;
  const faults: string[] = [];
  if (link || !EXACT.test(version)) faults.push(`${name} is no release of a registry`);
  if (resolved !== undefined && !resolved.startsWith(REGISTRY))
    faults.push(`${name} comes from ${new URL(resolved).host}`);
  // For other systems than the one that made the lock file npm writes none; npm ci does not install them here.
  const isElsewhere = optional === true && locked.dev === true && (os !== undefined || cpu !== undefined);
  if (!SHA512.test(integrity ?? "") && !isElsewhere) faults.push(`${name} is not known by a SHA-512`);
  if (hasInstallScript && !Object.hasOwn(allowScripts, name)) {
    faults.push(`${name} wants to run a script when it is installed, of which allowScripts says nothing`);
  }
  return faults;
}
