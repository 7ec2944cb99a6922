/** A small real web server that remembers what it was asked. */
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createHttp, type Http, type HttpOptions } from "../../src/io/http.ts";

export interface WebServer {
  /** Without a `/` at the end. */
  readonly url: string;
  readonly asked: readonly {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage["headers"];
  }[];
  close(): Promise<void>;
}

export async function startWebServer(listener: RequestListener): Promise<WebServer> {
  const asked: { method: string; url: string; headers: IncomingMessage["headers"] }[] = [];
  const server = createServer((request, response) => {
    asked.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers });
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${address.port}`, asked, close };
}

/** An http that may reach loopback and does not wait long. */
export function loopbackHttp(more: Partial<HttpOptions> = {}): Http {
  return createHttp({
    offline: false,
    allowPrivate: true,
    allowDowngrade: false,
    perHost: 4,
    retries: 0,
    userAgent: "wholesource-test",
    ...more,
  });
}
