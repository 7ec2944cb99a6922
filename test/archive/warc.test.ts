import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { type MergeOptions, mergeWarcs } from "../../src/archive/warc-merge.ts";
import { createHttp, type HttpOptions } from "../../src/io/http.ts";
import { http, quick, remember, sha256 } from "../io/http-rig.ts";
import { find, needThat } from "../services/need.ts";
import { type Nginx, startNginx } from "../services/nginx.ts";
import { warcioFolder } from "../services/warcio-folder.mjs";

const warcio = join(warcioFolder, "bin/warcio");
const suite = needThat(
  existsSync(join(warcioFolder, "done")) && find("nginx") !== undefined,
  "warcio or nginx",
  "test/services/install",
);
const desk = mkdtempSync(join(tmpdir(), "wholesource-warc-"));
afterAll(() => rmSync(desk, { recursive: true, force: true }));

const TIME = "2026-01-02T03:04:05Z";
let made = 0;
const folder = (): string => mkdtempSync(join(desk, "f-"));
const recording = (record: string, more: Partial<HttpOptions> = {}) => http({ ...more, record });
const merge = async (spool: string, more: Partial<MergeOptions> = {}): Promise<string> => {
  const file = join(desk, `${made++}.warc.gz`);
  await mergeWarcs(spool, file, { time: TIME, agent: "wholesource-test/1", scratch: folder(), ...more });
  return file;
};

interface Record {
  readonly fields: ReadonlyMap<string, string>;
  readonly block: string;
}

/** A reader of our own, for what is asserted field by field; that the form is right is warcio's to say. */
function recordsOf(file: string): readonly Record[] {
  let text = gunzipSync(readFileSync(file)).toString("latin1");
  const records: Record[] = [];
  while (text !== "") {
    const end = text.indexOf("\r\n\r\n");
    const [version, ...lines] = text.slice(0, end).split("\r\n");
    expect(version).toBe("WARC/1.1");
    const fields = new Map(
      lines.map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
    );
    const length = Number(fields.get("Content-Length"));
    records.push({ fields, block: text.slice(end + 4, end + 4 + length) });
    expect(text.slice(end + 4 + length, end + 8 + length)).toBe("\r\n\r\n");
    text = text.slice(end + 8 + length);
  }
  return records;
}
const ofType = (file: string, type: string): readonly Record[] =>
  recordsOf(file).filter(({ fields }) => fields.get("WARC-Type") === type);

async function server(answer: RequestListener): Promise<{ readonly origin: string; readonly close: () => void }> {
  const one: Server = createServer(answer);
  await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
  const address = one.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => {
      one.close();
      one.closeAllConnections();
    },
  };
}

suite("against nginx, judged by warcio", () => {
  let nginx: Nginx;
  const big = randomBytes(300_000);
  beforeAll(async () => {
    nginx = await startNginx(`
      location = /moved { return 302 /plain.txt; }
      location /packed { add_header Content-Encoding gzip; default_type application/json; }
    `);
    writeFileSync(join(nginx.root, "plain.txt"), "hello\n");
    writeFileSync(join(nginx.root, "packed"), gzipSync('{"a": 1}'));
    writeFileSync(join(nginx.root, "big.bin"), big);
  });
  afterAll(() => nginx?.close());

  const check = (file: string): string => execFileSync(warcio, ["check", "-v", file], { encoding: "utf8" });

  test("a redirect, a 404, an encoded reply and a resumed range", async () => {
    const spool = folder();
    const client = recording(spool);
    const sink = remember();
    expect(await client.download({ url: `${nginx.origin}/moved`, maxBytes: 100 }, sink)).toMatchObject({
      status: "ok",
    });
    expect(await client.text({ url: `${nginx.origin}/absent` })).toMatchObject({ reason: "not-found" });
    expect(await client.json({ url: `${nginx.origin}/packed` }, z.object({ a: z.number() }))).toMatchObject({
      body: { a: 1 },
    });
    const part = await client.download(
      { url: `${nginx.origin}/big.bin`, maxBytes: 1_000_000, resume: { atByte: 200_000 }, digestDecides: true },
      remember(),
    );
    expect(part).toMatchObject({ status: "ok", size: 300_000 });
    expect(await client.probe({ url: `${nginx.origin}/plain.txt` })).toMatchObject({ status: "ok" });
    await client.close();

    const file = await merge(spool);
    const said = check(file);
    expect(said).not.toMatch(/fail|error|unknown/i);
    expect(said.match(/digest pass/g)?.length).toBe(recordsOf(file).length);

    const answers = ofType(file, "response");
    const statusOf = (path: string): readonly (string | undefined)[] =>
      answers
        .filter(({ fields }) => fields.get("WARC-Target-URI") === `${nginx.origin}${path}`)
        .map(({ block }) => /^HTTP\/1\.1 (\d+ [^\r]*)/.exec(block)?.[1]);
    expect(statusOf("/moved")).toEqual(["302 Moved Temporarily"]);
    expect(statusOf("/plain.txt")).toEqual(["200 OK", "200 OK"]);
    expect(statusOf("/absent")).toEqual(["404 Not Found"]);
    expect(statusOf("/big.bin")).toEqual(["206 Partial Content"]);
    expect(answers.find(({ block }) => block.includes("206 Partial"))?.block.slice(-100_000)).toBe(
      big.subarray(200_000).toString("latin1"),
    );
    const packed = answers.find(({ block }) => /^Content-Encoding: gzip\r$/m.test(block));
    // As it came over the wire.
    expect(
      gunzipSync(Buffer.from(packed?.block.split("\r\n\r\n").slice(1).join("\r\n\r\n") ?? "", "latin1")).toString(),
    ).toBe('{"a": 1}');
    expect(answers.every(({ fields }) => fields.get("WARC-IP-Address") === "127.0.0.1")).toBe(true);

    const requests = ofType(file, "request");
    expect(requests).toHaveLength(answers.length);
    const ids = new Set(answers.map(({ fields }) => fields.get("WARC-Record-ID")));
    expect(requests.every(({ fields }) => ids.has(fields.get("WARC-Concurrent-To")))).toBe(true);
    expect(requests.some(({ block }) => /^GET \/big\.bin HTTP\/1\.1\r\n.*range: bytes=200000-\r\n/s.test(block))).toBe(
      true,
    );
    expect(requests.some(({ block }) => /^HEAD \/plain\.txt /.test(block))).toBe(true);
  });

  test("an index can be made of it", async () => {
    const spool = folder();
    const client = recording(spool);
    for (const path of ["plain.txt", "absent", "big.bin"]) await client.text({ url: `${nginx.origin}/${path}` });
    await client.close();
    const index = execFileSync(join(warcioFolder, "bin/cdxj-indexer"), [await merge(spool)], { encoding: "utf8" });
    const lines = index
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line.slice(line.indexOf("{"))));
    expect(lines).toEqual([
      expect.objectContaining({ url: `${nginx.origin}/absent`, status: "404" }),
      expect.objectContaining({ url: `${nginx.origin}/big.bin`, status: "200" }),
      expect.objectContaining({
        url: `${nginx.origin}/plain.txt`,
        status: "200",
        digest: expect.stringMatching(/^sha256:/),
      }),
    ]);
  });

  test("a payload that the archive keeps is not written twice, unless that is wanted", async () => {
    const spool = folder();
    const client = recording(spool);
    await client.download({ url: `${nginx.origin}/big.bin`, maxBytes: 1_000_000 }, remember());
    await client.download({ url: `${nginx.origin}/plain.txt`, maxBytes: 1_000_000 }, remember());
    await client.close();
    const asked: string[] = [];
    const keptAt = (from?: string) => (digest: string) => {
      asked.push(digest);
      return digest === sha256(big)
        ? { name: "data/weights/big.bin", ...(from === undefined ? {} : { from }) }
        : undefined;
    };
    const lean = await merge(spool, { keptAt: keptAt() });
    // A small one is whole, whoever keeps it.
    expect(asked).toEqual([sha256(big)]);
    expect(statSync(lean).size).toBeLessThan(10_000);
    expect(check(lean)).not.toMatch(/fail/i);
    const [revisit] = ofType(lean, "revisit");
    expect(revisit?.fields.get("WARC-Profile")).toBe(
      "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
    );
    expect(revisit?.block).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n$/s);
    expect(ofType(lean, "metadata")[0]?.block).toContain("payload-kept-in: data/weights/big.bin\r\n");

    const whole = await merge(spool, { keptAt: keptAt(join(nginx.root, "big.bin")) });
    expect(check(whole)).not.toMatch(/fail/i);
    expect(statSync(whole).size).toBeGreaterThan(300_000);
    const [digest] = ofType(whole, "response")
      .filter(({ fields }) => fields.get("WARC-Target-URI")?.endsWith("big.bin"))
      .map(({ fields }) => fields.get("WARC-Payload-Digest"));
    // Both records name the same payload.
    expect(digest).toBe(revisit?.fields.get("WARC-Payload-Digest"));
  });

  test("the same recordings make the same file", async () => {
    const spool = folder();
    const clients = [recording(spool), recording(spool)];
    for (const client of clients) await client.text({ url: `${nginx.origin}/plain.txt` });
    for (const client of clients) await client.close();
    expect(readdirSync(spool)).toHaveLength(2);
    const file = join(folder(), "a.warc.gz");
    const write = async (): Promise<Buffer> => {
      await mergeWarcs(spool, file, { time: TIME, fixedTime: true, agent: "a", scratch: folder() });
      return readFileSync(file);
    };
    const first = await write();
    expect((await write()).equals(first)).toBe(true);
    expect(recordsOf(file).every(({ fields }) => fields.get("WARC-Date") === TIME)).toBe(true);
  });
});

test("no secret is written down, in a header, an address, a form or a reply", async () => {
  const secret = "hf_abcdefghijklmnop";
  const granted = "granted-0123456789";
  const page = await server((request, response) => {
    response.setHeader("Set-Cookie", `session=${secret}`);
    if (request.url?.startsWith("/go") === true) {
      response.setHeader("Location", `/there?X-Amz-Signature=${granted}&part=1`);
      response.statusCode = 302;
      response.end(`see /there?X-Amz-Signature=${granted}`);
      return;
    }
    if (request.url === "/packed") {
      response.setHeader("Content-Encoding", "gzip");
      response.end(gzipSync(JSON.stringify({ access_token: granted, bos_token: "<s>" })));
      return;
    }
    response.end(JSON.stringify({ token: granted, authorized: request.headers.authorization, tokenizer: "bpe" }));
  });
  const spool = folder();
  const client = recording(spool);
  const authorization = {
    scheme: "headers",
    headers: { authorization: `Bearer ${secret}`, "x-own": "own-credential" },
  } as const;
  await client.text({ url: `${page.origin}/go?token=${secret}`, authorization, headers: { cookie: secret } });
  await client.text({ url: `${page.origin}/packed`, authorization });
  await client.text({
    url: `${page.origin}/`,
    method: "POST",
    body: `grant_type=refresh&refresh_token=${secret}&scope=pull`,
  });
  await client.text({
    url: `${page.origin}/sas`,
    authorization: { scheme: "query", query: `sv=2020&sig=${granted}` },
  });
  await client.close();
  page.close();
  const file = await merge(spool);
  const kept = [
    ...readdirSync(spool).map((name) => readFileSync(join(spool, name))),
    gunzipSync(readFileSync(file)),
  ].map((bytes) => bytes.toString("latin1"));
  for (const text of kept) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(granted);
    expect(text).not.toContain("own-credential");
  }
  const all = kept.at(-1) ?? "";
  // What is no secret stays.
  for (const word of [
    '"tokenizer":"bpe"',
    '"bos_token":"<s>"',
    "part=1",
    "scope=pull",
    "grant_type=refresh",
    "payload-altered",
  ]) {
    expect(all).toContain(word);
  }
  expect(all).toContain("X-Archive-Orig-Content-Encoding: gzip");
});

test("a cut answer, one in chunks, a long one and none at all are told as what they are", async () => {
  const long = randomBytes(1_500_000);
  let cuts = 0;
  const page = await server((request, response) => {
    if (request.url === "/cut") {
      response.setHeader("Content-Length", 1000);
      response.write("x".repeat(cuts++ === 0 ? 400 : 1000), () => (cuts === 1 ? response.destroy() : response.end()));
      return;
    }
    if (request.url === "/reset") {
      request.socket.destroy();
      return;
    }
    if (request.url === "/long") {
      response.end(long);
      return;
    }
    response.write("one ");
    response.end("two");
  });
  const spool = folder();
  const client = recording(spool, { retries: 1 });
  const sink = remember();
  expect(await client.download({ url: `${page.origin}/cut`, maxBytes: 2000 }, sink)).toMatchObject({ status: "ok" });
  await client.text({ url: `${page.origin}/chunks` });
  await client.text({ url: `${page.origin}/reset` });
  await client.download({ url: `${page.origin}/long`, maxBytes: 2_000_000 }, remember());
  await client.close();
  page.close();
  const file = await merge(spool);
  const at = (path: string) =>
    recordsOf(file).filter(({ fields }) => fields.get("WARC-Target-URI") === `${page.origin}${path}`);
  const told = (path: string) => at(path).map(({ fields }) => [fields.get("WARC-Type"), fields.get("WARC-Truncated")]);
  expect(told("/cut")).toEqual([
    ["response", "disconnect"],
    ["request", undefined],
    ["metadata", undefined],
    ["response", undefined],
    ["request", undefined],
  ]);
  const chunks = at("/chunks")[0]?.block ?? "";
  expect(chunks).toContain("X-Archive-Orig-Transfer-Encoding: chunked");
  expect(chunks).toMatch(/\r\n\r\none two$/);
  // Every try of ours, with no answer to any.
  expect(told("/reset").filter(([type]) => type === "response")).toEqual([]);
  expect(told("/reset").filter(([type]) => type === "request").length).toBeGreaterThan(1);
  expect(told("/long")[0]).toEqual(["response", "length"]);
  expect(at("/long")[2]?.block).toContain(
    `payload-size: 1500000\r\npayload-sha256: ${createHash("sha256").update(long).digest("hex")}`,
  );
  if (existsSync(warcio))
    expect(execFileSync(warcio, ["check", "-v", file], { encoding: "utf8" })).not.toMatch(/fail/i);
});

test("what a killed run left is read up to the torn exchange", async () => {
  const page = await server((_request, response) => void response.end("body"));
  const spool = folder();
  const client = recording(spool);
  for (const path of ["/1", "/2", "/3"]) await client.text({ url: `${page.origin}${path}` });
  await client.close();
  page.close();
  const [name = ""] = readdirSync(spool);
  const path = join(spool, name);
  const whole = readFileSync(path);
  const countAt = async (bytes: number): Promise<number> => {
    writeFileSync(path, whole);
    truncateSync(path, bytes);
    return ofType(await merge(spool), "response").length;
  };
  const third = whole.lastIndexOf('\n{"url"') + 1;
  expect(await countAt(whole.length)).toBe(3);
  for (const cut of [whole.length - 1, whole.length - 3, third + 10, third]) expect(await countAt(cut)).toBe(2);
  expect(await countAt(0)).toBe(0);
  writeFileSync(path, whole);
  appendFileSync(path, "\0\0\0 rubbish\n");
  expect(ofType(await merge(spool), "response")).toHaveLength(3);
});

test("nothing is left of a file that could not be written, and nothing is written where nobody asked", async () => {
  const page = await server((_request, response) => void response.end("body"));
  const spool = folder();
  const client = recording(spool);
  await client.text({ url: `${page.origin}/` });
  await client.close();
  const out = folder();
  const stopped = new AbortController();
  stopped.abort();
  const options = { time: TIME, agent: "a", scratch: folder(), signal: stopped.signal };
  await expect(mergeWarcs(spool, join(out, "a.warc.gz"), options)).rejects.toMatchObject({ code: "interrupted" });
  expect(readdirSync(out)).toEqual([]);
  await expect(merge(spool, { keptAt: () => undefined, scratch: folder() })).resolves.toBeDefined();
  const plain = createHttp(quick);
  await plain.text({ url: `${page.origin}/` });
  await plain.close();
  page.close();
  expect(readdirSync(spool)).toHaveLength(1);
});
