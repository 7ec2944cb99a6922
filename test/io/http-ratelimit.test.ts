import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { retryAfterOf, statusFault } from "../../src/io/http-fault.ts";
import { isUsedUp } from "../../src/io/http-ratelimit.ts";
import { type Answer, answer, type RawServer, startRaw } from "../services/raw.ts";
import { http } from "./http-rig.ts";

/** A second, whole: HTTP dates have no parts of one. */
const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const epoch = now / 1000;
const date = new Date(now).toUTCString();

describe("how long to wait", () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ["the draft's form", { ratelimit: '"api";r=0;t=55' }, 55_000],
    ["with blanks", { ratelimit: ' "api" ; r=0 ; t=55 ' }, 55_000],
    ["of two windows the one that is used up", { ratelimit: '"a";r=3;t=900, "b";r=0;t=7' }, 7_000],
    ["of two used-up windows the later", { ratelimit: '"a";r=0;t=9, "b";r=0;t=7' }, 9_000],
    ["a name with separators", { ratelimit: '"a,b;r=0;t=1\\"";r=0;t=3' }, 3_000],
    ["the older form", { ratelimit: "limit=10, remaining=0, reset=50" }, 50_000],
    ["something is left", { ratelimit: '"resolvers";r=2998;t=172' }, undefined],
    ["no time", { ratelimit: '"api";r=0' }, undefined],
    ["rubbish", { ratelimit: '"api;;;=,=,"' }, undefined],
    ["a number beyond numbers", { ratelimit: `"api";r=0;t=${"9".repeat(40)}` }, undefined],
    ["seconds", { "ratelimit-reset": "12" }, 12_000],
    ["seconds, with what is left", { "x-ratelimit-reset": "12", "x-ratelimit-remaining": "0" }, 12_000],
    ["something is left of it", { "x-ratelimit-reset": "12", "x-ratelimit-remaining": "7" }, undefined],
    ["a time", { "x-ratelimit-reset": `${epoch + 90}`, "x-ratelimit-remaining": "0" }, 90_000],
    ["a time in milliseconds", { "x-ratelimit-reset": `${now + 90}` }, 90],
    ["a time gone by", { "x-ratelimit-reset": `${epoch - 90}` }, 0],
    ["no number", { "x-ratelimit-reset": "soon" }, undefined],
    ["nothing", {}, undefined],
    ["Retry-After comes first", { "retry-after": "3", ratelimit: '"api";r=0;t=55' }, 3_000],
    ["a Retry-After that is rubbish does not", { "retry-after": "soon", ratelimit: '"api";r=0;t=55' }, 55_000],
  ])("%s", (_what, headers, wait) => {
    expect(retryAfterOf({ date, ...headers }, now + 5_000_000)).toBe(wait);
  });

  test("the host's clock counts, and ours where it tells none", () => {
    const headers = { "x-ratelimit-reset": `${epoch + 90}` };
    expect(retryAfterOf(headers, now + 30_000)).toBe(60_000);
  });

  test("a long value costs no time", () => {
    const started = performance.now();
    expect(retryAfterOf({ ratelimit: '\\"'.repeat(16_000) }, now)).toBeUndefined();
    expect(retryAfterOf({ ratelimit: ";r=0".repeat(16_000) }, now)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(100);
  });
});

describe("what a status means", () => {
  test.each<[string, number, Record<string, string>, string]>([
    ["nothing left", 403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": `${epoch + 90}` }, "rate-limited"],
    ["a used-up window", 403, { ratelimit: '"api";r=0;t=55' }, "rate-limited"],
    ["plenty left", 403, { "x-ratelimit-remaining": "7", "x-ratelimit-reset": `${epoch + 90}` }, "forbidden"],
    ["no word of what is left", 403, { "x-ratelimit-reset": `${epoch + 90}` }, "forbidden"],
    ["plenty left", 503, { ratelimit: '"resolvers";r=2998;t=172' }, "server-error"],
    ["a used-up window", 503, { ratelimit: '"api";r=0;t=55' }, "rate-limited"],
    ["a gate, no login", 401, { "x-error-code": "GatedRepo" }, "gated"],
    ["a gate", 403, { "x-error-code": "GatedRepo" }, "gated"],
    ["another word of the host's", 401, { "x-error-code": "RepoNotFound" }, "authentication-required"],
  ])("%s: %d", (_what, status, headers, reason) => {
    expect(statusFault(status, headers, now).reason).toBe(reason);
  });

  test("a window that is not said to be used up is not", () => {
    expect(isUsedUp({ "x-ratelimit-reset": "55" })).toBe(false);
    expect(isUsedUp({})).toBe(false);
  });
});

describe("a server that limits", () => {
  const once =
    (limited: string): Answer =>
    (socket, { before }) =>
      socket.write(before < 1 ? limited : answer("200 OK", ["Content-Length: 5"], "hello"));
  const limit = (t: number): string =>
    answer("429 Too Many Requests", [
      "Content-Length: 0",
      `RateLimit: "api";r=0;t=${t}`,
      'RateLimit-Policy: "fixed window";"api";q=500;w=300',
    ]);
  let server: RawServer;
  beforeAll(async () => {
    server = await startRaw({ "/second": once(limit(1)), "/long": once(limit(3600)) });
  });
  afterAll(() => server.close());

  test("is asked again when its window opens, and not earlier", async () => {
    const client = http();
    const started = performance.now();
    expect(await client.text({ url: `${server.origin}/second` })).toMatchObject({ status: "ok", body: "hello" });
    expect(performance.now() - started).toBeGreaterThanOrEqual(1000);
    await client.close();
  });

  test("is not waited for when that takes too long", async () => {
    const client = http();
    const refused = await client.text({ url: `${server.origin}/long` });
    expect(refused).toMatchObject({ status: "refused", kind: "unreachable", reason: "rate-limited", attempts: 1 });
    const retryAt = refused.status === "refused" ? Date.parse(refused.retryAt ?? "") : 0;
    expect(Math.abs(retryAt - Date.now() - 3_600_000)).toBeLessThan(5_000);
    await client.close();
  });
});
