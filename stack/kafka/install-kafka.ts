import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installOnce } from "../install-once.ts";
import { runTool } from "../run-tool.ts";
import type { Surroundings } from "../server.ts";

const POM = join(import.meta.dirname, "pom.xml");

/** Returns the folder of the broker's jars, which Maven brings at the first start. */
export async function installKafka(given: Surroundings): Promise<string> {
  const folder = join(given.cacheDir, cacheName(readFileSync(POM, "utf8")));
  const make = (draft: string) => {
    given.log("downloading the broker's jars (43 MB, once)");
    const args = ["--batch-mode", "--quiet", "--strict-checksums", "--file", POM];
    args.push("dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${draft}`);
    return runTool({ command: "mvn", args, cwd: draft, quiet: true }, given);
  };
  await installOnce({ folder, make }, given);
  return folder;
}

// The whole pom is part of the name, so that any pinned version that changes means other jars.
function cacheName(pom: string): string {
  const version = /<artifactId>kafka_[\d.]+<\/artifactId>\s*<version>([\d.]+)</.exec(pom)?.[1];
  if (version === undefined) throw new Error(`${POM} names no version of Kafka`);
  return `kafka-${version}-${createHash("sha256").update(pom).digest("hex").slice(0, 8)}`;
}
