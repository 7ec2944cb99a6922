/** A server that writes literal bytes, addressed by path: every fault that a real server would only show by accident. */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** One request as it came. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: { readonly [name: string]: string };
  /** How often this path was asked before. */
  readonly before: number;
}

export type Answer = (socket: Socket, request: RawRequest) => void;

export interface RawServer {
  readonly origin: string;
  readonly port: number;
  /** Every request in order of arrival. */
  readonly requests: readonly RawRequest[];
  /** Connections that were ever made. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** The text of an answer: status line, headers, empty line, body. */
export function answer(status: string, headers: readonly string[], body = ""): string {
  return [`HTTP/1.1 ${status}`, ...headers, "", body].join("\r\n");
}

/** An answer of fixed length that keeps the connection. */
export function plain(body: string, ...headers: readonly string[]): Answer {
  return (socket) => socket.write(answer("200 OK", [`Content-Length: ${Buffer.byteLength(body)}`, ...headers], body));
}

/** Starts on a free port; a path without an answer gets 404. */
export async function startRaw(
  answers: { readonly [path: string]: Answer },
  options: { readonly tls?: TlsOptions; readonly host?: string } = {},
): Promise<RawServer> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  let made = 0;
  const serve = (socket: Socket): void => {
    made += 1;
    sockets.add(socket);
    let text = "";
    socket.on("close", () => sockets.delete(socket));
    // Resets are what this server is for.
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
        const request = parse(text.slice(0, end), requests);
        text = text.slice(end + 4 + Number(request.headers["content-length"] ?? 0));
        requests.push(request);
        const act = answers[request.path.split("?")[0] ?? ""];
        if (act === undefined) socket.write(answer("404 Not Found", ["Content-Length: 0"]));
        else act(socket, request);
      }
    });
  };
  const server: Server = options.tls === undefined ? createServer(serve) : createTlsServer(options.tls, serve);
  await new Promise<void>((resolve) => server.listen(0, options.host ?? "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    origin: `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => made,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function parse(head: string, earlier: readonly RawRequest[]): RawRequest {
  const [first = "", ...lines] = head.split("\r\n");
  const [method = "", path = ""] = first.split(" ");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { method, path, headers, before: earlier.filter((other) => other.path === path).length };
}
