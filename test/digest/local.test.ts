import { createHash } from "node:crypto";
import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDigestLane, digestLocalFile, headBytes, readAheadFrom } from "../../src/digest/local.ts";
import { syncBufferBytes } from "../../src/io/files.ts";
import type { DigestAlgorithm } from "../../src/model/digest.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "wholesource-local-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const pattern = (length: number): Buffer =>
  Buffer.alloc(
    length,
    Uint8Array.from({ length: 251 }, (_, n) => n),
  );
const make = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(root, name), bytes);
  return join(root, name);
};
const expected = (bytes: Buffer, algorithms: readonly DigestAlgorithm[]) => {
  const git = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  const all = { sha256: createHash("sha256").update(bytes).digest("hex"), gitBlob: git, swhid: `swh:1:cnt:${git}` };
  return Object.fromEntries(Object.entries(all).filter(([name]) => algorithms.some((algorithm) => algorithm === name)));
};

const lengths = [
  0,
  1,
  headBytes,
  headBytes + 1,
  syncBufferBytes - 1,
  syncBufferBytes,
  3 * syncBufferBytes + 7,
  readAheadFrom + 1,
];
const sets: readonly (readonly DigestAlgorithm[])[] = [["sha256"], ["gitBlob"], ["sha256", "gitBlob", "swhid"], []];

describe.each([false, true])("always synchronous: %s", (alwaysSync) => {
  for (const length of lengths) {
    test.each(sets.map((algorithms) => ({ algorithms })))(`${length} bytes, $algorithms`, async ({ algorithms }) => {
      const bytes = pattern(length);
      const path = make(`all-${length}`, bytes);
      chmodSync(path, 0o755);
      const lane = await createDigestLane(algorithms, { alwaysSync });
      const heads: Buffer[] = [];
      const tapped: Buffer[] = [];
      let ends = 0;
      const waiting = {
        write: async (chunk: Uint8Array) => {
          await new Promise((resolve) => setImmediate(resolve));
          tapped.push(Buffer.from(chunk));
        },
        end: async () => void ends++,
      };
      const plain = await digestLocalFile(path, lane);
      const looked = await digestLocalFile(path, lane, {
        onHead: (head) => void heads.push(Buffer.from(head)),
        tap: waiting,
      });
      const transfer = {
        status: "read",
        size: length,
        digest: expected(bytes, algorithms),
        lengthProven: true,
        mode: "100755",
      };
      expect(plain).toEqual(transfer);
      expect(looked).toEqual(transfer);
      expect(heads).toHaveLength(1);
      expect(heads[0]?.equals(bytes.subarray(0, headBytes))).toBe(true);
      expect(Buffer.concat(tapped).equals(bytes)).toBe(true);
      expect(ends).toBe(1);
    });
  }
});

test("a small file needs no promise, a big one only where it is read ahead", async () => {
  const small = make("small", pattern(100));
  const big = make("big", pattern(readAheadFrom));
  const ahead = await createDigestLane(["sha256"]);
  const sync = await createDigestLane(["sha256"], { alwaysSync: true });
  const sink = { write: () => {} };
  expect(digestLocalFile(small, ahead)).not.toBeInstanceOf(Promise);
  expect(digestLocalFile(small, ahead, { tap: sink, onHead: () => {} })).not.toBeInstanceOf(Promise);
  expect(digestLocalFile(big, sync)).not.toBeInstanceOf(Promise);
  const promised = digestLocalFile(big, ahead);
  expect(promised).toBeInstanceOf(Promise);
  await promised;
});

test("nobody is told of the end of a file that was not read to its end", async () => {
  for (const length of [3 * syncBufferBytes, readAheadFrom]) {
    const path = make("growing", pattern(length));
    let ended = false;
    let grown = false;
    const tap = {
      write: () => {
        if (!grown) appendFileSync(path, "more");
        grown = true;
      },
      end: () => {
        ended = true;
      },
    };
    const seen = await digestLocalFile(path, await createDigestLane(["sha256"]), { tap });
    expect(seen).toMatchObject({ status: "refused", reason: "changed-during-read" });
    expect(ended).toBe(false);
  }
});

test("refusals pass through", async () => {
  const lane = await createDigestLane(["sha256"]);
  expect(await digestLocalFile(join(root, "nowhere"), lane)).toMatchObject({ reason: "not-found" });
  expect(await digestLocalFile(root, lane)).toMatchObject({ reason: "not-a-file" });
  expect(await digestLocalFile(make("long", pattern(100)), lane, { maxBytes: 99 })).toMatchObject({
    reason: "too-large",
  });
});
