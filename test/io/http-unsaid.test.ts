import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import type { HttpRequest } from "../../src/io/http.ts";
import { unsaidOf } from "../../src/io/http-unsaid.ts";
import { loopbackHttp, startWebServer } from "../resolve/web-server.ts";

const http = loopbackHttp();
afterAll(() => http.close());
const secret = 'p"ss/wörd+0123';
const header = Buffer.from(`reader:${secret}`).toString("base64");
const url = "https://example.org/";

test.each<[string, Partial<HttpRequest>, string]>([
  ["a token", { authorization: { scheme: "headers", headers: { authorization: "Bearer abcdefgh" } } }, "abcdefgh"],
  ["a token without a scheme", { headers: { authorization: "abcdefgh" } }, "abcdefgh"],
  ["a header of the host's own", { headers: { "x-api-key": "abcdefgh" } }, "abcdefgh"],
  ["a login", { headers: { authorization: `Basic ${header}` } }, header],
  ["its password", { headers: { authorization: `Basic ${header}` } }, secret],
  ["its password in a URL", { headers: { authorization: `Basic ${header}` } }, encodeURIComponent(secret)],
  ["its password in JSON", { headers: { authorization: `Basic ${header}` } }, JSON.stringify(secret).slice(1, -1)],
  ["a signature", { authorization: { scheme: "query", query: "sv=2024-01-01&sig=abc%2Bdefgh%3D" } }, "abc%2Bdefgh%3D"],
  ["a signature, decoded", { authorization: { scheme: "query", query: "sig=abc%2Bdefgh%3D" } }, "abc+defgh="],
  ["a form's token", { body: "grant_type=refresh_token&refresh_token=abcdefgh" }, "abcdefgh"],
])("%s is not heard again", (_what, request, sent) => {
  const unsaid = unsaidOf({ url, ...request });
  expect(unsaid.text(`no ${sent} here, ${sent}`)).toBe("no *** here, ***");
  expect(unsaid.headers({ etag: sent, location: sent })).toEqual({ etag: "***", location: sent });
});

test("bytes of any encoding stay what they are, but for the secret", () => {
  const unsaid = unsaidOf({ url, headers: { authorization: "Bearer abcdefgh" } });
  const whole = Buffer.from([255, 0, ...Buffer.from("abcdefgh"), 200, 195]);
  expect([...unsaid.bytes(whole)]).toEqual([255, 0, ...Buffer.from("***"), 200, 195]);
  const other = Buffer.from([1, 2, 3]);
  expect(unsaid.bytes(other)).toBe(other);
});

test("what is short or no secret is left alone", () => {
  expect(unsaidOf({ url, headers: { authorization: "Bearer abc" } }).text("abc")).toBe("abc");
  expect(unsaidOf({ url, headers: { accept: "application/json" } }).text("application/json")).toBe("application/json");
  const query = { scheme: "query", query: "sv=2024-01-01&sig=abcdefgh" } as const;
  expect(unsaidOf({ url, authorization: query }).text("2024-01-01")).toBe("2024-01-01");
});

test("nor is it heard in what is told of an answer and of the way to it", async () => {
  const token = "abcdefgh0123";
  const server = await startWebServer((request, response) => {
    const words = { etag: `"${token}"`, "content-type": "application/json" };
    if (request.url === "/") response.writeHead(302, { location: `/${token}` }).end();
    else response.writeHead(request.url?.endsWith("no") === true ? 403 : 200, words).end(`{"said":"${token}"}`);
  });
  const authorization = { scheme: "headers", headers: { authorization: `Bearer ${token}` } } as const;
  const answers = [
    await http.json({ url: `${server.url}/`, authorization }, z.unknown()),
    await http.text({ url: `${server.url}/`, authorization }),
    await http.probe({ url: `${server.url}/`, authorization }),
    await http.answer({ url: `${server.url}/no`, authorization }),
  ];
  await server.close();
  expect(server.asked.filter(({ url: asked }) => asked === `/${token}`)).toHaveLength(3);
  const [json, text, , answer] = answers;
  expect(json).toMatchObject({ status: "ok", body: { said: "***" } });
  expect(text).toMatchObject({ body: '{"said":"***"}' });
  expect(answer).toMatchObject({ httpStatus: 403, headers: { etag: '"***"' } });
  const bytes = answer?.status === "answered" ? Buffer.from(answer.bytes).toString() : "";
  expect(bytes + JSON.stringify(answers)).not.toContain(token);
});
