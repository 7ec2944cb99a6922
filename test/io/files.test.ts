import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  aheadBufferBytes,
  createReadBuffer,
  type LocalRead,
  readAhead,
  readFileSyncInto,
  syncBufferBytes,
  syncChunkBytes,
} from "../../src/io/files.ts";
import type { LocalPath } from "../../src/io/files-open.ts";
import type { Refusal } from "../../src/model/evidence.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "wholesource-files-"));
  chmodSync(root, 0o755);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function make(name: string, bytes: string | Uint8Array): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}
const pattern = (length: number): Buffer =>
  Buffer.alloc(
    length,
    Uint8Array.from({ length: 251 }, (_, n) => n),
  );

type OnChunk = (chunk: Uint8Array) => void;
type Read = (path: LocalPath, onChunk: OnChunk, maxBytes?: number) => Promise<LocalRead | Refusal>;
const readers: readonly (readonly [string, Read])[] = [
  ["sync", async (path, onChunk, maxBytes) => readFileSyncInto(path, createReadBuffer(), onChunk, { maxBytes })],
  ["ahead", (path, onChunk, maxBytes) => readAhead(path, onChunk, { maxBytes })],
];

const fail: OnChunk = () => {
  throw new Error("no byte should have come");
};

describe.each(readers)("reading %s", (name, read) => {
  const edges = [
    0,
    1,
    syncChunkBytes,
    syncBufferBytes - 1,
    syncBufferBytes,
    syncBufferBytes + 1,
    aheadBufferBytes,
    2 * aheadBufferBytes + 1,
  ];
  test.each(edges)("%i bytes arrive whole and in order", async (length) => {
    const bytes = pattern(length);
    const chunks: Buffer[] = [];
    const path = make(`edge-${name}-${length}`, bytes);
    expect(await read(path, (chunk) => void chunks.push(Buffer.from(chunk)))).toEqual({
      status: "read",
      size: length,
      mode: "100644",
    });
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    expect(chunks.every((chunk) => chunk.length > 0)).toBe(true);
  });

  test("a program has its own mode, whoever else may run it", async () => {
    const path = make("program", "x");
    chmodSync(path, 0o744);
    expect(await read(path, () => {})).toMatchObject({ mode: "100755" });
    chmodSync(path, 0o655);
    expect(await read(path, () => {})).toMatchObject({ mode: "100644" });
  });

  test("what is not there", async () => {
    make("plain", "x");
    for (const missing of ["nowhere", "plain/below", "x".repeat(300), "nul\0byte"]) {
      expect(await read(join(root, missing), fail)).toMatchObject({ kind: "absent", reason: "not-found" });
    }
  });

  test("a folder, a link, a device", async () => {
    make("target", "x");
    symlinkSync(join(root, "target"), join(root, `link-${name}`));
    for (const other of [root, join(root, `link-${name}`), "/dev/zero", "/dev/tty"]) {
      expect(await read(other, fail)).toMatchObject({ reason: expect.stringMatching(/^not-a-file$/) });
    }
  });

  test("a pipe without a writer does not make us wait", async () => {
    const fifo = join(root, `fifo-${name}`);
    execFileSync("mkfifo", [fifo]);
    expect(await read(fifo, fail)).toMatchObject({ kind: "absent", reason: "not-a-file" });
  });

  test("a socket", async () => {
    const socket = join(root, `socket-${name}`);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    expect(await read(socket, fail)).toMatchObject({ kind: "absent", reason: "not-a-file" });
    await new Promise((resolve) => server.close(resolve));
  });

  test("a file that we may not read is there all the same", async () => {
    const path = make("secret", "x");
    chmodSync(path, 0);
    const us = process.geteuid?.();
    // Nothing is forbidden to root: be nobody for a moment.
    if (us === 0) process.seteuid?.(65534);
    try {
      expect(await read(path, fail)).toMatchObject({ kind: "denied", reason: "permission", errorCode: "EACCES" });
    } finally {
      if (us === 0) process.seteuid?.(0);
      chmodSync(path, 0o644);
    }
  });

  test("a refusal names no path", async () => {
    const refusal = await read(join(root, "nowhere"), fail);
    expect(JSON.stringify(refusal)).not.toContain("nowhere");
  });

  test("a file that grows, shrinks or is written to under us", async () => {
    const path = make(`changing-${name}`, pattern(3 * aheadBufferBytes));
    const changes = [
      () => appendFileSync(path, "more"),
      () => truncateSync(path, aheadBufferBytes),
      () => utimesSync(path, 1, 1),
    ];
    for (const change of changes) {
      writeFileSync(path, pattern(3 * aheadBufferBytes));
      let first = true;
      const seen = await read(path, () => {
        if (first) change();
        first = false;
      });
      expect(seen).toMatchObject({ kind: "malformed", reason: "changed-during-read" });
    }
  });

  test("a file that the system lies about is not called read", async () => {
    // Its size is told as 0, and bytes come all the same.
    expect(await read("/proc/self/status", fail)).toMatchObject({ reason: "changed-during-read" });
  });

  test("no further than allowed", async () => {
    const path = make("long", "12345");
    expect(await read(path, fail, 4)).toMatchObject({ kind: "malformed", reason: "too-large" });
    expect(await read(path, () => {}, 5)).toMatchObject({ status: "read" });
    // A sparse file claims bytes that no disk has.
    truncateSync(path, 2 ** 40);
    expect(await read(path, fail, 2 ** 30)).toMatchObject({ reason: "too-large" });
  });

  test("an error of whoever takes the bytes is theirs, and the file is closed", async () => {
    const path = make("taken", pattern(3 * aheadBufferBytes));
    const full = Object.assign(new Error("disk full"), { code: "ENOSPC" });
    await expect(
      read(path, () => {
        throw full;
      }),
    ).rejects.toBe(full);
    expect(openFiles()).toBe(0);
  });

  test("no descriptor is left open", async () => {
    const path = make("closed", "x");
    for (const one of [path, root, join(root, "nowhere")]) for (let n = 0; n < 20; n++) await read(one, () => {});
    expect(openFiles()).toBe(0);
  });
});

/** How many descriptors of this process are open on files of this test. */
function openFiles(): number {
  const target = (fd: string): string => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  };
  return readdirSync("/proc/self/fd").filter((fd) => target(fd).startsWith(root)).length;
}

test("reading ahead waits for its taker before it uses a buffer again", async () => {
  const bytes = pattern(5 * aheadBufferBytes);
  const path = make("slow", bytes);
  const chunks: Buffer[] = [];
  await readAhead(path, async (chunk) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    chunks.push(Buffer.from(chunk));
  });
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
});

test("reading ahead ends when the run is interrupted", async () => {
  const path = make("interrupted", pattern(5 * aheadBufferBytes));
  const stop = new AbortController();
  let chunks = 0;
  const seen = await readAhead(
    path,
    () => {
      chunks++;
      stop.abort();
    },
    { signal: stop.signal },
  );
  expect(seen).toMatchObject({ kind: "unreachable", reason: "interrupted" });
  expect(chunks).toBe(1);
});
