import { resolve } from "node:path";
import { expect, test } from "vitest";
import { resolvedText } from "../../src/report/resolved-text.ts";
import { resolveLocation } from "../../src/run/resolve-location.ts";
import { startWebServer } from "../resolve/web-server.ts";

const cwd = resolve(import.meta.dirname, "../..");
const shown = (resolved: Awaited<ReturnType<typeof resolveLocation>>, columns?: number) =>
  resolvedText({ ...resolved, uri: resolved.location.uri }, columns);

test("a folder tells its files, up to the limit", async () => {
  const all = await resolveLocation({ uri: "samples/iris-softmax/weights" }, { cwd });
  expect(all).toMatchObject({ resolver: "file", status: "found", listable: true, more: false });
  expect(all.files).toHaveLength(3);
  expect(shown(all)).toMatch(/3 files, [\d.]+ kB/);
  const some = await resolveLocation({ uri: "samples/iris-softmax/weights" }, { cwd, limit: 2 });
  expect(some).toMatchObject({ more: true });
  expect(some.files).toHaveLength(2);
  expect(shown(some)).toContain("and more");
  const none = await resolveLocation({ uri: "samples/iris-softmax/weights" }, { cwd, limit: 0 });
  expect(none).toMatchObject({ more: true, files: [] });
});

test("what is not there, and what nobody reads, are two things", async () => {
  const absent = await resolveLocation({ uri: "samples/none" }, { cwd });
  expect(absent).toMatchObject({ status: "refused", refusal: { kind: "absent" } });
  expect(shown(absent)).toContain("not there (not-found)");
  const foreign = await resolveLocation({ uri: "quantum://x" }, { cwd });
  expect(foreign).toMatchObject({ status: "unsupported" });
  expect(foreign.supported?.join()).toContain("https://host/file");
  expect(shown(foreign)).toContain("known are");
});

test("a web server is asked once, without a payload, and hostile words stay on their line", async () => {
  const server = await startWebServer((request, response) => {
    response.writeHead(200, { "content-length": "5", "content-type": "text/plain\u001b[31m".replace("\u001b", "") });
    response.end(request.method === "HEAD" ? undefined : "12345");
  });
  try {
    const resolved = await resolveLocation(
      { uri: `${server.url}/a%1bb` },
      { cwd, allowPrivate: true, retries: 0, environment: {} },
    );
    expect(server.asked.map(({ method }) => method)).toEqual(["HEAD"]);
    expect(resolved).toMatchObject({ status: "found", found: { pinned: false }, files: [{ size: 5 }] });
    expect(shown(resolved, 80)).not.toContain("\u001b");
    for (const line of shown(resolved, 80).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  } finally {
    await server.close();
  }
});

test("a refused host is told with its status and a hint", async () => {
  const server = await startWebServer((_request, response) => response.writeHead(403).end());
  try {
    const refused = await resolveLocation({ uri: `${server.url}/a` }, { cwd, allowPrivate: true, retries: 0 });
    expect(refused).toMatchObject({ status: "refused", refusal: { reason: "forbidden", httpStatus: 403 } });
    expect(shown(refused, 80)).toMatch(/forbidden, HTTP 403\)/);
    expect(shown(refused, 80)).toContain("hint");
  } finally {
    await server.close();
  }
});

test("a folder that can not be listed was not asked, with a network or without", async () => {
  for (const offline of [true, false]) {
    const resolved = await resolveLocation({ uri: "https://example.org/folder/" }, { cwd, offline, environment: {} });
    expect(resolved).toMatchObject({ status: "not-asked", listable: false, files: [] });
    expect(shown(resolved, 80)).toContain("not asked");
    expect(shown(resolved, 80)).not.toMatch(/status +there/);
  }
});
