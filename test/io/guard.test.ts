import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isGlobalUnicast } from "../../src/io/guard.ts";
import { answer, type RawServer, startRaw } from "../services/raw.ts";
import { http } from "./http-rig.ts";

describe("only the public internet", () => {
  test.each([
    ["8.8.8.8", true],
    ["93.184.216.34", true],
    ["2606:2800:220:1::1", true],
    ["::ffff:8.8.8.8", true],
    ["127.0.0.1", false],
    ["127.255.255.254", false],
    ["0.0.0.0", false],
    ["10.0.0.1", false],
    ["172.16.0.1", false],
    ["192.168.0.1", false],
    ["100.64.0.1", false],
    ["100.100.100.200", false],
    ["169.254.169.254", false],
    ["192.0.0.8", false],
    ["192.0.2.1", false],
    ["198.18.0.1", false],
    ["198.51.100.1", false],
    ["203.0.113.1", false],
    ["224.0.0.1", false],
    ["240.0.0.1", false],
    ["255.255.255.255", false],
    ["::1", false],
    ["::", false],
    ["::127.0.0.1", false],
    ["::ffff:127.0.0.1", false],
    ["::ffff:a00:1", false],
    ["64:ff9b::7f00:1", false],
    ["64:ff9b:1::1", false],
    ["2002:7f00:1::", false],
    ["2001:0:1::1", false],
    ["2001:db8::1", false],
    ["fc00::1", false],
    ["fd00:ec2::254", false],
    ["fe80::1", false],
    ["fec0::1", false],
    ["ff02::1", false],
    ["5f00::1", false],
    ["", false],
    ["localhost", false],
  ])("%s: %s", (address, reachable) => {
    expect(isGlobalUnicast(address)).toBe(reachable);
  });
});

describe("a server on this machine is not reached", () => {
  let server: RawServer;
  beforeAll(async () => {
    server = await startRaw({}, { host: "::" }).catch(() => startRaw({}));
  });
  afterAll(() => server.close());

  test.each([
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "0",
    "0x7f000001",
    "127.0.0.1.",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::]",
    "１２７.0.0.1",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "localhost",
    "LOCALHOST",
    "user:pass@127.0.0.1",
  ])("%s", async (host) => {
    const client = http({ allowPrivate: false, retries: 0 });
    const reply = await client.text({ url: `http://${host}:${server.port}/` });
    expect(reply).toMatchObject({ status: "refused", kind: "denied", reason: "address-blocked" });
    expect(JSON.stringify(reply)).not.toContain("pass");
    expect(server.connections()).toBe(0);
    await client.close();
  });

  test.each(["169.254.169.254", "[fd00:ec2::254]", "100.100.100.200", "[64:ff9b::7f00:1]"])(
    "the metadata service at %s",
    async (host) => {
      const client = http({ allowPrivate: false, retries: 0 });
      expect(await client.text({ url: `http://${host}/latest/meta-data/` })).toMatchObject({
        reason: "address-blocked",
      });
      await client.close();
    },
  );

  test("a redirect from an address that is allowed does not get there either", async () => {
    const target = server.origin;
    const allowed = await startRaw({
      "/": (socket) => socket.write(answer("302 Found", ["Content-Length: 0", `Location: ${target}/`])),
    });
    const client = http({ allowPrivate: false, retries: 0 });
    const reply = await client.text({ url: `${allowed.origin}/`, operatorEndpoint: true });
    expect(reply).toMatchObject({ status: "refused", reason: "address-blocked", url: `${target}/` });
    expect([allowed.connections(), server.connections()]).toEqual([1, 0]);
    await client.close();
    await allowed.close();
  });

  test.each(["file:///etc/passwd", "ftp://127.0.0.1/", "data:,x", "unix:/run/x", "javascript:1"])(
    "%s is no address for us",
    async (url) => {
      const client = http();
      expect(await client.text({ url })).toMatchObject({ status: "refused", kind: "denied", reason: "scheme-blocked" });
      await client.close();
    },
  );

  test.each(["", "http://", "http://[::1", "//host/x", "http://a b/"])("%j is no URL", async (url) => {
    const client = http();
    expect(await client.text({ url })).toMatchObject({ status: "refused", reason: "protocol" });
    await client.close();
  });
});
