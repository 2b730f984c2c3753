// A second door of a broker that opens with TLS and a password only, with a certificate made for the occasion.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { choosePort, HOST } from "../../stack/choose-port.ts";
import type { Adjust } from "../../stack/kafka/kafka.ts";
import type { KafkaSettings } from "../kafka/kafka-client.ts";

export interface SecuredListener {
  address: string;
  adjust: Adjust;
  tls: { ca: string };
  sasl: NonNullable<KafkaSettings["sasl"]>;
  remove(): void;
}

const STORE_PASSWORD = "only-for-this-test";

export async function securedListener(): Promise<SecuredListener> {
  const folder = mkdtempSync(join(tmpdir(), "secured-"));
  const port = await choosePort({ folder, purpose: "secured" });
  const [store, certificate] = [join(folder, "broker.p12"), join(folder, "broker.pem")];
  const common = ["-alias", "broker", "-storetype", "PKCS12", "-keystore", store, "-storepass", STORE_PASSWORD];
  const names = ["-dname", "CN=localhost", "-ext", `san=ip:${HOST},dns:localhost`];
  execFileSync("keytool", ["-genkeypair", "-keyalg", "EC", "-validity", "2", ...names, ...common], { stdio: "ignore" });
  execFileSync("keytool", ["-exportcert", "-rfc", "-file", certificate, ...common], { stdio: "ignore" });
  const sasl = { mechanism: "plain", username: "shop", password: "the-right-one" } as const;
  const login = "org.apache.kafka.common.security.plain.PlainLoginModule";
  return {
    address: `${HOST}:${port}`,
    tls: { ca: readFileSync(certificate, "utf8") },
    sasl,
    adjust: (properties) => ({
      listeners: `${properties.listeners},SECURED://${HOST}:${port}`,
      "advertised.listeners": `${properties["advertised.listeners"]},SECURED://${HOST}:${port}`,
      "listener.security.protocol.map": `${properties["listener.security.protocol.map"]},SECURED:SASL_SSL`,
      "listener.name.secured.sasl.enabled.mechanisms": "PLAIN",
      "listener.name.secured.plain.sasl.jaas.config": `${login} required user_${sasl.username}="${sasl.password}";`,
      "listener.name.secured.ssl.keystore.type": "PKCS12",
      "listener.name.secured.ssl.keystore.location": store,
      "listener.name.secured.ssl.keystore.password": STORE_PASSWORD,
    }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
