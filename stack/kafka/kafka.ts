// Apache Kafka from its jars: one node, formatted at the first start, its log kept.

import { randomBytes } from "node:crypto";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { choosePort, HOST } from "../choose-port.ts";
import { missingPrograms } from "../find-program.ts";
import { runTool } from "../run-tool.ts";
import type { StackServer, Surroundings } from "../server.ts";
import { type Launch, supervised } from "../supervise.ts";
import { servesGroups } from "./ask-kafka.ts";
import { asText, type BrokerPlace, brokerProperties, type Properties } from "./broker-properties.ts";
import { installKafka } from "./install-kafka.ts";

const LOGGING = join(import.meta.dirname, "log4j2.properties");
/** It lives for minutes on a machine that others need: compiling itself well, and collecting in the background, would cost most. */
const SMALL = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
const NEEDED = [
  { program: "java", advice: "apt-get install default-jre-headless (17 or later)" },
  { program: "mvn", advice: "apt-get install maven" },
];

/** Given the settings as they would be, those that shall be others. */
export type Adjust = (properties: Properties) => Properties;

/** One Kafka node that is broker and controller. */
export const kafkaWith = (adjust: Adjust): StackServer => ({
  missing: (env) => missingPrograms(NEEDED, env),
  start: supervised((given) => prepare(given, adjust)),
});

export const kafka = kafkaWith(() => ({}));

async function prepare(given: Surroundings, adjust: Adjust): Promise<Launch> {
  const write = (name: string, place: BrokerPlace) => writeProperties(join(given.folder, name), place, adjust);
  const { folder } = given;
  const jars = await installKafka(given);
  const place: BrokerPlace = {
    dataDir: join(folder, "data"),
    port: await choosePort({ folder, purpose: "server", wanted: given.port }),
    controllerPort: await choosePort({ folder, purpose: "controller" }),
  };
  if (!existsSync(place.dataDir)) await format(place, jars, { given, write });
  const properties = write("server.properties", place);
  const broker = `${HOST}:${place.port}`;
  return {
    command: "java",
    args: [...java(jars, "-Xmx512m", ...SMALL), "kafka.Kafka", properties],
    settings: { KAFKA_BROKERS: broker },
    isReady: () => servesGroups(broker),
  };
}

interface Formatting {
  given: Surroundings;
  write(name: string, place: BrokerPlace): string;
}

// Renamed when complete: a start that was killed halfway begins again.
async function format(place: BrokerPlace, jars: string, { given, write }: Formatting): Promise<void> {
  const draft = { ...place, dataDir: `${place.dataDir}.new` };
  rmSync(draft.dataDir, { recursive: true, force: true });
  const properties = write("format.properties", draft);
  const args = ["format", "--cluster-id", clusterId(), "--config", properties, "--standalone"];
  const words = [...java(jars), "kafka.tools.StorageTool", ...args];
  await runTool({ command: "java", args: words, cwd: given.folder, quiet: true }, given);
  renameSync(draft.dataDir, place.dataDir);
}

function writeProperties(file: string, place: BrokerPlace, adjust: Adjust): string {
  const properties = brokerProperties(place);
  writeFileSync(file, asText({ ...properties, ...adjust(properties) }));
  return file;
}

const java = (jars: string, ...flags: string[]): string[] => [
  ...flags,
  `-Dlog4j2.configurationFile=${LOGGING}`,
  "-cp",
  join(jars, "*"),
];

// A UUID as Kafka writes it; one that begins with a dash would be read as an option.
const clusterId = (): string => `K${randomBytes(16).toString("base64url").slice(1)}`;
