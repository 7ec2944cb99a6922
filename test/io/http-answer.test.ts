import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Answer as Reply } from "../../src/io/http.ts";
import { type Answer, answer, type RawServer, startRaw } from "../services/raw.ts";
import { http } from "./http-rig.ts";

const long = "not here. ".repeat(10_000);
const zipped = gzipSync("<Error>gone</Error>");
const length = (bytes: string | Uint8Array): string => `Content-Length: ${bytes.length}`;
const coded = "Content-Encoding: gzip";

/** Said to be encoded, and sent as it is. */
const encoded =
  (status: string, bytes: Uint8Array): Answer =>
  (socket) => {
    socket.write(answer(status, [length(bytes), coded]));
    socket.write(bytes);
  };

const answers: { readonly [path: string]: Answer } = {
  "/404": (socket) => socket.write(answer("404 Not Found", [length(long)], long)),
  "/404-chunked": (socket) =>
    socket.write(
      answer("404 Not Found", ["Transfer-Encoding: chunked"], `${long.length.toString(16)}\r\n${long}\r\n0\r\n\r\n`),
    ),
  "/404-endless": (socket) => {
    socket.write(answer("404 Not Found", ["Connection: close"]));
    const timer = setInterval(() => socket.write(long), 5);
    socket.on("close", () => clearInterval(timer));
  },
  "/404-announced": (socket) => socket.write(answer("404 Not Found", ["Content-Length: 9000000000000000"], long)),
  "/410-zipped": encoded("410 Gone", zipped),
  "/403-bomb": encoded("403 Forbidden", gzipSync(Buffer.alloc(1_000_000))),
  "/401-nonsense": encoded("401 Unauthorized", Buffer.from("abc")),
  "/404-exact": (socket) => socket.write(answer("404 Not Found", ["Content-Length: 100"], long.slice(0, 100))),
  "/301": (socket) => socket.write(answer("301 Moved", [length(long), "Location: https://example.org/"], long)),
  "/200": (socket) => socket.write(answer("200 OK", [length(long)], long)),
  "/200-chunked": (socket) =>
    socket.write(
      answer("200 OK", ["Transfer-Encoding: chunked"], `${long.length.toString(16)}\r\n${long}\r\n0\r\n\r\n`),
    ),
  "/200-zipped": (socket) => socket.write(answer("200 OK", [length(zipped), coded])),
  "/206-zipped": (socket) =>
    socket.write(answer("206 Partial Content", ["Content-Length: 1", "Content-Range: bytes 0-0/39", coded], "\x1f")),
};

let server: RawServer;
beforeAll(async () => {
  server = await startRaw(answers);
});
afterAll(() => server.close());

const maxBytes = 100;
async function ask(path: string, method: "GET" | "HEAD" = "GET") {
  const client = http();
  try {
    return await client.answer({ url: server.origin + path, method }, { maxBytes, redirects: "none" });
  } finally {
    await client.close();
  }
}

function answered(reply: Awaited<ReturnType<typeof ask>>): Reply {
  if (reply.status !== "answered") throw new Error(JSON.stringify(reply));
  return reply;
}

describe("the status decides, whatever comes with it", () => {
  test.each([
    ["/404", 404, "not-found"],
    ["/404-chunked", 404, "not-found"],
    ["/404-endless", 404, "not-found"],
    ["/404-announced", 404, "not-found"],
    ["/301", 301, "status-unexpected"],
  ])("%s: a page that is too long is cut off", async (path, httpStatus, reason) => {
    const reply = answered(await ask(path));
    expect(reply).toMatchObject({ httpStatus, cut: true, refusal: { reason, httpStatus } });
    expect(Buffer.from(reply.bytes).toString()).toBe(long.slice(0, maxBytes));
  });

  test("one that just fits is whole", async () => {
    const reply = answered(await ask("/404-exact"));
    expect(reply.bytes).toHaveLength(maxBytes);
    expect(reply).not.toHaveProperty("cut");
  });

  test("one that is encoded is decoded, or left away where that can not be done", async () => {
    const reply = answered(await ask("/410-zipped"));
    expect(reply).toMatchObject({ httpStatus: 410, refusal: { kind: "absent", reason: "gone" } });
    expect(Buffer.from(reply.bytes).toString()).toBe("<Error>gone</Error>");
    expect(reply).not.toHaveProperty("cut");
    for (const [path, reason] of [
      ["/403-bomb", "forbidden"],
      ["/401-nonsense", "authentication-required"],
    ] as const) {
      const unread = answered(await ask(path));
      expect(unread, path).toMatchObject({ cut: true, refusal: { kind: "denied", reason } });
      expect(unread.bytes, path).toHaveLength(0);
    }
  });

  test.each(["/200", "/200-chunked"])(
    "%s: what was asked for and is too long is refused, with the status",
    async (path) => {
      expect(await ask(path)).toMatchObject({ status: "refused", reason: "too-large", httpStatus: 200 });
    },
  );

  test("the text of a refused question is no text", async () => {
    const client = http();
    const url = `${server.origin}/404`;
    expect(await client.text({ url }, { maxBytes })).toMatchObject({ reason: "not-found", httpStatus: 404 });
    expect(await client.text({ url: `${server.origin}/200` }, { maxBytes })).toMatchObject({ reason: "too-large" });
    await client.close();
  });
});

describe("what an encoding is said of need not be there", () => {
  test("of a head", async () => {
    const reply = answered(await ask("/200-zipped", "HEAD"));
    expect(reply).toMatchObject({ httpStatus: 200, headers: { "content-encoding": "gzip" } });
    expect(reply.bytes).toHaveLength(0);
  });

  test("of a part", async () => {
    expect(Buffer.from(answered(await ask("/206-zipped")).bytes).toString("latin1")).toBe("\x1f");
  });
});
