import { join } from "node:path";
import { HOST } from "../choose-port.ts";

/** What S3 clients assume when nobody names a region, so that ours need no setting for it. */
export const REGION = "us-east-1";

export interface GaragePlace {
  folder: string;
  port: number;
  rpcPort: number;
  rpcSecret: string;
}

/** Garage's configuration for one node on the loopback. JSON's strings are TOML's too. */
export function garageConfig({ folder, port, rpcPort, rpcSecret }: GaragePlace): string {
  return `metadata_dir = ${JSON.stringify(join(folder, "meta"))}
data_dir = ${JSON.stringify(join(folder, "data"))}
db_engine = "lmdb"
replication_factor = 1

rpc_bind_addr = "${HOST}:${rpcPort}"
rpc_public_addr = "${HOST}:${rpcPort}"
rpc_secret = "${rpcSecret}"

[s3_api]
api_bind_addr = "${HOST}:${port}"
s3_region = "${REGION}"
`;
}
