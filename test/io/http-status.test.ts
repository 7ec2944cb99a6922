import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Answer, answer, plain, type RawServer, startRaw } from "../services/raw.ts";
import { http, remember } from "./http-rig.ts";

const statuses: readonly (readonly [number, string, string])[] = [
  [201, "status-unexpected", "unreachable"],
  [204, "status-unexpected", "unreachable"],
  [304, "status-unexpected", "unreachable"],
  [400, "status-unexpected", "unreachable"],
  [401, "authentication-required", "denied"],
  [403, "forbidden", "denied"],
  [404, "not-found", "absent"],
  [407, "status-unexpected", "unreachable"],
  [408, "status-unexpected", "unreachable"],
  [410, "gone", "absent"],
  [416, "status-unexpected", "unreachable"],
  [429, "rate-limited", "unreachable"],
  [451, "legal-reasons", "absent"],
  [500, "server-error", "unreachable"],
  [503, "server-error", "unreachable"],
];
/** Statuses that are asked again. */
const retried = new Set([408, 429, 500, 503]);

/** Fails `times` times with an answer, then is fine. */
const after =
  (times: number, failing: string): Answer =>
  (socket, request) =>
    socket.write(request.before < times ? failing : answer("200 OK", ["Content-Length: 5"], "hello"));
const busy = (retryAfter: string): string =>
  answer("503 Service Unavailable", ["Content-Length: 0", `Retry-After: ${retryAfter}`]);
const httpDate = (inMs: number): string => new Date(Date.now() + inMs).toUTCString();

const gzipped = gzipSync('{"ok": "type"}');

const answers: { readonly [path: string]: Answer } = {
  ...Object.fromEntries(
    statuses.map(([status]): [string, Answer] => [
      `/${status}`,
      (socket) =>
        socket.write(
          answer(`${status} Whatever`, status === 204 ? [] : ["Content-Length: 3"], status === 204 ? "" : "no!"),
        ),
    ]),
  ),
  "/recovers": after(2, answer("500 Oops", ["Content-Length: 0"])),
  "/seconds": after(1, busy("1")),
  "/zero": after(1, busy("0")),
  "/rubbish": after(1, busy("soon")),
  "/date": (socket, request) =>
    after(1, answer("503 Busy", ["Content-Length: 0", `Date: ${httpDate(0)}`, `Retry-After: ${httpDate(1000)}`]))(
      socket,
      request,
    ),
  "/hour": (socket) => socket.write(busy("3600")),
  "/absurd": (socket) => socket.write(busy("999999999999")),
  "/429-hour": (socket) => socket.write(answer("429 Slow down", ["Content-Length: 0", "Retry-After: 3600"])),
  "/json": plain('{"name":"x","sizes":[1,2]}', "Content-Type: application/json"),
  "/json-wrong": plain('{"name":"x","sizes":[1,"two"]}'),
  "/json-not": plain("<html>"),
  "/not-utf8": (socket) => socket.write(Buffer.from(`${answer("200 OK", ["Content-Length: 2"])}\xff\xfe`, "latin1")),
  "/json-gzip": (socket) => {
    socket.write(answer("200 OK", [`Content-Length: ${gzipped.length}`, "Content-Encoding: gzip"]));
    socket.write(gzipped);
  },
  "/json-zstd": plain("....", "Content-Encoding: zstd"),
  "/no-head": (socket, { method, headers }) =>
    method === "HEAD"
      ? socket.write(answer("405 Method Not Allowed", ["Content-Length: 0"]))
      : headers.range === "bytes=0-0"
        ? socket.write(answer("206 Partial", ["Content-Length: 1", "Content-Range: bytes 0-0/12345", 'ETag: "e"'], "x"))
        : socket.write(answer("500 Unexpected", ["Content-Length: 0"])),
  "/no-head-no-range": (socket, { method }) =>
    method === "HEAD"
      ? socket.write(answer("403 Forbidden", ["Content-Length: 0"]))
      : socket.write(answer("200 OK", ["Content-Length: 9000000"])),
  "/echo": (socket, { method, headers }) =>
    plain(JSON.stringify({ method, agent: headers["user-agent"], encoding: headers["accept-encoding"] }))(socket, {
      method,
      headers,
      path: "",
      before: 0,
    }),
};

let server: RawServer;
beforeAll(async () => {
  server = await startRaw(answers);
});
afterAll(() => server.close());

const get = async (path: string, retries = 0) => {
  const client = http({ retries });
  const sink = remember();
  const started = performance.now();
  const reply = await client.download({ url: server.origin + path, maxBytes: 100 }, sink);
  await client.close();
  return {
    reply,
    sink,
    took: performance.now() - started,
    asked: server.requests.filter((r) => r.path === path).length,
  };
};

describe("every status", () => {
  test.each(statuses)("%i is %s", async (status, reason, kind) => {
    const { reply, sink } = await get(`/${status}`);
    expect(reply).toMatchObject({ status: "refused", reason, kind, httpStatus: status, attempts: 1 });
    expect(sink.text()).toBe("");
  });

  test.each(statuses)("%i is asked again only when it may pass", async (status) => {
    const path = `/${status}?again`;
    const { asked, reply } = await get(path, 2);
    expect(asked).toBe(retried.has(status) ? 3 : 1);
    expect(reply).toMatchObject({ attempts: asked });
  });
});

describe("asking again", () => {
  test("the failed tries are in the record", async () => {
    const { reply, sink } = await get("/recovers", 2);
    expect(reply).toMatchObject({
      status: "ok",
      exchange: {
        attempts: [
          { reason: "server-error", atByte: 0 },
          { reason: "server-error", atByte: 0 },
        ],
      },
    });
    expect(sink.text()).toBe("hello");
  });

  test.each([
    ["/seconds", 1000],
    ["/date", 0],
    ["/zero", 0],
    ["/rubbish", 0],
  ])("Retry-After: %s is never earlier than asked", async (path, atLeast) => {
    const { reply, took } = await get(path, 1);
    expect(reply.status).toBe("ok");
    expect(took).toBeGreaterThanOrEqual(atLeast);
    expect(took).toBeLessThan(atLeast + 1500);
  });

  test.each(["/hour", "/429-hour"])("%s: a longer wait than we have is told, not slept", async (path) => {
    const { reply, asked, took } = await get(path, 5);
    expect(asked).toBe(1);
    expect(took).toBeLessThan(500);
    if (reply.status !== "refused") throw new Error("expected a refusal");
    expect(reply).toMatchObject({ reason: "rate-limited", kind: "unreachable", attempts: 1 });
    expect(Math.abs(Date.parse(reply.retryAt ?? "") - Date.now() - 3_600_000)).toBeLessThan(5000);
  });

  test("an absurd Retry-After crashes nothing", async () => {
    const { reply } = await get("/absurd", 5);
    expect(reply).toMatchObject({ status: "refused", reason: "rate-limited" });
  });

  test("a dead host is not asked for ever", async () => {
    const client = http({ retries: 5, timeouts: { backoffBase: 0, backoffCap: 0 } });
    const before = server.requests.length;
    for (let file = 0; file < 30; file += 1) await client.text({ url: `${server.origin}/500?${file}` });
    // 30 questions and a budget of 50 more for the host.
    expect(server.requests.length - before).toBe(80);
    await client.close();
  });
});

describe("small replies", () => {
  const Thing = z.object({ name: z.string(), sizes: z.array(z.number()) });

  test("json is read with the schema", async () => {
    const client = http();
    expect(await client.json({ url: `${server.origin}/json` }, Thing)).toMatchObject({
      status: "ok",
      body: { name: "x", sizes: [1, 2] },
      headers: { "content-type": "application/json" },
      exchange: { httpStatus: 200, contentLength: 26 },
    });
    await client.close();
  });

  test.each([
    ["/json-wrong", "`sizes.1`"],
    ["/json-not", "not JSON"],
  ])("%s is refused with the place", async (path, place) => {
    const client = http();
    const reply = await client.json({ url: server.origin + path }, Thing);
    expect(reply).toMatchObject({ status: "refused", kind: "malformed", reason: "reply-invalid" });
    expect(reply.status === "refused" && reply.message).toContain(place);
    await client.close();
  });

  test.each([
    ["/not-utf8", undefined, "reply-invalid"],
    ["/json", 25, "too-large"],
    ["/json-gzip", 13, "too-large"],
    ["/json-zstd", undefined, "encoding-unsupported"],
  ])("text of %s within %s is %s", async (path, maxBytes, reason) => {
    const client = http();
    const reply = await client.text({ url: server.origin + path }, maxBytes === undefined ? {} : { maxBytes });
    expect(reply).toMatchObject({ status: "refused", reason });
    await client.close();
  });

  test("a reply that is encoded anyway is decoded", async () => {
    const client = http();
    expect(await client.text({ url: `${server.origin}/json-gzip` })).toMatchObject({
      status: "ok",
      body: '{"ok": "type"}',
    });
    await client.close();
  });

  test("what is sent", async () => {
    const client = http();
    const reply = await client.text({ url: `${server.origin}/echo` });
    expect(reply.status === "ok" && JSON.parse(reply.body)).toEqual({
      method: "GET",
      agent: "wholesource-test",
      encoding: "identity",
    });
    await client.close();
  });

  test("a header that can not be sent is an error of ours, and its value is not told", async () => {
    const client = http();
    const error: unknown = await client
      .text({ url: server.origin, headers: { authorization: "Bearer abc\ndef" } })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "usage", message: expect.not.stringContaining("abc") });
    await client.close();
  });
});

describe("probe", () => {
  test("asks with HEAD", async () => {
    const client = http();
    expect(await client.probe({ url: `${server.origin}/404` })).toMatchObject({
      status: "refused",
      reason: "not-found",
    });
    expect(server.requests.at(-1)?.method).toBe("HEAD");
    await client.close();
  });

  test.each([
    ["/no-head", 12345],
    ["/no-head-no-range", 9000000],
  ])("%s: asks for a part where HEAD is refused", async (path, contentLength) => {
    const client = http();
    expect(await client.probe({ url: server.origin + path })).toMatchObject({
      status: "ok",
      exchange: { contentLength },
    });
    await client.close();
  });
});
