import { createHash } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createHttp, type HttpOptions, type Upload } from "../../src/io/http.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}/`;
}

function client(timeouts: HttpOptions["timeouts"] = {}) {
  const http = createHttp({
    offline: false,
    allowPrivate: true,
    allowDowngrade: false,
    perHost: 2,
    retries: 3,
    userAgent: "wholesource-test",
    timeouts,
  });
  onTestFinished(() => http.close());
  return http;
}

/** So many chunks of 64 KiB, each after a rest. */
const chunks = (count: number, rest = 0): Upload => ({
  size: count * 65_536,
  async *open() {
    for (let index = 0; index < count; index++) {
      if (rest > 0) await sleep(rest);
      yield Buffer.alloc(65_536, index);
    }
  },
});

test("bytes arrive as they are read, with their length before them", async () => {
  const url = await serve(async (request, response) => {
    const hash = createHash("sha256");
    for await (const chunk of request) hash.update(chunk);
    const { "content-length": length, "transfer-encoding": coding } = request.headers;
    response.end(JSON.stringify({ method: request.method, length, coding, digest: hash.digest("hex") }));
  });
  const expected = createHash("sha256");
  for await (const chunk of chunks(100).open()) expected.update(chunk);
  for (const method of ["PUT", "PATCH", "POST"] as const) {
    const answer = await client().answer({ url, method, upload: chunks(100) });
    if (answer.status !== "answered") throw new Error(answer.message);
    expect(JSON.parse(Buffer.from(answer.bytes).toString("utf8"))).toEqual({
      method,
      length: `${100 * 65_536}`,
      digest: expected.copy().digest("hex"),
    });
  }
});

test("no answer is waited for while bytes still go out", async () => {
  const url = await serve((request, response) => {
    request.resume();
    request.on("end", () => response.end());
  });
  const upload = chunks(12, 50);
  expect(await client({ headers: 300 }).answer({ url, method: "PUT", upload })).toMatchObject({ httpStatus: 200 });
});

test("a host that takes nothing ends the waiting", async () => {
  const url = await serve((request) => void request.pause());
  const upload = chunks(1_000);
  expect(await client({ headers: 300 }).answer({ url, method: "PUT", upload })).toMatchObject({
    status: "refused",
    reason: "headers-timeout",
  });
});

test("an answer before the end of the bytes is one, and the request is made once", async () => {
  let count = 0;
  const url = await serve((_request, response) => {
    count++;
    response.writeHead(503, { connection: "close" }).end();
  });
  const refusal = await client().answer({ url, method: "PUT", upload: chunks(1) });
  expect(refusal).toMatchObject({ status: "refused", kind: "unreachable" });
  expect(count).toBe(1);
});

test("what fails while the bytes are read is thrown", async () => {
  const url = await serve((request) => void request.resume());
  const upload: Upload = {
    size: 10,
    async *open() {
      yield Buffer.from("half");
      await sleep(1);
      throw new Error("the disk is gone");
    },
  };
  await expect(client().answer({ url, method: "PUT", upload })).rejects.toThrow("the disk is gone");
});

test("fewer or more bytes than announced are no upload", async () => {
  const url = await serve((request, response) => {
    request.resume();
    request.on("end", () => response.end());
  });
  for (const size of [65_535, 65_537]) {
    const upload = { ...chunks(1), size };
    await expect(client().answer({ url, method: "PUT", upload })).rejects.toMatchObject({ code: "input-unreadable" });
  }
});
