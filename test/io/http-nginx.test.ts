import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { need } from "../services/need.ts";
import { type Nginx, startNginx } from "../services/nginx.ts";
import { http, remember } from "./http-rig.ts";

const whole = "0123456789".repeat(50_000);

need("nginx")("a real server", () => {
  let nginx: Nginx;
  beforeAll(async () => {
    nginx = await startNginx(`
      gzip on; gzip_min_length 1; gzip_types *;
      location = /gone { return 410; }
      location = /forbidden { return 403; }
      location = /legal { return 451; }
      location = /moved { return 301 /a.txt; }
      location = /busy { add_header Retry-After 3600 always; return 503; }
      location = /login { auth_basic "here"; auth_basic_user_file /nowhere; }
      location /norange/ { rewrite ^/norange/(.*)$ /$1 break; max_ranges 0; }
    `);
    writeFileSync(join(nginx.root, "a.txt"), whole);
    writeFileSync(join(nginx.root, "empty"), "");
  });
  afterAll(() => nginx.close());

  test.each([
    ["/nothing", "not-found", 404],
    ["/gone", "gone", 410],
    ["/forbidden", "forbidden", 403],
    ["/legal", "legal-reasons", 451],
    ["/login", "authentication-required", 401],
    ["/busy", "rate-limited", 503],
  ])("%s is %s, asked either way", async (path, reason, httpStatus) => {
    const client = http();
    const url = nginx.origin + path;
    expect(await client.download({ url, maxBytes: 1e9 }, remember())).toMatchObject({ reason, httpStatus });
    expect(await client.probe({ url })).toMatchObject({ reason, httpStatus });
    await client.close();
  });

  test("a file comes unencoded, after a hop, with its facts", async () => {
    const client = http();
    const sink = remember();
    const reply = await client.download({ url: `${nginx.origin}/moved`, maxBytes: 1e9 }, sink);
    expect(sink.text() === whole).toBe(true);
    expect(reply).toMatchObject({
      status: "ok",
      size: whole.length,
      lengthProven: true,
      exchange: {
        finalUrl: `${nginx.origin}/a.txt`,
        hops: [{ url: `${nginx.origin}/a.txt`, httpStatus: 301 }],
        etag: expect.stringMatching(/^"/),
        lastModified: expect.stringContaining("GMT"),
        contentLength: whole.length,
      },
    });
    await client.close();
  });

  test.each([
    ["/a.txt", whole.length],
    ["/empty", 0],
  ])("probe of %s", async (path, contentLength) => {
    const client = http();
    expect(await client.probe({ url: nginx.origin + path })).toMatchObject({
      status: "ok",
      exchange: { contentLength },
    });
    await client.close();
  });

  /** What an earlier run would have kept. */
  async function beginning(path: string) {
    const client = http();
    const probed = await client.probe({ url: nginx.origin + path });
    await client.close();
    if (probed.status !== "ok") throw new Error(probed.message);
    return { atByte: 123_456, etag: probed.exchange.etag ?? "", totalSize: whole.length };
  }
  async function goOn(
    path: string,
    resume: { atByte: number; etag: string; totalSize: number },
    digestDecides = false,
  ) {
    const client = http();
    const sink = remember();
    await sink.write(Buffer.from(whole.slice(0, resume.atByte)));
    const reply = await client.download({ url: nginx.origin + path, maxBytes: 1e9, resume, digestDecides }, sink);
    await client.close();
    expect(sink.text() === whole).toBe(true);
    return { reply, restarts: sink.restarts() };
  }

  test("goes on from an earlier run", async () => {
    const { reply, restarts } = await goOn("/a.txt", await beginning("/a.txt"));
    expect(restarts).toBe(0);
    expect(reply).toMatchObject({ status: "ok", exchange: { httpStatus: 206, resumedAt: 123_456 } });
  });

  test("everything was there", async () => {
    const { reply, restarts } = await goOn("/a.txt", { ...(await beginning("/a.txt")), atByte: whole.length });
    expect(restarts).toBe(0);
    expect(reply).toMatchObject({ status: "ok", size: whole.length, exchange: { httpStatus: 416 } });
  });

  test("the file was touched meanwhile: starts over", async () => {
    const resume = await beginning("/a.txt");
    utimesSync(join(nginx.root, "a.txt"), new Date(1e12), new Date(1e12));
    const { reply, restarts } = await goOn("/a.txt", resume);
    expect(restarts).toBe(1);
    expect(reply).toMatchObject({ status: "ok", exchange: { httpStatus: 200 } });
  });

  test("a server without ranges: starts over", async () => {
    const { restarts } = await goOn("/norange/a.txt", await beginning("/a.txt"));
    expect(restarts).toBe(1);
  });

  test("many files at once over few connections", async () => {
    const client = http({ perHost: 3 });
    const sinks = Array.from({ length: 60 }, () => remember());
    await Promise.all(sinks.map((sink) => client.download({ url: `${nginx.origin}/a.txt`, maxBytes: 1e9 }, sink)));
    expect(sinks.every((sink) => sink.text() === whole)).toBe(true);
    await client.close();
  });
});
