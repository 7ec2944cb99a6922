import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Downloaded } from "../../src/io/http.ts";
import type { Refusal } from "../../src/model/evidence.ts";
import { type Answer, answer, plain, type RawServer, startRaw } from "../services/raw.ts";
import { http, quick, remember } from "./http-rig.ts";

const long = "x".repeat(100_000);
const length = (bytes: number): string => `Content-Length: ${bytes}`;

/** Writes the pieces one by one, a turn of the event loop between them, then does the last thing. */
function pieces(texts: readonly string[], pause: number, last?: (end: Parameters<Answer>[0]) => void): Answer {
  return async (socket) => {
    for (const text of texts) {
      socket.write(text, "latin1");
      await sleep(pause);
    }
    last?.(socket);
  };
}

const answers: { readonly [path: string]: Answer } = {
  "/plain": plain("hello", 'ETag: "a"', "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT", "Content-Type: text/x"),
  "/empty": plain(""),
  "/chunked": (s) =>
    s.write(
      answer("200 OK", ["Transfer-Encoding: chunked"], `5\r\nhello\r\n${(6).toString(16)}\r\n world\r\n0\r\n\r\n`),
    ),
  "/close": (s) => s.end(answer("200 OK", ["Connection: close"], "until the end")),
  "/close-reset": pieces([answer("200 OK", ["Connection: close"], long)], 50, (s) => s.resetAndDestroy()),
  "/hangs": () => undefined,
  "/drips-head": pieces(["H", "T", "T", "P", "/", "1", ".", "1", " "], 60),
  "/informs": (s) => {
    const timer = setInterval(() => s.write("HTTP/1.1 103 Early Hints\r\n\r\n"), 20);
    s.on("close", () => clearInterval(timer));
  },
  "/stalls": (s) => s.write(answer("200 OK", [length(10)], "12345")),
  "/drips": (s) => {
    s.write(answer("200 OK", [length(100_000)]));
    const timer = setInterval(() => s.write("."), 20);
    s.on("close", () => clearInterval(timer));
  },
  "/endless": (s) => {
    s.write(answer("200 OK", ["Connection: close"]));
    const more = (): void => {
      while (!s.destroyed && s.write(long));
    };
    s.on("drain", more);
    more();
  },
  "/huge": (s) => s.write(answer("200 OK", ["Content-Length: 9000000000000000"], "12345")),
  "/absurd": (s) => s.write(answer("200 OK", ["Content-Length: 36893488147419103232"], "12345")),
  "/negative": (s) => s.write(answer("200 OK", ["Content-Length: -5"], "12345")),
  "/two-lengths": (s) => s.write(answer("200 OK", [length(5), length(6)], "12345")),
  "/both": (s) => s.write(answer("200 OK", [length(5), "Transfer-Encoding: chunked"], "5\r\n12345\r\n0\r\n\r\n")),
  "/bad-chunk": (s) => s.write(answer("200 OK", ["Transfer-Encoding: chunked"], "5\r\n12345\r\nzz\r\n")),
  "/rubbish": (s) => s.write("220 mail.example ESMTP\r\n"),
  "/headers": (s) => s.write(`HTTP/1.1 200 OK\r\nX: ${"y".repeat(200_000)}\r\n`),
  "/continues": (s) => s.write("HTTP/1.1 100 Continue\r\n\r\n"),
  "/closes": (s) => s.end(),
  "/resets": (s) => s.resetAndDestroy(),
  "/short": (s) => s.end(answer("200 OK", [length(10)], "12345")),
  "/short-close": (s) => s.end(answer("200 OK", [length(10), "Connection: close"], "12345")),
  "/short-chunked": (s) => s.end(answer("200 OK", ["Transfer-Encoding: chunked"], "5\r\n12345\r\n")),
  "/reset-inside": pieces([answer("200 OK", [length(10)], "12345")], 30, (s) => s.resetAndDestroy()),
  "/overlong": (s) => s.write(answer("200 OK", [length(5)], "12345678")),
  "/overlong-empty": (s) => s.write(answer("200 OK", [length(0)], "123")),
  "/overlong-big": (s) => s.write(answer("200 OK", [length(5_000_000)], "x".repeat(5_000_001))),
  "/overlong-close": (s) => s.end(answer("200 OK", [length(5), "Connection: close"], "12345678")),
  "/overlong-after": (s) => {
    s.write(answer("200 OK", [length(5)], "12345"));
    s.write("678");
  },
  "/overlong-after-big": (s) => {
    s.write(answer("200 OK", [length(5_000_000)], "x".repeat(5_000_000)));
    s.write("678");
  },
  "/overlong-drained": (s) => {
    s.write(answer("200 OK", [length(20_000_000)]));
    s.write("x".repeat(20_000_000), () => s.write("678"));
  },
  "/overlong-close-after": (s) => {
    s.write(answer("200 OK", [length(5), "Connection: close"], "12345"));
    s.end("678");
  },
  "/exact-close": (s) => s.end(answer("200 OK", [length(5), "Connection: close"], "12345")),
  "/exact-reset": pieces([answer("200 OK", [length(5)], "12345")], 0, (s) => s.resetAndDestroy()),
  "/gzip": plain("12345", "Content-Encoding: gzip"),
  "/big": (s) => s.write(answer("200 OK", [length(3_000_000)], "0123456789".repeat(300_000))),
};

let server: RawServer;
beforeAll(async () => {
  server = await startRaw(answers);
});
afterAll(() => server.close());

async function get(path: string, maxBytes = 100_000_000, retries = 0, slow = false) {
  // Twenty megabytes in one write keep the server, which shares this thread, from answering at once.
  const client = http(
    path.endsWith("drained") ? { retries, timeouts: { ...quick.timeouts, headers: 5_000 } } : { retries },
  );
  const sink = remember(slow);
  try {
    return { reply: await client.download({ url: server.origin + path, maxBytes }, sink), sink };
  } finally {
    await client.close();
  }
}

const reasonOf = (reply: Downloaded | Refusal): string => (reply.status === "refused" ? reply.reason : "ok");

describe("a payload that comes as announced", () => {
  test("is read, and the answer's head is kept", async () => {
    const { reply, sink } = await get("/plain");
    expect(reply).toEqual({
      status: "ok",
      size: 5,
      lengthProven: true,
      joinUnproven: false,
      exchange: {
        url: `${server.origin}/plain`,
        finalUrl: `${server.origin}/plain`,
        httpStatus: 200,
        hops: [],
        attempts: [],
        etag: '"a"',
        lastModified: "Thu, 01 Jan 2026 00:00:00 GMT",
        mediaType: "text/x",
        contentLength: 5,
      },
    });
    expect([sink.text(), sink.ended(), sink.restarts()]).toEqual(["hello", 1, 0]);
  });

  test.each([
    ["/empty", "", true],
    ["/chunked", "hello world", true],
    ["/close", "until the end", false],
    ["/exact-close", "12345", true],
    ["/exact-reset", "12345", true],
  ])("%s", async (path, text, lengthProven) => {
    const { reply, sink } = await get(path);
    expect(reply).toMatchObject({ status: "ok", size: text.length, lengthProven });
    expect([sink.text(), sink.ended()]).toEqual([text, 1]);
  });

  test("a sink that asks to wait gets whole and unchanged chunks", async () => {
    for (const path of ["/big", "/chunked", "/close", "/exact-close"]) {
      const { reply, sink } = await get(path, 100_000_000, 0, true);
      const { sink: fast } = await get(path);
      expect(reasonOf(reply), path).toBe("ok");
      expect(sink.text() === fast.text(), path).toBe(true);
    }
  });

  test("what a sink throws is thrown, and the connection is gone", async () => {
    const client = http();
    const sink = { ...remember(), write: () => Promise.reject(new Error("disk")) };
    await expect(client.download({ url: `${server.origin}/endless`, maxBytes: 1e9 }, sink)).rejects.toThrow("disk");
    const sync = {
      ...remember(),
      write: () => {
        throw new Error("bug");
      },
    };
    await expect(client.download({ url: `${server.origin}/plain`, maxBytes: 1e9 }, sync)).rejects.toThrow("bug");
    await client.close();
  });
});

describe("every fault is its own refusal", () => {
  test.each([
    ["/hangs", "headers-timeout"],
    ["/drips-head", "headers-timeout"],
    ["/informs", "headers-timeout"],
    ["/stalls", "stalled"],
    ["/drips", "too-slow"],
    ["/endless", "too-large"],
    ["/huge", "too-large"],
    ["/absurd", "protocol"],
    ["/negative", "protocol"],
    ["/two-lengths", "protocol"],
    ["/both", "protocol"],
    ["/bad-chunk", "protocol"],
    ["/rubbish", "protocol"],
    ["/headers", "protocol"],
    ["/continues", "protocol"],
    ["/closes", "connection-reset"],
    ["/resets", "connection-reset"],
    ["/short", "truncated"],
    ["/short-close", "truncated"],
    ["/short-chunked", "truncated"],
    ["/reset-inside", "connection-reset"],
    ["/close-reset", "connection-reset"],
    ["/gzip", "encoding-unsupported"],
  ])("%s is %s", async (path, reason) => {
    const { reply, sink } = await get(path, 1_000_000);
    expect(reasonOf(reply)).toBe(reason);
    expect(sink.ended()).toBe(0);
    expect(reply).toMatchObject({ status: "refused", url: server.origin + path, attempts: 1 });
  });

  test("an encoding is no matter where the host keeps the bytes like that", async () => {
    const client = http({ retries: 0 });
    const sink = remember();
    const url = `${server.origin}/gzip`;
    expect(await client.download({ url, maxBytes: 1e6, encodedAtRest: true }, sink)).toMatchObject({ status: "ok" });
    expect(sink.ended()).toBe(1);
    await client.close();
  });

  test.each([
    "/overlong",
    "/overlong-empty",
    "/overlong-big",
    "/overlong-close",
    "/overlong-after",
    "/overlong-after-big",
    "/overlong-drained",
    "/overlong-close-after",
  ])("%s is overlong, every time", async (path) => {
    for (const slow of [false, true, false, true, false]) {
      const { reply, sink } = await get(path, 100_000_000, 0, slow);
      expect(reasonOf(reply)).toBe("overlong");
      expect(sink.ended()).toBe(0);
    }
  });

  test("an endless payload is stopped within one chunk", async () => {
    const { reply, sink } = await get("/endless", 250_000);
    expect(reasonOf(reply)).toBe("too-large");
    expect(sink.text().length).toBeLessThanOrEqual(250_000);
  });

  test("an announced length beyond the limit is refused before the payload", async () => {
    const { reply, sink } = await get("/plain", 4);
    expect(reasonOf(reply)).toBe("too-large");
    expect(sink.text()).toBe("");
  });

  test("a refused port, and the attempts that were made", async () => {
    const gone = await startRaw({});
    await gone.close();
    const client = http({ retries: 2 });
    const reply = await client.download({ url: gone.origin, maxBytes: 1 }, remember());
    expect(reply).toMatchObject({
      status: "refused",
      kind: "unreachable",
      reason: "connection-refused",
      errorCode: "ECONNREFUSED",
      attempts: 3,
    });
    await client.close();
  });

  test("a host without a name", async () => {
    const client = http({ retries: 0 });
    const reply = await client.download({ url: "http://nowhere.invalid/", maxBytes: 1 }, remember());
    expect(reasonOf(reply)).toBe("name-not-resolved");
    await client.close();
  });
});

describe("stopping", () => {
  test.each(["/hangs", "/stalls", "/endless"])("%s is interrupted at once", async (path) => {
    const client = http();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const started = performance.now();
    const reply = await client.download(
      { url: server.origin + path, maxBytes: 1e12, signal: stop.signal },
      { ...remember(), write: () => undefined },
    );
    expect(reasonOf(reply)).toBe("interrupted");
    expect(performance.now() - started).toBeLessThan(250);
    await client.close();
  });

  test("a signal that is already given, and one given while waiting for a place, take no place", async () => {
    const client = http({ perHost: 1, retries: 0 });
    const before = server.requests.length;
    const given = { url: `${server.origin}/plain`, maxBytes: 9, signal: AbortSignal.abort() };
    expect(reasonOf(await client.download(given, remember()))).toBe("interrupted");
    const stop = new AbortController();
    const first = client.download({ url: `${server.origin}/stalls`, maxBytes: 99 }, remember());
    const second = client.download({ ...given, signal: stop.signal }, remember());
    while (server.requests.length === before) await sleep(5);
    await sleep(20);
    stop.abort();
    expect(reasonOf(await second)).toBe("interrupted");
    expect(server.requests.length - before).toBe(1);
    const third = await client.download({ url: `${server.origin}/plain`, maxBytes: 9 }, remember());
    expect([reasonOf(await first), reasonOf(third)]).toEqual(["stalled", "ok"]);
    await client.close();
  });

  test("closing ends what is under way", async () => {
    const client = http({ retries: 0 });
    const running = client.download({ url: `${server.origin}/hangs`, maxBytes: 9 }, remember());
    await sleep(20);
    await client.close();
    expect((await running).status).toBe("refused");
    expect(reasonOf(await client.download({ url: `${server.origin}/plain`, maxBytes: 9 }, remember()))).toBe(
      "interrupted",
    );
  });

  test("offline makes no connection", async () => {
    const client = http({ offline: true });
    const before = server.connections();
    const request = { url: `${server.origin}/plain` };
    expect(await client.probe(request)).toMatchObject({ reason: "offline", kind: "unreachable" });
    expect(await client.text(request)).toMatchObject({ reason: "offline" });
    expect(await client.download({ ...request, maxBytes: 9 }, remember())).toMatchObject({ reason: "offline" });
    expect(server.connections()).toBe(before);
    await client.close();
  });
});

test("connections are kept, and no more of them are made than a host may have", async () => {
  const client = http({ perHost: 2 });
  const before = server.connections();
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => client.download({ url: `${server.origin}/plain`, maxBytes: 9 }, remember())),
  );
  expect(replies.every(({ status }) => status === "ok")).toBe(true);
  expect(server.connections() - before).toBe(2);
  await client.close();
});
