import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createPauses } from "../../src/io/http-pause.ts";
import { loopbackHttp, startWebServer } from "../resolve/web-server.ts";

const head = (httpStatus: number, headers: Record<string, string>) => ({ httpStatus, headers, framed: true });
const url = new URL("https://h/a");

test("what one answer asks for holds for the whole host, and for no other", async () => {
  let time = 0;
  const pauses = createPauses(() => time);
  pauses.heard(url, head(429, { "retry-after": "7" }));
  const refused = await pauses.wait(new URL("https://h/b"), 1_000, undefined);
  expect(refused).toMatchObject({ reason: "rate-limited", mayPass: false, retryAfter: 7_000 });
  expect(await pauses.wait(new URL("https://other/b"), 1_000, undefined)).toBeUndefined();
  expect(await pauses.wait(new URL("https://h:8443/b"), 1_000, undefined)).toBeUndefined();
  time = 7_001;
  expect(await pauses.wait(url, 1_000, undefined)).toBeUndefined();
});

test.each([
  [200, {}],
  [429, {}],
  [429, { "retry-after": "soon" }],
  [404, { "retry-after": "7" }],
  [200, { "x-ratelimit-reset": "7" }],
  [200, { "x-ratelimit-reset": "7", "x-ratelimit-remaining": "3" }],
])("%i with %j asks for nothing", async (status, headers) => {
  const pauses = createPauses();
  pauses.heard(url, head(status, headers));
  expect(await pauses.wait(url, 0, undefined)).toBeUndefined();
});

test("waiting ends with the run", async () => {
  const pauses = createPauses();
  pauses.heard(url, head(503, { "retry-after": "30" }));
  const stop = new AbortController();
  const waiting = pauses.wait(url, 60_000, stop.signal);
  stop.abort();
  expect(await waiting).toMatchObject({ reason: "interrupted" });
});

test("a hundred questions to a host that counts come out one by one, the others do not wait", async () => {
  let window = 0;
  let refused = 0;
  const strict = await startWebServer((_request, response) => {
    window += 1;
    if (window <= 40) return void response.end("ok");
    refused += 1;
    response.writeHead(429, { "retry-after": "1" }).end();
  });
  const ticking = setInterval(() => {
    window = 0;
  }, 500);
  const free = await startWebServer((_request, response) => response.end("ok"));
  const http = loopbackHttp({ retries: 6 });
  try {
    let done = 0;
    const one = async (index: number) => {
      const answer = await http.text({ url: `${strict.url}/${index}` });
      done += 1;
      return answer;
    };
    const all = Promise.all(Array.from({ length: 100 }, (_, index) => one(index)));
    await sleep(50);
    expect(await http.text({ url: free.url })).toMatchObject({ status: "ok" });
    expect(done).toBeLessThan(60);
    for (const answer of await all) expect(answer).toMatchObject({ status: "ok" });
    // Of four connections at a time at most four hear each refusal; without a common pause every question would.
    expect(refused).toBeLessThan(20);
  } finally {
    clearInterval(ticking);
    await http.close();
    await strict.close();
    await free.close();
  }
});

test("a host that asks for an hour is asked once", async () => {
  const server = await startWebServer((_request, response) => response.writeHead(429, { "retry-after": "3600" }).end());
  const http = loopbackHttp({ retries: 3 });
  try {
    for (const path of ["a", "b", "c"]) {
      const refusal = await http.text({ url: `${server.url}/${path}` });
      expect(refusal).toMatchObject({ status: "refused", reason: "rate-limited", retryAt: expect.any(String) });
    }
    expect(server.asked).toHaveLength(1);
  } finally {
    await http.close();
    await server.close();
  }
});
