/**
 * Serves one sample of samples/findings on 127.0.0.1:8799, as its serve.json says, until Ctrl-C:
 * `node scripts/serve-sample.mjs <code>`. Prints the command that verifies it, for another terminal.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The port that the manifests of the samples name. */
export const samplePort = 8799;
const samples = resolve(import.meta.dirname, "../samples/findings");

/** What serve.json says, with another port in place of the written one. */
export function readServe(folder, port = samplePort) {
  const text = readFileSync(join(folder, "serve.json"), "utf8");
  return JSON.parse(text.replaceAll(`127.0.0.1:${samplePort}`, `127.0.0.1:${port}`));
}

/** Starts to answer on this port of 127.0.0.1. Rejects when the port is taken. */
export function serveSample(folder, port = samplePort) {
  const { answers } = readServe(folder, port);
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = "";
    socket.on("close", () => sockets.delete(socket));
    // Whoever asks may hang up.
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      for (let end = received.indexOf("\r\n\r\n"); end >= 0; end = received.indexOf("\r\n\r\n")) {
        const [method, path] = received.slice(0, end).split(" ", 2);
        received = received.slice(end + 4);
        reply(socket, method, Object.hasOwn(answers, path) ? answers[path] : { status: 404 }, folder);
      }
    });
  });
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", () => {
      done({
        close() {
          for (const socket of sockets) socket.destroy();
          return new Promise((closed) => server.close(closed));
        },
      });
    });
  });
}

function reply(socket, method, answer, folder) {
  const { status, headers = {}, file, body = "", lengthToHead, announcesLength = true, closeAfter } = answer;
  const bytes = file === undefined ? Buffer.from(body) : readFileSync(join(folder, file));
  const length = method === "HEAD" && lengthToHead !== undefined ? lengthToHead : bytes.length;
  const lines = [
    `HTTP/1.1 ${status} ${status < 400 ? "Yes" : "No"}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    announcesLength ? `Content-Length: ${length}` : "Connection: close",
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  if (method !== "HEAD") socket.write(bytes.subarray(0, closeAfter ?? bytes.length));
  if (!announcesLength || (closeAfter !== undefined && method !== "HEAD")) socket.end();
}

async function main([code]) {
  const served = readdirSync(samples).filter((name) => existsSync(join(samples, name, "serve.json")));
  if (code === undefined || !served.includes(code)) {
    process.stderr.write(`usage: node scripts/serve-sample.mjs <code>, one of\n  ${served.join("\n  ")}\n`);
    process.exitCode = 2;
    return;
  }
  const folder = join(samples, code);
  const server = await serveSample(folder).catch((error) => {
    process.stderr.write(`port ${samplePort} can not be used: ${error.message}\n`);
    process.exitCode = 1;
  });
  if (server === undefined) return;
  const { environment: named = {}, archived = false } = readServe(folder);
  const environment = Object.entries(named).map(([name, value]) => `${name}=${JSON.stringify(value)} `);
  const sample = relative(process.cwd(), folder);
  process.stdout.write(
    `serving ${sample} on 127.0.0.1:${samplePort}, Ctrl-C ends it; in another terminal:\n\n` +
      `  ${environment.join("")}node bin/wholesource.js verify ${sample} --allow-private --retries 0${archived ? " --archived" : ""}\n\n`,
  );
  process.once("SIGINT", () => void server.close());
  process.once("SIGTERM", () => void server.close());
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main(process.argv.slice(2));
}
