import { createServer } from "node:net";

/** @throws Error with a sentence that names the taken address and the setting that changes it */
export async function assertPortIsFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${port} on ${host} is taken. Is it running already? PORT=… chooses another one.`)
          : new Error(`Cannot listen on ${host}:${port}: ${error.message}`),
      );
    });
    probe.listen(port, host, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}
