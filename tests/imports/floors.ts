// The floors of the house, from the ground up. An arrow may run along a floor or down, never up: what is below must not know
// what stands on it, or neither can be changed, tested or started without the other.

const FLOORS = [
  ["contract"],
  ["database"],
  ["events"],
  ["mixins"],
  ["middlewares"],
  ["services"],
  ["runtime", "moleculer.config.ts"],
  ["replay", "bench", "stack", "tests"],
] as const;

/** Every folder and file that the check looks at. */
export const ROOMS: readonly string[] = FLOORS.flat();

const PHONE_BOOK = "contract/contracts.ts";

const floorOf = (path: string): number => {
  const [room = ""] = path.split("/");
  return FLOORS.findIndex((rooms) => (rooms as readonly string[]).includes(room));
};
const roomOf = (path: string): string => path.split("/")[0] as string;
const serviceOf = (path: string): string | undefined => /^services\/([^/]+)\//.exec(path)?.[1];
const isContract = (path: string): boolean => path.endsWith(".contract.ts");

/** Tests and their helpers start what they test, so they may reach for anything. */
export const isTest = (path: string): boolean => /\.test\.ts$|\/testing\/|^tests\//.test(path);

/** Why one file may not import another, types included; undefined when it may. Paths from the project's root, with slashes. */
export function findBreach(from: string, to: string): string | undefined {
  if (isTest(from)) return undefined;
  if (isTest(to)) return "what a test is made of is for tests";
  if (from === PHONE_BOOK && isContract(to)) return undefined;
  if (floorOf(to) > floorOf(from)) return `an arrow up: ${roomOf(from)} stands below ${roomOf(to)}`;
  const [own, other] = [serviceOf(from), serviceOf(to)];
  if (other !== undefined && own !== other && floorOf(from) === floorOf(to) && !isContract(to)) {
    return "another service is known by its contract alone";
  }
  return undefined;
}

/** The folder of the services written as text in a file that stands below them: an arrow up that no import shows. */
export const namesServices = (path: string, text: string): boolean =>
  !isTest(path) && floorOf(path) < floorOf("services/") && /["'`/]services["'`/]/.test(codeOf(text));

/** Without comments and import lines. */
const codeOf = (text: string): string =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/^\s*\/\/.*$/gm, "")
    .replaceAll(/\bfrom\s*"[^"]*"/g, "");
