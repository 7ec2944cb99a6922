import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { createUnzstd, isZstd, type UnzstdFault } from "../../src/archive/zstd-read.ts";
import { need } from "../services/need.ts";

const limits = { maxRatio: 1000, ratioGraceBytes: 2 ** 26 };
/** Text, noise and zeros: blocks of every kind. */
const content = Buffer.concat([
  Buffer.from(Array.from({ length: 20_000 }, (_, at) => `line ${(at * 7919) % 1000} of many\n`).join("")),
  Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at * 31 + (at >> 7) * 13 + (at >> 11)) & 0xff)),
  Buffer.alloc(400_000),
]);
const pack = (...args: readonly string[]): Buffer =>
  execFileSync("zstd", ["-qc", ...args], { input: content, maxBuffer: 2 ** 26 });

interface Read {
  readonly bytes: Buffer;
  readonly fault: UnzstdFault | undefined;
}

async function read(
  packed: Uint8Array,
  { chunk = packed.length, ...more }: Partial<typeof limits & { chunk: number }> = {},
): Promise<Read> {
  const parts: Buffer[] = [];
  const unzstd = await createUnzstd(
    async (bytes) => {
      parts.push(Buffer.from(bytes));
      return true;
    },
    { ...limits, ...more },
  );
  try {
    for (let at = 0; at < packed.length; at += chunk) {
      if (!(await unzstd.write(packed.subarray(at, at + chunk)))) break;
    }
    const fault = unzstd.finish();
    return { bytes: Buffer.concat(parts), fault };
  } finally {
    unzstd.close();
  }
}

const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

need("zstd")("what zstd packs", () => {
  test.each([[["-1"]], [["-3"]], [["-19"]], [["--ultra", "-22"]], [["--long=27"]], [["--no-check"]], [["--fast=5"]]])(
    "%j",
    async (args) => {
      const packed = pack(...args);
      expect(isZstd(packed)).toBe(true);
      for (const chunk of [packed.length, 1000, 7]) {
        const { bytes, fault } = await read(packed, { chunk });
        expect(fault).toBeUndefined();
        expect(bytes.equals(content)).toBe(true);
      }
    },
  );

  test("several frames, and frames that are to be skipped", async () => {
    const { bytes, fault } = await read(Buffer.concat([skippable, pack(), skippable, pack("-1"), skippable]), {
      chunk: 5000,
    });
    expect(fault).toBeUndefined();
    expect(bytes.equals(Buffer.concat([content, content]))).toBe(true);
  });

  test("two readers in turn do not disturb each other", async () => {
    const [a, b] = await Promise.all([read(pack(), { chunk: 500 }), read(pack("-19"), { chunk: 700 })]);
    expect([a.bytes.equals(content), b.bytes.equals(content)]).toEqual([true, true]);
  });

  test("cut short anywhere it is damaged", async () => {
    const packed = pack();
    for (let length = 1; length < packed.length; length += 997) {
      expect((await read(packed.subarray(0, length))).fault?.code).toBe("archive-damaged");
    }
  });

  test("a flipped bit is found by the frame's own checksum, or changes nothing", async () => {
    const packed = pack();
    let found = 0;
    for (let at = 0; at < packed.length; at += 131) {
      const bytes = Buffer.from(packed);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      const result = await read(bytes);
      if (result.fault !== undefined) found++;
      else expect(result.bytes.equals(content)).toBe(true);
    }
    expect(found).toBeGreaterThan((packed.length / 131) * 0.99);
  });

  test.each(["junk behind it", "another format"])("%s", async (what) => {
    const junk = Buffer.from("this is no frame of zstd");
    const { fault } = await read(what === "another format" ? junk : Buffer.concat([pack(), junk]));
    expect(fault).toEqual({ code: "archive-damaged", detail: "what follows a zstd frame is none" });
  });

  test("a window of more than 128 MiB is refused, not tried", async () => {
    expect((await read(pack("--long=28"))).fault?.code).toBe("archive-limit");
  });

  test("a bomb is stopped", async () => {
    const bomb = execFileSync("sh", ["-c", "head -c 200000000 /dev/zero | zstd -qc"], { maxBuffer: 2 ** 26 });
    const { bytes, fault } = await read(bomb, { ratioGraceBytes: 2 ** 20 });
    expect(fault?.code).toBe("archive-limit");
    expect(bytes.length).toBeLessThan(2 ** 25);
  });
});

describe("what no zstd packs", () => {
  const frame = (window: number, ...blocks: readonly Buffer[]): Buffer =>
    Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (window - 10) << 3]), ...blocks]);
  const last = Buffer.from([1, 0, 0]);

  test("100,000 empty frames that each ask for a window of 128 MiB", async () => {
    const before = process.memoryUsage().rss;
    const { bytes, fault } = await read(Buffer.concat(Array.from({ length: 100_000 }, () => frame(27, last))));
    expect([bytes.length, fault]).toEqual([0, undefined]);
    expect(process.memoryUsage().rss - before).toBeLessThan(500 * 2 ** 20);
  });

  test("100,000 blocks of one byte in such a window", async () => {
    const one = Buffer.from([0 | (1 << 1) | (1 << 3), 0, 0, 0x41]);
    const { bytes, fault } = await read(frame(27, ...Array.from({ length: 100_000 }, () => one), last));
    expect([bytes.length, fault]).toEqual([100_000, undefined]);
  });

  test("a size that is not the content's", async () => {
    const lying = Buffer.concat([
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 9]),
      Buffer.from([1 | (3 << 3), 0, 0, 1, 2, 3]),
    ]);
    expect((await read(lying)).fault?.code).toBe("archive-damaged");
  });
});
