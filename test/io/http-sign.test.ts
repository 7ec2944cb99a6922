import { describe, expect, onTestFinished, test } from "vitest";
import type { Authorization } from "../../src/io/http.ts";
import { answer, plain, startRaw } from "../services/raw.ts";
import { signatureFault } from "../services/sigv4.ts";
import { http, remember } from "./http-rig.ts";

const keys = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
const sigv4: Authorization = { scheme: "aws-sigv4", ...keys, region: "us-east-1", service: "s3" };
const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

async function serve(answers: Parameters<typeof startRaw>[0]) {
  const server = await startRaw(answers);
  onTestFinished(() => server.close());
  const client = http();
  onTestFinished(() => client.close());
  return { server, client };
}

describe("the check of signatures in these tests agrees with the specification's worked examples", () => {
  test.each([
    ["/test.txt", "range", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"],
    ["/?lifecycle", "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"],
    ["/?max-keys=2&prefix=J", "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"],
  ])("GET %s", (target, range, signature) => {
    const signed = ["host", ...(range === "" ? [] : [range]), "x-amz-content-sha256", "x-amz-date"].join(";");
    const scope = `${keys.accessKeyId}/20130524/us-east-1/s3/aws4_request`;
    const headers = {
      host: "examplebucket.s3.amazonaws.com",
      ...(range === "" ? {} : { range: "bytes=0-9" }),
      "x-amz-content-sha256": nothing,
      "x-amz-date": "20130524T000000Z",
      authorization: `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${signed},Signature=${signature}`,
    };
    const now = Date.parse("2013-05-24T00:00:00Z");
    const fault = (more: object = {}) =>
      signatureFault({ method: "GET", target, headers: { ...headers, ...more } }, keys, "us-east-1", now);
    expect(fault()).toBeUndefined();
    expect(fault({ "x-amz-date": "20130524T000001Z" })).toBe("SignatureDoesNotMatch");
    expect(fault({ "x-amz-extra": "unsigned" })).toBe("SignatureDoesNotMatch");
  });
});

test.each([
  "/a",
  "/b/a%20b%2Bc(1)!%27*",
  "/b/caf%C3%A9/x~y",
  "/?list-type=2&prefix=a%20b%2F%2B&delimiter=",
  "/a?versionId=x.y",
])("%s is signed as it is sent", async (target) => {
  const { server, client } = await serve({ [target.split("?")[0] ?? ""]: plain("ok") });
  const reply = await client.text({
    url: server.origin + target,
    headers: { "x-amz-checksum-mode": "ENABLED", range: "bytes=0-" },
    authorization: { ...sigv4, sessionToken: "a token", headers: { "x-amz-request-payer": "requester" } },
  });
  expect(reply).toMatchObject({ status: "ok", body: "ok" });
  const [asked] = server.requests;
  expect(asked?.headers).toMatchObject({ "x-amz-request-payer": "requester", "x-amz-checksum-mode": "ENABLED" });
  const request = { method: "GET", target: asked?.path ?? "", headers: asked?.headers ?? {} };
  const with_ = { ...keys, sessionToken: "a token" };
  expect(signatureFault(request, with_, "us-east-1", Date.now())).toBeUndefined();
  expect(signatureFault(request, { ...with_, secretAccessKey: "x" }, "us-east-1", Date.now())).toBe(
    "SignatureDoesNotMatch",
  );
});

test("each try and each part of a download is signed by itself", async () => {
  const body = "0123456789".repeat(10);
  const { server, client } = await serve({
    "/a": (socket, { before }) => {
      const whole = ["Content-Length: 100", 'ETag: "1"'];
      if (before === 0) socket.end(answer("200 OK", whole, body.slice(0, 40)));
      else
        socket.write(
          answer(
            "206 Partial Content",
            ["Content-Length: 60", "Content-Range: bytes 40-99/100", 'ETag: "1"'],
            body.slice(40),
          ),
        );
    },
  });
  const sink = remember();
  const got = await client.download({ url: `${server.origin}/a`, maxBytes: 1000, authorization: sigv4 }, sink);
  expect(got).toMatchObject({ status: "ok", size: 100 });
  expect(sink.text()).toBe(body);
  expect(server.requests).toHaveLength(2);
  for (const { method, path, headers } of server.requests) {
    expect(signatureFault({ method, target: path, headers }, keys, "us-east-1", Date.now())).toBeUndefined();
  }
});

describe.each<[string, Authorization, (headers: string, path: string) => boolean]>([
  ["a signature", sigv4, (headers) => headers.includes("AKIAIOSFODNN7EXAMPLE") || headers.includes("x-amz-")],
  [
    "a query",
    { scheme: "query", query: "sv=1&sig=canary", headers: { "x-own": "canary" } },
    (headers, path) => (headers + path).includes("canary"),
  ],
])("%s", (_name, authorization, carries) => {
  test("goes along at its own origin, and not to another one, nor back", async () => {
    const redirect = (to: string) => (socket: { write(text: string): void }) =>
      socket.write(answer("302 Found", [`Location: ${to}`, "Content-Length: 0"]));
    const later: { home?: string } = {};
    const other = await serve({ "/away": (socket) => redirect(`${later.home}/home`)(socket) });
    const start = await serve({
      "/start": redirect("/next?b=1"),
      "/next": redirect(`${other.server.origin}/away`),
      "/home": plain("home"),
    });
    later.home = start.server.origin;
    const reply = await start.client.text({ url: `${start.server.origin}/start`, authorization });
    expect(reply).toMatchObject({ status: "ok", body: "home" });
    expect(JSON.stringify(reply)).not.toMatch(/canary|AKIA/);
    const seen = ({ server }: Pick<typeof start, "server">) =>
      server.requests.map(({ headers, path }) => carries(JSON.stringify(headers), path));
    expect(seen(start)).toEqual([true, true, false]);
    expect(seen(other)).toEqual([false]);
  });

  test("is not in what is told of a failure", async () => {
    const { server, client } = await serve({ "/a": (socket) => socket.destroy() });
    for (const path of ["/a", "/nothing"]) {
      const refusal = await client.text({ url: `${server.origin}${path}?sig=x&b=1`, authorization });
      expect(refusal).toMatchObject({ status: "refused", url: `${server.origin}${path}?sig=***&b=1` });
      expect(JSON.stringify(refusal)).not.toMatch(/canary|AKIA|sv=/);
    }
  });
});
