import { execFileSync } from "node:child_process";
import { constants, deflateRawSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { defaultMemberLimits } from "../../src/inspect/limits.ts";
import { readStream, tarOf } from "./archives.ts";

const tar = tarOf({ name: "a", body: "hello".repeat(100) }, { name: "b/c", body: "world" });
const whole = ["a", "b/c"];
const run = (command: string, args: readonly string[], input: Buffer): Buffer =>
  execFileSync(command, args, { input, maxBuffer: 2 ** 26 });

describe("gzip in all its shapes", () => {
  const packed = gzipSync(tar);
  const named = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 5, 0, 1, 2, 3, 4, 5]),
    Buffer.from("name.tar\0a comment\0"),
    packed.subarray(10),
  ]);
  test.each([
    ["gzip -9", run("gzip", ["-9"], tar)],
    ["extra field, name and comment", named],
    ["two streams", Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))])],
    [
      "an empty stream between",
      Buffer.concat([gzipSync(tar.subarray(0, 512)), gzipSync(""), gzipSync(tar.subarray(512))]),
    ],
    ["padded with zeros", Buffer.concat([packed, Buffer.alloc(4096)])],
    ["stored blocks", gzipSync(tar, { level: 0 })],
    ["flushed in the middle", gzipSync(tar, { flush: constants.Z_FULL_FLUSH })],
  ])("%s", async (_name, archive) => {
    for (const chunk of [1, 17, 4096, 1 << 20]) {
      const seen = await readStream(archive, {}, chunk);
      expect(seen).toMatchObject({ format: "gzip", hazards: [], membersComplete: true, ended: whole });
    }
  });

  test("cut at every byte", async () => {
    for (let cut = 20; cut < packed.length; cut++) {
      const seen = await readStream(packed.subarray(0, cut), {}, 64);
      expect(seen, `cut at ${cut}`).toMatchObject({ membersComplete: false, codes: ["archive-truncated"] });
    }
  });

  test("junk behind it hides no member, and is told", async () => {
    for (const junk of [
      Buffer.from("junk"),
      Buffer.from([0, 0, 1]),
      Buffer.from([0x1f]),
      Buffer.from("\0\0\x1f\x8b"),
    ]) {
      for (const chunk of [1, 1 << 20]) {
        const seen = await readStream(Buffer.concat([packed, junk]), {}, chunk);
        expect(seen).toMatchObject({ ended: whole, membersComplete: true, codes: ["archive-trailing"] });
      }
    }
  });

  test.each([
    ["checksum", -5, ["archive-corrupt"]],
    ["length", -1, ["archive-corrupt"]],
    ["reserved flag", 3, ["archive-corrupt"]],
  ])("wrong %s", async (_name, at, codes) => {
    const broken = Buffer.from(packed);
    const place = at < 0 ? broken.length + at : at;
    broken[place] = (broken[place] ?? 0) ^ 0x80;
    expect(await readStream(broken)).toMatchObject({ membersComplete: false, codes });
  });

  test("a header without end is not collected for ever", async () => {
    const endless = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]), Buffer.alloc(300_000, 0x61)]);
    expect(await readStream(endless, {}, 8192)).toMatchObject({ codes: ["archive-corrupt"], membersComplete: false });
  });

  test("so many streams that their number is the attack", async () => {
    const archive = Buffer.concat([packed, ...Array.from({ length: 50 }, () => gzipSync(""))]);
    const limits = { ...defaultMemberLimits, maxGzipStreams: 20 };
    expect(await readStream(archive, { limits })).toMatchObject({ codes: ["archive-limit"], membersComplete: false });
  });

  test("one file alone is no archive", async () => {
    for (const body of ["short", "x".repeat(5000), gzipSync(tar)]) {
      const seen = await readStream(gzipSync(body));
      expect(seen).toMatchObject({
        format: "gzip",
        codes: ["archive-unsupported"],
        membersComplete: false,
        memberCount: 0,
      });
    }
  });
});

describe("what is not read is said, and nothing ends the process", () => {
  test.each([
    ["zstd", run("zstd", ["-q", "-c"], tar)],
    ["xz", run("xz", ["-c"], tar)],
    ["bzip2", run("bzip2", ["-c"], tar)],
    ["7z", Buffer.concat([Buffer.from("377abcaf271c", "hex"), Buffer.alloc(100)])],
    ["rar", Buffer.concat([Buffer.from("Rar!\x1a\x07\x01\0", "latin1"), Buffer.alloc(100)])],
  ])("%s", async (format, archive) => {
    expect(await readStream(archive)).toMatchObject({ format, codes: ["archive-unsupported"], membersComplete: false });
    // Inside a gzip, the tar library would find it by itself.
    expect(await readStream(gzipSync(archive))).toMatchObject({ codes: ["archive-unsupported"], memberCount: 0 });
    const block = Buffer.concat([archive, Buffer.alloc(2048)]);
    expect((await readStream(gzipSync(block))).membersComplete).toBe(false);
  });

  test("a zip asks for a file", async () => {
    const seen = await readStream(Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(600)]));
    expect(seen).toMatchObject({ format: "zip", needsFile: true, membersComplete: false, hazards: [] });
  });

  test.each([
    ["a page", Buffer.from(`<!doctype html><title>x</title>${" ".repeat(600)}`), "html"],
    ["noise", Buffer.from(deflateRawSync("noise")), undefined],
  ])("%s is no archive", async (_name, bytes, format) => {
    const seen = await readStream(bytes);
    expect(seen.format).toBe(format);
    expect(seen).toMatchObject({ codes: ["archive-corrupt"], membersComplete: false });
  });
});
