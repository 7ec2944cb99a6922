import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { fetchObject } from "../../src/fetch/fetch.ts";
import { openStore } from "../../src/io/store.ts";
import { http, sha256 } from "../io/http-rig.ts";
import { need } from "../services/need.ts";
import { type Nginx, startNginx } from "../services/nginx.ts";
import { type Answer, answer, plain, startRaw } from "../services/raw.ts";

const MiB = 1024 * 1024;
const signal = new AbortController().signal;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wholesource-fetch-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = (): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Sinks that hash; the last one counts. */
function hashing() {
  let hash = createHash("sha256");
  let opened = 0;
  let ended = 0;
  return {
    open: () => {
      hash = createHash("sha256");
      opened += 1;
      return {
        write: (chunk: Uint8Array) => void hash.update(chunk),
        end: () => {
          ended += 1;
        },
      };
    },
    hex: () => hash.digest("hex"),
    opened: () => opened,
    ended: () => ended,
  };
}

test("without a store", async () => {
  const server = await startRaw({ "/a": plain("hello") });
  const client = http();
  const sink = hashing();
  const fetched = await fetchObject({ url: `${server.origin}/a`, maxBytes: 9 }, sink.open, { http: client, signal });
  expect(fetched).toEqual({
    status: "read",
    size: 5,
    lengthProven: true,
    joinUnproven: false,
    exchange: expect.objectContaining({ httpStatus: 200 }),
  });
  expect([sink.hex(), sink.opened(), sink.ended()]).toEqual([sha256("hello"), 1, 1]);
  await client.close();
  await server.close();
});

/** Serves a part when it is asked for one, up to where it is told to hang up. */
const parts =
  (content: Buffer, upTo: () => number = () => content.length): Answer =>
  (socket, { headers }) => {
    const from = Number(/\d+/.exec(headers.range ?? "")?.[0] ?? 0);
    const range = from > 0 ? [`Content-Range: bytes ${from}-${content.length - 1}/${content.length}`] : [];
    const length = `Content-Length: ${content.length - from}`;
    socket.write(answer(from > 0 ? "206 Partial" : "200 OK", [length, 'ETag: "e"', ...range]));
    socket.end(content.subarray(from, upTo()));
  };

test("a refusal keeps what came, and the next fetch goes on from there", async () => {
  const content = Buffer.alloc(6 * MiB, "0123456789abcdef-");
  let healed = false;
  const server = await startRaw({ "/a": parts(content, () => (healed ? content.length : 5 * MiB)) });
  const client = http({ retries: 0 });
  const store = await openStore(folder);
  const request = { url: `${server.origin}/a`, maxBytes: 1e9 };
  const first = await fetchObject(request, hashing().open, { http: client, store, signal });
  expect(first).toMatchObject({ status: "refused", reason: "truncated" });
  healed = true;
  const sink = hashing();
  const second = await fetchObject(request, sink.open, { http: client, store, signal });
  expect(second).toMatchObject({ status: "read", size: content.length, joinUnproven: false });
  expect(second.status === "read" && (second.exchange.resumedAt ?? 0)).toBe(5 * MiB);
  const hex = sink.hex();
  expect([hex, sink.opened()]).toEqual([sha256(content), 1]);
  const path = second.status === "read" ? await second.kept?.commit(hex) : undefined;
  expect(sha256(readFileSync(path ?? ""))).toBe(hex);
  await store.close();
  expect(files().length).toBe(2);
  await client.close();
  await server.close();
});

test("what a sink throws is thrown, and what came so far stays", async () => {
  const server = await startRaw({ "/a": parts(Buffer.alloc(6 * MiB, "x")) });
  const client = http();
  const store = await openStore(folder);
  let seen = 0;
  const failing = {
    write: (chunk: Uint8Array) => {
      seen += chunk.length;
      if (seen > 5 * MiB) throw new Error("bug");
    },
  };
  const request = { url: `${server.origin}/a`, maxBytes: 1e9 };
  await expect(fetchObject(request, () => failing, { http: client, store, signal })).rejects.toThrow("bug");
  const sink = hashing();
  const again = await fetchObject(request, sink.open, { http: client, store, signal });
  expect(again.status === "read" && (again.exchange.resumedAt ?? 0)).toBeGreaterThan(4 * MiB);
  expect(sink.hex()).toBe(sha256("x".repeat(6 * MiB)));
  if (again.status === "read") await again.kept?.discard();
  await client.close();
  await server.close();
});

need("nginx")("from nginx", () => {
  const size = 16 * MiB;
  const content = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4) content.writeUInt32LE((at * 2654435761) >>> 0, at);
  const digest = sha256(content);
  let nginx: Nginx;
  let child: string;
  beforeAll(async () => {
    nginx = await startNginx(`
      location /slow/ { rewrite ^/slow/(.*)$ /$1 break; limit_rate 6m; }
      location /norange/ { rewrite ^/norange/(.*)$ /$1 break; max_ranges 0; }
    `);
    const built = mkdtempSync(join(tmpdir(), "wholesource-child-"));
    child = join(built, "child.mjs");
    const input = fileURLToPath(new URL("./child.ts", import.meta.url));
    await build({
      input,
      platform: "node",
      output: { file: child, format: "esm", codeSplitting: false },
      logLevel: "silent",
    });
  });
  afterAll(async () => {
    await nginx.close();
    rmSync(join(child, ".."), { recursive: true });
  });
  beforeEach(() => writeFileSync(join(nginx.root, "a.bin"), content));

  interface Told {
    readonly status: string;
    readonly reason?: string;
    readonly measured: string;
    readonly sinks: number;
    readonly joinUnproven?: boolean;
    readonly exchange?: { readonly resumedAt?: number; readonly httpStatus?: number };
  }
  /** Runs the child; with `killAfter`, kills it once so many bytes are safe on the disk. */
  async function run(path: string, killAfter?: number): Promise<Told | undefined> {
    const running = spawn(process.execPath, [child, nginx.origin + path, folder, digest]);
    let text = "";
    for (const stream of [running.stdout, running.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
    }
    const ended = new Promise<void>((resolve) => running.once("exit", () => resolve()));
    if (killAfter !== undefined) {
      while (safe() < killAfter && running.exitCode === null) await sleep(20);
      running.kill("SIGKILL");
    }
    await ended;
    return killAfter === undefined ? JSON.parse(text) : undefined;
  }
  function safe(): number {
    const state = files().find((name) => name.endsWith("state.json"));
    try {
      return state === undefined ? 0 : Number(JSON.parse(readFileSync(state, "utf8")).size);
    } catch {
      return 0;
    }
  }
  const blobs = (): string[] => files().filter((name) => name.includes("blobs"));

  test("killed in the middle, the next run goes on and ends whole", async () => {
    await run("/slow/a.bin", 4 * MiB);
    expect(blobs()).toEqual([]);
    expect(safe()).toBeGreaterThanOrEqual(4 * MiB);
    const told = await run("/slow/a.bin");
    expect(told).toMatchObject({ status: "read", measured: digest, sinks: 1, joinUnproven: false });
    expect(told?.exchange).toMatchObject({ httpStatus: 206 });
    expect(told?.exchange?.resumedAt).toBeGreaterThanOrEqual(4 * MiB);
    expect(blobs().length).toBe(1);
    expect(sha256(readFileSync(blobs()[0] ?? ""))).toBe(digest);
    expect(files().filter((name) => name.includes("partial"))).toEqual([]);
  });

  test.each([
    ["the file changed on the host", () => utimesSync(join(nginx.root, "a.bin"), new Date(0), new Date(0))],
    [
      "the partial file is damaged",
      () => {
        const data = files().find((name) => name.endsWith("data")) ?? "";
        const bytes = readFileSync(data);
        bytes[100] = (bytes[100] ?? 0) ^ 1;
        writeFileSync(data, bytes);
      },
    ],
    ["the state is cut short", () => truncateSync(files().find((name) => name.endsWith("state.json")) ?? "", 10)],
  ])("killed, and then %s: starts over and ends whole", async (_name, change) => {
    await run("/slow/a.bin", 4 * MiB);
    change();
    const told = await run("/slow/a.bin");
    expect(told).toMatchObject({ status: "read", measured: digest });
    expect(told?.exchange?.resumedAt).toBeUndefined();
    expect(sha256(readFileSync(blobs()[0] ?? ""))).toBe(digest);
    expect(files().filter((name) => name.includes("partial"))).toEqual([]);
  });

  test("two runs at once share nothing and both end whole", async () => {
    await run("/slow/a.bin", 4 * MiB);
    const told = await Promise.all([run("/slow/a.bin"), run("/slow/a.bin")]);
    expect(told.map((one) => one?.measured)).toEqual([digest, digest]);
    expect(told.filter((one) => one?.exchange?.resumedAt !== undefined).length).toBe(1);
    expect(blobs().length).toBe(1);
    expect(sha256(readFileSync(blobs()[0] ?? ""))).toBe(digest);
  });

  test("is gone from the host: says so, and keeps the partial file", async () => {
    await run("/slow/a.bin", 4 * MiB);
    rmSync(join(nginx.root, "a.bin"));
    expect(await run("/slow/a.bin")).toMatchObject({ status: "refused", reason: "not-found" });
    expect(safe()).toBeGreaterThanOrEqual(4 * MiB);
  });
});
