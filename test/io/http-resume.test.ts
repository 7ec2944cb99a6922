import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DownloadRequest } from "../../src/io/http.ts";
import { type Answer, answer, type RawRequest, type RawServer, startRaw } from "../services/raw.ts";
import { http, remember } from "./http-rig.ts";

const whole = "abcdefghijklmnopqrstuvwxyz";
const other = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const length = (text: string): string => `Content-Length: ${text.length}`;

/** Sends ten bytes and hangs up, the first time; afterwards does what it is told. */
const cutOnce =
  (
    etag: string | undefined,
    then: (request: RawRequest, from: number) => string,
    head: readonly string[] = [],
  ): Answer =>
  (socket, request) => {
    const tags = etag === undefined ? [] : [`ETag: ${etag}`];
    if (request.before === 0) socket.end(answer("200 OK", [length(whole), ...tags, ...head], whole.slice(0, 10)));
    else socket.write(then(request, Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0)));
  };

const part = (
  text: string,
  from: number,
  etag: string | undefined,
  range: string,
  ...more: readonly string[]
): string =>
  answer(
    "206 Partial Content",
    [
      length(text.slice(from)),
      `Content-Range: bytes ${range}`,
      ...(etag === undefined ? [] : [`ETag: ${etag}`]),
      ...more,
    ],
    text.slice(from),
  );
const full = (text: string, ...more: readonly string[]): string => answer("200 OK", [length(text), ...more], text);

/** A well-behaved server: a part when the tag fits, the whole otherwise. */
const good =
  (etag: string) =>
  (request: RawRequest, from: number): string =>
    request.headers.range !== undefined && (request.headers["if-range"] ?? etag) === etag
      ? part(whole, from, etag, `${from}-25/26`)
      : full(whole, `ETag: ${etag}`);

const wrongPart =
  (range: string, text = whole) =>
  (request: RawRequest, from: number): string =>
    request.headers.range === undefined ? full(whole) : part(text, from, '"a"', range);

const answers: { readonly [path: string]: Answer } = {
  "/good": cutOnce('"a"', good('"a"')),
  "/no-etag": cutOnce(undefined, (r, from) =>
    r.headers.range ? part(whole, from, undefined, `${from}-25/26`) : full(whole),
  ),
  "/weak": cutOnce('W/"a"', (r, from) => (r.headers.range ? part(whole, from, 'W/"a"', `${from}-25/26`) : full(whole))),
  "/ignores": cutOnce('"a"', () => full(other, 'ETag: "b"')),
  "/changed-206": cutOnce('"a"', (r, from) =>
    r.headers.range ? part(other, from, '"b"', `${from}-25/26`) : full(other),
  ),
  "/wrong-start": cutOnce('"a"', wrongPart("9-25/26")),
  "/wrong-end": cutOnce('"a"', wrongPart("10-24/26")),
  "/wrong-total": cutOnce('"a"', wrongPart("10-25/27")),
  "/longer": cutOnce('"a"', wrongPart("10-26/27", `${whole}!`)),
  "/no-total": cutOnce('"a"', wrongPart("10-25/*")),
  "/bad-range": cutOnce('"a"', wrongPart("ten to twenty-five")),
  "/no-range": cutOnce('"a"', (r, from) =>
    r.headers.range ? answer("206 Partial", [length(whole.slice(from))], whole.slice(from)) : full(whole),
  ),
  "/multipart": cutOnce('"a"', (r) =>
    r.headers.range
      ? answer("206 Partial", ["Content-Type: multipart/byteranges; boundary=x", "Content-Length: 5"], "--x--")
      : full(whole),
  ),
  "/416": cutOnce('"a"', (r) =>
    r.headers.range ? answer("416 Range", ["Content-Length: 0", "Content-Range: bytes */26"]) : full(whole),
  ),
  "/complete": (socket, request) =>
    socket.write(
      request.headers.range === "bytes=26-"
        ? answer("416 Range Not Satisfiable", ["Content-Length: 0", "Content-Range: bytes */26"])
        : full(whole, 'ETag: "a"'),
    ),
  "/shrunk": (socket, request) =>
    socket.write(
      request.headers.range === undefined
        ? full("short", 'ETag: "b"')
        : answer("416 Range Not Satisfiable", ["Content-Length: 0", "Content-Range: bytes */5"]),
    ),
  "/unasked-206": (socket) => socket.write(part(whole, 10, '"a"', "10-25/26")),
  "/always-cut": (socket) => socket.end(answer("200 OK", [length(whole)], whole.slice(0, 10))),
  "/steady": (socket, request) =>
    good('"a"') && socket.write(good('"a"')(request, Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0))),
  "/crawls": (socket, request) => {
    const from = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0);
    const size = 20_000_000;
    const piece = "z".repeat(Math.min(2_000_000, size - from));
    const headers = [
      `Content-Length: ${size - from}`,
      'ETag: "z"',
      ...(from > 0 ? [`Content-Range: bytes ${from}-${size - 1}/${size}`] : []),
    ];
    socket.end(answer(from > 0 ? "206 Partial" : "200 OK", headers, piece));
  },
};

let server: RawServer;
beforeAll(async () => {
  server = await startRaw(answers);
});
afterAll(() => server.close());

async function get(path: string, more: Partial<DownloadRequest> = {}, retries = 3, seen = "") {
  const client = http({ retries });
  const sink = remember();
  if (seen !== "") await sink.write(Buffer.from(seen));
  const url = `${server.origin}${path}?${Math.random()}`;
  const reply = await client.download({ url, maxBytes: 1e9, ...more }, sink);
  await client.close();
  const asked = server.requests.filter((request) => request.path === url.slice(server.origin.length));
  return {
    reply,
    sink,
    ranges: asked.map(({ headers }) => headers.range),
    ifRanges: asked.map(({ headers }) => headers["if-range"]),
  };
}

describe("after a cut", () => {
  test("goes on where it was, guarded by the strong tag", async () => {
    const { reply, sink, ranges, ifRanges } = await get("/good");
    expect(sink.text()).toBe(whole);
    expect(sink.restarts()).toBe(0);
    expect([ranges, ifRanges]).toEqual([
      [undefined, "bytes=10-"],
      [undefined, '"a"'],
    ]);
    expect(reply).toMatchObject({
      status: "ok",
      size: 26,
      lengthProven: true,
      joinUnproven: false,
      exchange: { httpStatus: 206, attempts: [{ reason: "truncated", atByte: 10 }] },
    });
  });

  test.each(["/no-etag", "/weak"])("%s: starts over, unless a digest will decide", async (path) => {
    const careful = await get(path);
    expect([careful.sink.text(), careful.sink.restarts()]).toEqual([whole, 1]);
    expect(careful.ranges).toEqual([undefined, undefined]);
    const daring = await get(path, { digestDecides: true });
    expect([daring.sink.text(), daring.sink.restarts()]).toEqual([whole, 0]);
    expect(daring.ranges).toEqual([undefined, "bytes=10-"]);
    expect(daring.reply).toMatchObject({ status: "ok", joinUnproven: true });
  });

  test.each([
    ["/ignores", other],
    ["/changed-206", other],
    ["/wrong-start", whole],
    ["/wrong-end", whole],
    ["/wrong-total", whole],
    ["/longer", whole],
    ["/no-total", whole],
    ["/bad-range", whole],
    ["/no-range", whole],
    ["/multipart", whole],
    ["/416", whole],
  ])("%s: never joins what does not belong together", async (path, text) => {
    const { reply, sink } = await get(path);
    expect(sink.text()).toBe(text);
    expect(sink.restarts()).toBe(1);
    expect(sink.ended()).toBe(1);
    expect(reply).toMatchObject({ status: "ok", size: 26, joinUnproven: false, exchange: { httpStatus: 200 } });
  });

  test("gives up when no try gets further", async () => {
    const { reply, ranges } = await get("/always-cut", {}, 2);
    expect(reply).toMatchObject({ status: "refused", reason: "truncated", kind: "malformed", attempts: 3 });
    expect(ranges.length).toBe(3);
  });

  test("goes on as long as every try gets further", async () => {
    const { reply, ranges } = await get("/crawls", {}, 1);
    expect(reply).toMatchObject({ status: "ok", size: 20_000_000 });
    expect(ranges.length).toBe(10);
  });

  test("a part that nobody asked for", async () => {
    expect((await get("/unasked-206")).reply).toMatchObject({ status: "refused", reason: "range-invalid" });
  });
});

describe("from an earlier run", () => {
  const resume = { atByte: 10, etag: '"a"', totalSize: 26 };

  test("goes on", async () => {
    const { reply, sink, ranges } = await get("/steady", { resume }, 0, whole.slice(0, 10));
    expect(sink.text()).toBe(whole);
    expect(ranges).toEqual(["bytes=10-"]);
    expect(reply).toMatchObject({ status: "ok", size: 26, exchange: { resumedAt: 10 } });
  });

  test("another tag: starts over, and says nothing of an earlier run", async () => {
    const { reply, sink } = await get("/steady", { resume: { ...resume, etag: '"old"' } }, 0, whole.slice(0, 10));
    expect([sink.text(), sink.restarts()]).toEqual([whole, 1]);
    expect(reply.status === "ok" && "resumedAt" in reply.exchange).toBe(false);
  });

  test("another total: starts over", async () => {
    const { sink } = await get("/steady", { resume: { ...resume, totalSize: 27 } }, 0, whole.slice(0, 10));
    expect([sink.text(), sink.restarts()]).toEqual([whole, 1]);
  });

  test("everything was there already", async () => {
    const { reply, sink } = await get("/complete", { resume: { ...resume, atByte: 26 } }, 0, whole);
    expect([sink.text(), sink.restarts(), sink.ended()]).toEqual([whole, 0, 1]);
    expect(reply).toMatchObject({ status: "ok", size: 26, lengthProven: true, exchange: { resumedAt: 26 } });
  });

  test("more than the host has: starts over", async () => {
    const { reply, sink } = await get("/shrunk", { resume: { ...resume, atByte: 26 } }, 0, whole);
    expect([sink.text(), sink.restarts()]).toEqual(["short", 1]);
    expect(reply).toMatchObject({ status: "ok", size: 5 });
  });
});
