/** Logins: a real registry behind a password, one behind a token service, and hosts that are after them. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Resolution, ResolveContext } from "../../src/resolve/resolver.ts";
import { need } from "../services/need.ts";
import { type ContainerRegistry, startRegistry } from "../services/registry.ts";
import { startTokenServer, type TokenServer } from "../services/token-server.ts";
import { contextFor } from "./context.ts";
import { at, base64, found, http, loginFile, resolve, titled } from "./oci-ask.ts";
import { startWebServer, type WebServer } from "./web-server.ts";

need("docker-registry", "htpasswd")("a registry that asks for a password", () => {
  const user = { name: "tester", password: "s3cret-of-the-test" };
  let registry: ContainerRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ user });
    await registry.push("private", "v1", { layers: [titled("a", "a")] });
  });
  afterAll(() => registry.close());

  test("gets the user's own, with the objects too, and nobody else does", async () => {
    const auth = base64(`${user.name}:${user.password}`);
    const setting = loginFile({ [`http://${registry.host}/v1/`]: { auth } });
    const seen = await found("oci://registry.test/private:v1", at(registry.url, { setting }));
    const [object] = seen.list;
    if (object === undefined || !("path" in object)) throw new Error("no object");
    expect(await seen.authorize?.(object)).toEqual({ scheme: "headers", headers: { authorization: `Basic ${auth}` } });
    expect(await seen.authorize?.({ url: "https://cdn.example.org/blob" })).toBeUndefined();
    expect(await seen.authorize?.({ url: object.url.replace("/private/", "/other/") })).toBeUndefined();
    expect(JSON.stringify([seen, seen.list])).not.toContain(auth);
  });

  test("denies without one, and with a wrong one, without a word of what is there", async () => {
    const ask = (setting?: ResolveContext["setting"]) =>
      resolve("oci://registry.test/private:v1", at(registry.url, setting === undefined ? {} : { setting }));
    expect(await ask()).toMatchObject({ kind: "denied", reason: "authentication-required" });
    const wrong = await ask(loginFile({ [registry.host]: { auth: base64("tester:wr0ng") } }));
    expect(wrong).toMatchObject({
      kind: "denied",
      message: expect.stringMatching(/private or missing.*with your login/),
    });
    expect(JSON.stringify(wrong)).not.toMatch(/wr0ng|dGVzdGVy/);
  });
});

need("docker-registry", "openssl")("a registry with a token service", () => {
  let tokens: TokenServer;
  let registry: ContainerRegistry;
  beforeAll(async () => {
    tokens = await startTokenServer();
    registry = await startRegistry({ tokens, authorization: async (scope) => `Bearer ${tokens.token(scope)}` });
    await registry.push("models/tiny", "v1", { layers: [titled("a", "a")] });
  }, 30_000);
  afterAll(async () => {
    await registry.close();
    await tokens.close();
  });
  const ask = (setting?: ResolveContext["setting"]) =>
    resolve("oci://registry.test/models/tiny:v1", at(registry.url, setting === undefined ? {} : { setting }));
  const asked = async (act: () => Promise<unknown>) => {
    const from = tokens.asked.length;
    await act();
    return tokens.asked.slice(from);
  };

  test("gives everybody a token for reading, which is used until it runs out and asked for again", async () => {
    tokens.behave({ life: 300, login: undefined, status: undefined, body: undefined });
    let seen: Awaited<ReturnType<typeof found>> | undefined;
    const first = await asked(async () => {
      seen = await found("oci://registry.test/models/tiny:v1", at(registry.url));
    });
    expect(first).toHaveLength(1);
    expect(first[0]?.url).toBe("/token?service=registry.test&scope=repository%3Amodels%2Ftiny%3Apull");
    expect(first[0]?.authorization).toBeUndefined();
    const [object] = seen?.list ?? [];
    if (object === undefined || !("path" in object)) throw new Error("no object");
    expect(await asked(async () => seen?.authorize?.(object))).toHaveLength(0);
    tokens.behave({ life: 0 });
    const short = await found("oci://registry.test/models/tiny:v1", at(registry.url));
    const again = await asked(async () => {
      // Two groups at the same moment ask for one token.
      const [one, other] = await Promise.all([short.authorize?.(object), short.authorize?.(object)]);
      expect(one).toEqual(other);
      const reply = await fetch(object.url, { headers: one?.scheme === "headers" ? one.headers : {} });
      expect(await reply.text()).toBe("a");
    });
    expect(again).toHaveLength(1);
  });

  test("gets the user's password where it is of the registry's host, and a refresh token by post", async () => {
    const auth = base64("tester:s3cret");
    tokens.behave({ life: 300, login: `Basic ${auth}`, identity: "refresh-me" });
    expect(await ask()).toMatchObject({ kind: "denied", message: expect.stringContaining("token service") });
    expect(await ask(loginFile({ [registry.host]: { auth } }))).toMatchObject({ status: "found" });
    const posted = await asked(async () => {
      expect(await ask(loginFile({ [registry.host]: { identitytoken: "refresh-me" } }))).toMatchObject({
        status: "found",
      });
    });
    expect(posted).toMatchObject([{ method: "POST", url: "/token", authorization: undefined }]);
    tokens.behave({ login: undefined, identity: undefined });
  });

  test.each<[string, Parameters<TokenServer["behave"]>[0], object]>([
    ["nothing there", { status: 404 }, { kind: "unreachable" }],
    ["no way in", { status: 403 }, { kind: "denied" }],
    ["no JSON", { body: "<html>" }, { reason: "reply-invalid" }],
    ["no token", { body: "{}" }, { reason: "reply-invalid" }],
    ["a token that no header can carry", { body: JSON.stringify({ token: "a\r\nb" }) }, { reason: "reply-invalid" }],
    ["a redirect", { status: 302 }, { reason: "status-unexpected" }],
    ["a token that the registry does not take", { body: JSON.stringify({ token: "nonsense" }) }, { kind: "denied" }],
  ])("its service answers with %s", async (_, behaviour, refusal) => {
    tokens.behave(behaviour);
    const questions = await asked(async () => expect(await ask()).toMatchObject(refusal));
    expect(questions).toHaveLength(1);
    tokens.behave({ status: undefined, body: undefined });
  });
});

describe("whoever is after a login", () => {
  const secret = base64("tester:s3cret");
  const serve = async (listener: Parameters<typeof startWebServer>[0]): Promise<WebServer> => {
    const server = await startWebServer(listener);
    onTestFinished(() => server.close());
    return server;
  };
  const ask = (server: WebServer, name = "a:v1", setting?: ResolveContext["setting"]): Promise<Resolution> =>
    resolve(`oci://registry.test/${name}`, at(`${server.url}/`, setting === undefined ? {} : { setting }));

  test("a realm on another host gets no login of the user's, and is told of", async () => {
    const elsewhere = await serve((_, response) => response.end(JSON.stringify({ token: "anonymous" })));
    // The same machine by another name: to a client, another host.
    const realm = elsewhere.url.replace("127.0.0.1", "localhost");
    const server = await serve((_, response) => {
      response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}/token",service="x"` });
      response.end();
    });
    const setting = loginFile({ [new URL(server.url).host]: { auth: secret } });
    const refusal = await ask(server, "a:v1", setting);
    // Over http no other host is even asked.
    expect(refusal).toMatchObject({ kind: "denied", reason: "downgrade-blocked" });
    expect(elsewhere.asked).toEqual([]);
    expect(JSON.stringify([server.asked, elsewhere.asked, refusal])).not.toContain(secret);
  });

  test("https realms: only the registry's own host, a known one, or one that the user allows may see a login", async () => {
    const seen: { url: string; authorization: string | undefined }[] = [];
    const realm = "https://auth.example.org/token";
    const fake: ResolveContext["http"] = {
      ...http,
      answer: async ({ url, authorization }) => {
        const header = authorization?.scheme === "headers" ? authorization.headers.authorization : undefined;
        seen.push({ url, authorization: header });
        const isToken = url.startsWith(realm);
        return {
          status: "answered",
          httpStatus: isToken ? 200 : 401,
          headers: isToken
            ? {}
            : { "www-authenticate": `Bearer realm="${realm}",service="s",scope="repository:a:pull,push"` },
          bytes: Buffer.from(isToken ? '{"token":"t"}' : "{}"),
          exchange: { url, finalUrl: url, hops: [], attempts: [] },
        };
      },
    };
    const settings =
      (realms: string): ResolveContext["setting"] =>
      async (name) =>
        name.startsWith("oci.credential:registry.example.org/a")
          ? `Basic ${secret}`
          : name.startsWith("oci.realms:")
            ? realms
            : undefined;
    const asking = (realms: string) =>
      resolve("oci://registry.example.org/a:v1", contextFor(fake, { setting: settings(realms) }));
    const refusal = await asking("");
    expect(refusal).toMatchObject({ kind: "denied", message: expect.stringContaining("WHOLESOURCE_OCI_REALMS") });
    expect(seen.map(({ authorization }) => authorization)).toEqual([undefined, undefined, "Bearer t"]);
    // The registry asked for the right to write: it is not passed on.
    expect(new URL(seen[1]?.url ?? "").searchParams.get("scope")).toBe("repository:a:pull");
    expect(JSON.stringify(refusal)).not.toContain(secret);
    seen.length = 0;
    await asking("auth.example.org");
    expect(seen.map(({ authorization }) => authorization)).toEqual([undefined, `Basic ${secret}`, "Bearer t"]);
  });

  test("a registry that refuses every token is asked twice and not for ever", async () => {
    let given = 0;
    const server = await serve((request, response) => {
      if (request.url?.startsWith("/token") === true) return response.end(JSON.stringify({ token: `t${given++}` }));
      const realm = `http://${request.headers.host}/token`;
      response.writeHead(401, { "www-authenticate": `Basic realm="x", Bearer realm="${realm}",service="x"` });
      return response.end();
    });
    expect(await ask(server)).toMatchObject({ kind: "denied" });
    expect(server.asked.map(({ url }) => url.split("?")[0])).toEqual([
      "/v2/a/manifests/v1",
      "/token",
      "/v2/a/manifests/v1",
    ]);
  });

  test("a challenge of another host, behind a redirect, gets nothing", async () => {
    const other = await serve((_, response) => {
      response.writeHead(401, { "www-authenticate": 'Basic realm="x"' });
      response.end();
    });
    const server = await serve((_, response) => {
      response.writeHead(307, { location: `${other.url}/v2/a/manifests/v1` });
      response.end();
    });
    const setting = loginFile({
      [new URL(server.url).host]: { auth: secret },
      [new URL(other.url).host]: { auth: secret },
    });
    expect(await ask(server, "a:v1", setting)).toMatchObject({ kind: "denied" });
    expect(JSON.stringify([server.asked, other.asked])).not.toContain(secret);
    expect(other.asked).toHaveLength(1);
  });
});
