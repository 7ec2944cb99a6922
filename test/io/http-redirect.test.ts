import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { find } from "../services/need.ts";
import { type Answer, answer, plain, type RawServer, startRaw } from "../services/raw.ts";
import { http, remember } from "./http-rig.ts";

const to =
  (location: string, status = "302 Found", ...more: readonly string[]): Answer =>
  (socket) =>
    socket.write(answer(status, ["Content-Length: 0", `Location: ${location}`, ...more]));

let server: RawServer;
let other: RawServer;
beforeAll(async () => {
  other = await startRaw({ "/end": plain("elsewhere"), "/back": (s, r) => to(`${server.origin}/end`)(s, r) });
  const away = (path: string): Answer => to(other.origin + path);
  server = await startRaw({
    "/end": plain("here"),
    "/1": to("/end"),
    "/2": to("/1", "301 Moved"),
    "/3": to("2", "303 See Other"),
    "/4": to("//127.0.0.1/3"),
    "/5": to("/5a"),
    "/5a": to("/5b", "307 Temporary"),
    "/5b": to("/5c", "308 Permanent"),
    "/5c": to("/5d"),
    "/5d": to("/end"),
    "/6": to("/5"),
    "/loop": to("/loop"),
    "/away": away("/end?X-Amz-Signature=abcdef&part=1"),
    "/there-and-back": away("/back"),
    "/user": (s, r) => to(`http://me:secret@127.0.0.1:${server.port}/end`)(s, r),
    "/none": (s) => s.write(answer("302 Found", ["Content-Length: 0"])),
    "/blank": to(" "),
    "/two": to("/end", "302 Found", "Location: /1"),
    "/not-a-url": to("http://[::1"),
    "/file": to("file:///etc/passwd"),
    "/ftp": to("ftp://127.0.0.1/x"),
    "/data": to("data:text/plain,x"),
    "/js": to("javascript:alert(1)"),
    "/multiple": (s) => s.write(answer("300 Multiple Choices", ["Content-Length: 0", "Location: /end"])),
    "/endless": (s) => {
      s.write(answer("302 Found", ["Transfer-Encoding: chunked", "Location: /end"]));
      const timer = setInterval(() => s.write("5\r\n.....\r\n"), 1);
      s.on("close", () => clearInterval(timer));
    },
    "/body": (s) => s.write(answer("302 Found", ["Content-Length: 9", "Location: /end"], "go there!")),
  });
});
afterAll(async () => {
  await server.close();
  await other.close();
});

async function get(path: string, headers: { readonly [name: string]: string } = {}) {
  const client = http();
  const sink = remember();
  const reply = await client.download({ url: server.origin + path, maxBytes: 100, headers }, sink);
  await client.close();
  return { reply, text: sink.text() };
}

describe("redirects", () => {
  test.each([
    ["/1", ["/end"], [302]],
    ["/2", ["/1", "/end"], [301, 302]],
    ["/3", ["/2", "/1", "/end"], [303, 301, 302]],
    ["/5", ["/5a", "/5b", "/5c", "/5d", "/end"], [302, 307, 308, 302, 302]],
    ["/endless", ["/end"], [302]],
    ["/body", ["/end"], [302]],
  ])("%s is followed and every hop recorded", async (path, hops, statuses) => {
    const { reply, text } = await get(path);
    expect(text).toBe("here");
    expect(reply).toMatchObject({
      status: "ok",
      exchange: {
        url: server.origin + path,
        finalUrl: `${server.origin}/end`,
        hops: hops.map((hop, index) => ({ url: server.origin + hop, httpStatus: statuses[index] })),
      },
    });
  });

  test.each([
    ["/6", "redirect-limit"],
    ["/loop", "redirect-limit"],
    ["/none", "redirect-invalid"],
    ["/blank", "redirect-invalid"],
    ["/two", "redirect-invalid"],
    ["/not-a-url", "redirect-invalid"],
    ["/file", "scheme-blocked"],
    ["/ftp", "scheme-blocked"],
    ["/data", "scheme-blocked"],
    ["/js", "scheme-blocked"],
    ["/multiple", "status-unexpected"],
  ])("%s is %s", async (path, reason) => {
    const { reply } = await get(path);
    expect(reply).toMatchObject({ status: "refused", reason });
  });

  test("a signed target is shown without its signature", async () => {
    const { reply, text } = await get("/away");
    expect(text).toBe("elsewhere");
    expect(JSON.stringify(reply)).not.toContain("abcdef");
    expect(other.requests.at(-1)?.path).toBe("/end?X-Amz-Signature=abcdef&part=1");
  });

  test("userinfo in a target is dropped", async () => {
    const { reply } = await get("/user");
    expect(reply.status).toBe("ok");
    expect(server.requests.at(-1)?.headers).not.toHaveProperty("authorization");
    expect(JSON.stringify(reply)).not.toContain("secret");
  });
});

describe("secrets stay with the origin that they are for", () => {
  const secrets = {
    Authorization: "Bearer canary",
    Cookie: "a=canary",
    "X-Api-Key": "canary",
    "PRIVATE-TOKEN": "canary",
    "X-Amz-Security-Token": "canary",
    Referer: "http://canary/",
  };

  test("the same origin gets them", async () => {
    await get("/1", secrets);
    expect(server.requests.at(-1)?.headers).toMatchObject({ authorization: "Bearer canary", cookie: "a=canary" });
  });

  test.each(["/away", "/there-and-back"])("%s: another port is another origin", async (path) => {
    await get(path, secrets);
    expect(JSON.stringify(other.requests.at(-1)?.headers)).not.toContain("canary");
    expect(other.requests.at(-1)?.headers).toMatchObject({ "user-agent": "wholesource-test" });
    if (path === "/there-and-back") {
      expect(JSON.stringify(server.requests.at(-1)?.headers)).not.toContain("canary");
    }
  });

  test("a body goes to no other origin", async () => {
    const target = await startRaw({ "/post": to(`${other.origin}/end`, "307 Temporary") });
    const client = http();
    const before = other.requests.length;
    const reply = await client.text({ url: `${target.origin}/post`, method: "POST", body: "canary" });
    expect(reply).toMatchObject({ status: "refused", reason: "redirect-invalid" });
    expect(other.requests.length).toBe(before);
    await client.close();
    await target.close();
  });
});

const openssl = find("openssl");
describe.skipIf(openssl === undefined)("tls", () => {
  let folder: string;
  let secure: RawServer;
  let ca: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "wholesource-tls-"));
    const made = spawnSync(
      openssl ?? "",
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=somebody.example -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem`.split(
        " ",
      ),
      { cwd: folder },
    );
    expect(made.status).toBe(0);
    ca = readFileSync(join(folder, "cert.pem"), "utf8");
    secure = await startRaw(
      {
        "/plain": plain("secure"),
        "/big": (s) => s.write(answer("200 OK", ["Content-Length: 3000000"], "0123456789".repeat(300_000))),
        "/overlong": (s) => s.write(answer("200 OK", ["Content-Length: 3"], "secure")),
        "/down": (s, r) => to(`${server.origin}/end`)(s, r),
      },
      { tls: { key: readFileSync(join(folder, "key.pem")), cert: ca } },
    );
  });
  afterAll(async () => {
    await secure.close();
    rmSync(folder, { recursive: true });
  });

  test("a certificate that nobody vouches for", async () => {
    const client = http({ retries: 3 });
    const reply = await client.text({ url: `${secure.origin}/plain` });
    expect(reply).toMatchObject({ status: "refused", kind: "unreachable", reason: "tls", attempts: 1 });
    await client.close();
  });

  test.each(["/plain", "/big"])("%s over a trusted connection", async (path) => {
    for (const slow of [false, true]) {
      const client = http({ extraCa: ca });
      const sink = remember(slow);
      const reply = await client.download({ url: secure.origin + path, maxBytes: 1e9 }, sink);
      expect(reply.status).toBe("ok");
      expect(sink.text() === (path === "/plain" ? "secure" : "0123456789".repeat(300_000))).toBe(true);
      await client.close();
    }
  });

  test("bytes beyond the end are noticed here too", async () => {
    const client = http({ extraCa: ca });
    const reply = await client.download({ url: `${secure.origin}/overlong`, maxBytes: 99 }, remember());
    expect(reply).toMatchObject({ status: "refused", reason: "overlong" });
    await client.close();
  });

  test("the name must be the certificate's", async () => {
    const client = http({ extraCa: ca, retries: 0 });
    const reply = await client.text({ url: `https://localhost:${secure.port}/plain` });
    expect(reply).toMatchObject({ status: "refused", reason: "tls" });
    await client.close();
  });

  test.each([
    [false, "downgrade-blocked"],
    [true, undefined],
  ])("from https to http, allowed: %s", async (allowDowngrade, reason) => {
    const client = http({ extraCa: ca, allowDowngrade });
    const before = server.requests.length;
    const reply = await client.text({ url: `${secure.origin}/down` });
    expect(reply.status === "refused" ? reply.reason : undefined).toBe(reason);
    expect(server.requests.length - before).toBe(allowDowngrade ? 1 : 0);
    await client.close();
  });
});
