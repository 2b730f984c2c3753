// A way to a server that can be cut at a moment of the test's choice.
import { connect, createServer, type Socket } from "node:net";

export interface Passage {
  from: "client" | "server";
  bytes: Buffer;
  /** Which connection of the proxy, from 1. */
  nth: number;
}

export interface ProxyRules {
  /** False: the n-th connection, from 1, is reset as soon as it is made. */
  accepts?(nth: number): boolean;
  /** False: instead of being passed on, these bytes are the end of their connection. */
  passes?(passage: Passage): boolean;
}

export interface TcpProxy {
  host: string;
  port: number;
  /** How many came so far, those that were reset among them. */
  connections(): number;
  close(): Promise<void>;
}

export async function tcpProxy(
  target: { host: string; port: number },
  { accepts = () => true, passes = () => true }: ProxyRules,
): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let came = 0;

  function join(client: Socket, nth: number): void {
    const server = connect(target.port, target.host);
    const ends: [Passage["from"], Socket, Socket][] = [
      ["client", client, server],
      ["server", server, client],
    ];
    for (const [from, near, far] of ends) {
      open.add(near);
      near.on("error", () => {});
      near.on("data", (bytes) => (passes({ from, bytes, nth }) ? far.write(bytes) : near.destroy()));
      near.on("close", () => {
        open.delete(near);
        far.end();
      });
    }
  }

  const listener = createServer((client) => {
    const nth = ++came;
    if (accepts(nth)) return join(client, nth);
    client.on("error", () => {}).resetAndDestroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, target.host, resolve));
  return {
    host: target.host,
    port: (listener.address() as { port: number }).port,
    connections: () => came,
    async close() {
      const closed = new Promise((resolve) => listener.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
