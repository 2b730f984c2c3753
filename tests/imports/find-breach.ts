/** Starts what services are made of, so it may know them all. */
const ASSEMBLY = new Set(["runtime/create-node.ts"]);

const serviceOf = (path: string): string | undefined => /^services\/([^/]+)\//.exec(path)?.[1];

/**
 * Why one file may not import another, or undefined when it may. Paths from the project's root, with slashes.
 * The layers: services stand on mixins, mixins on nothing of ours; services know each other by contract alone.
 */
export function findBreach(from: string, to: string): string | undefined {
  const [layer] = from.split("/");
  const target = serviceOf(to);
  const isContract = to.endsWith(".contract.ts");
  if (layer === "services") {
    if (to.startsWith("runtime/") && !isTest(from)) return "a service must not know how it is started";
    if (target !== undefined && target !== serviceOf(from) && !isContract) {
      return isTest(from) ? undefined : "another service is known by its contract alone";
    }
    return undefined;
  }
  if (isTest(from) || layer === "tests") return undefined;
  if (layer === "mixins" && to.startsWith("services/")) return "a mixin must not know a service";
  if (target !== undefined && !isContract && !ASSEMBLY.has(from)) return "a service is reached through its contract";
  return undefined;
}

const isTest = (path: string): boolean => /\.test\.ts$|\/testing\/|test-/.test(path);
