import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nativeBlake3, portableBlake3 } from "../../src/digest/blake3.ts";
import { createDigester, gitBufferBytes, loadDigesters } from "../../src/digest/digester.ts";
import { type DigestAlgorithm, digestAlgorithms, digestOfNothing } from "../../src/model/digest.ts";

interface Vectors {
  readonly vectors: readonly { readonly length: number; readonly digest: { readonly [algorithm: string]: string } }[];
}
const { vectors }: Vectors = JSON.parse(readFileSync(new URL("../vectors/digests.json", import.meta.url), "utf8"));
const ofBytes = digestAlgorithms.filter((algorithm) => algorithm !== "gitTree");
const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index % 251);

describe("every algorithm agrees with the tools of others", () => {
  test("the vectors cover all algorithms over bytes", () => {
    for (const { digest } of vectors) expect(Object.keys(digest).sort()).toEqual([...ofBytes].sort());
  });

  test.each(vectors)("$length bytes in one chunk, size announced", async ({ length, digest }) => {
    const digester = await createDigester(digestAlgorithms, { size: length });
    if (length > 0) digester.write(pattern(length));
    expect(digester.digest()).toEqual(digest);
    expect(digester.size).toBe(length);
  });

  test.each(vectors)("$length bytes in odd chunks, size unknown", async ({ length, digest }) => {
    const digester = await createDigester(digestAlgorithms);
    const bytes = pattern(length);
    const reused = new Uint8Array(997);
    for (let at = 0; at < length; at += reused.length) {
      const chunk = bytes.subarray(at, at + reused.length);
      reused.set(chunk);
      digester.write(reused.subarray(0, chunk.length));
      // The chunk is only lent: its owner writes over it.
      reused.fill(0xff);
    }
    expect(digester.digest()).toEqual(digest);
  });

  test("nothing has the digest that the model calls the digest of nothing", async () => {
    const { gitTree: _, ...nothing } = digestOfNothing;
    expect((await createDigester(digestAlgorithms)).digest()).toEqual(nothing);
  });
});

describe("a git object is told only with its true size", () => {
  const git: readonly DigestAlgorithm[] = ["sha256", "gitBlob", "swhid"];

  test.each([9, 11, 0])("announced %i, came 10", async (size) => {
    const digester = await createDigester(git, { size });
    digester.write(pattern(10));
    expect(Object.keys(digester.digest())).toEqual(["sha256"]);
  });

  test("unknown and longer than the buffer", async () => {
    const digester = await createDigester(git);
    digester.write(new Uint8Array(gitBufferBytes));
    digester.write(new Uint8Array(1));
    expect(Object.keys(digester.digest())).toEqual(["sha256"]);
  });

  test("unknown and as long as the buffer", async () => {
    const announced = await createDigester(git, { size: gitBufferBytes });
    const unknown = await createDigester(git);
    for (const digester of [announced, unknown]) {
      digester.write(new Uint8Array(gitBufferBytes - 1));
      digester.write(new Uint8Array(1));
    }
    expect(Object.keys(announced.digest())).toEqual(git);
    expect(unknown.digest()).toEqual(announced.digest());
  });
});

test("a restart forgets what came before", async () => {
  const digesters = await loadDigesters(digestAlgorithms);
  const [first, second] = [digesters.create({ size: 3 }), digesters.create({ size: 3 })];
  first.write(pattern(200));
  first.restart();
  for (const digester of [first, second]) digester.write(pattern(3));
  expect(first.digest()).toEqual(second.digest());
  expect(first.size).toBe(3);
});

test("the digest may be asked for again, but nothing written after it", async () => {
  const digester = await createDigester(["sha256"]);
  expect(digester.digest()).toEqual(digester.digest());
  expect(() => digester.write(pattern(1))).toThrow(/after its digest/);
});

test("only what was asked for, in the order of reports", async () => {
  const digester = await createDigester(["md5", "gitTree", "sha256"]);
  expect(Object.keys(digester.digest())).toEqual(["sha256", "md5"]);
});

test("blake3 is the same natively and in JavaScript, however it is cut", async () => {
  const native = nativeBlake3();
  // Where this machine has no native binding there is nothing to compare, and the vectors cover the other one.
  if (native === undefined) return;
  const portable = await portableBlake3();
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 5 }), (chunks) => {
      const hashers = [native(), portable()];
      for (const chunk of chunks) for (const hasher of hashers) hasher.update(chunk);
      const [a, b] = hashers.map((hasher) => hasher.hex());
      expect(a).toBe(b);
    }),
    { numRuns: 50 },
  );
});

test.each(vectors)("blake3 in JavaScript, $length bytes", async ({ length, digest }) => {
  const hasher = (await portableBlake3())();
  hasher.update(pattern(length));
  expect(hasher.hex()).toBe(digest.blake3);
});
