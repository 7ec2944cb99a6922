import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { defaultMemberLimits } from "../../src/inspect/limits.ts";
import { createMemberReader } from "../../src/inspect/members.ts";
import { endMarker, pax, readStream, type TarFields, tarMember, tarOf } from "./archives.ts";

const folder = mkdtempSync(join(tmpdir(), "wholesource-tar-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const longName = `${"a".repeat(120)}/${"b".repeat(90)}/ünïcode ☃.txt`;
const tree = join(folder, "tree");
mkdirSync(join(tree, "src", longName, ".."), { recursive: true });
writeFileSync(join(tree, "src/empty"), "");
writeFileSync(join(tree, "src/run.sh"), "#!/bin/sh\n");
chmodSync(join(tree, "src/run.sh"), 0o755);
writeFileSync(join(tree, "src", longName), "long");
writeFileSync(join(tree, "src/big"), Buffer.alloc(70_000, 7));
symlinkSync("run.sh", join(tree, "src/link"));
const treeFiles = ["src/big", "src/empty", `src/${longName}`, "src/run.sh"].sort();

function gnuTar(...args: readonly string[]): Buffer {
  return execFileSync("tar", ["-C", tree, ...args, "-cf", "-", "src"], { maxBuffer: 2 ** 26 });
}

describe("archives of real tools", () => {
  test.each(["gnu", "pax", "posix", "ustar"])("GNU tar, format %s", async (format) => {
    // ustar has no room for such a long name.
    const skip = format === "ustar" ? ["--exclude=aaa*"] : [];
    const files = format === "ustar" ? treeFiles.filter((path) => !path.includes("aaa")) : treeFiles;
    const seen = await readStream(gnuTar(`--format=${format}`, ...skip));
    expect(seen.hazards).toEqual([]);
    expect(seen).toMatchObject({ format: "tar", membersComplete: true, outsideCount: 0 });
    expect([...seen.ended].sort()).toEqual(files);
    expect(seen.bytes["src/big"]).toBe("\x07".repeat(70_000));
    expect(seen.members.find(({ path }) => path === "src/run.sh")).toMatchObject({ mode: "100755", size: 10 });
    expect(seen.members.find(({ path }) => path === "src/link")).toMatchObject({
      type: "symlink",
      mode: "120000",
      linkTarget: "run.sh",
    });
  });

  test("the same members whatever the chunks", async () => {
    const archive = gnuTar("--format=pax");
    const whole = await readStream(archive, {}, archive.length);
    for (const chunk of [1, 7, 511, 512, 513, 10_240]) {
      const { members, bytes, ended, hazards } = await readStream(archive, {}, chunk);
      expect({ members, bytes, ended, hazards }).toEqual({
        members: whole.members,
        bytes: whole.bytes,
        ended: whole.ended,
        hazards: [],
      });
    }
  });

  test("an npm package", async () => {
    const source = join(folder, "package");
    mkdirSync(source);
    writeFileSync(join(source, "package.json"), JSON.stringify({ name: "tried", version: "1.0.0", license: "MIT" }));
    writeFileSync(join(source, "index.js"), "export {};\n");
    const [packed] = JSON.parse(
      execFileSync("npm", ["pack", "--json", "--silent", "--offline", "--pack-destination", folder], {
        cwd: source,
        encoding: "utf8",
      }),
    );
    const seen = await readStream(readFileSync(join(folder, packed.filename)), { strip: 1 });
    expect(seen.hazards).toEqual([]);
    expect(seen).toMatchObject({ format: "gzip", membersComplete: true, memberCount: 2 });
    expect([...seen.ended].sort()).toEqual(["index.js", "package.json"]);
    expect(seen.bytes["index.js"]).toBe("export {};\n");
  });

  test("git archive, with its global header", async () => {
    const git = (...args: readonly string[]): Buffer =>
      execFileSync("git", ["-C", tree, "-c", "user.name=a", "-c", "user.email=a@example.org", ...args]);
    git("init", "-q");
    git("add", "src");
    git("commit", "-qm", "x");
    const seen = await readStream(git("archive", "--prefix=repo-1/", "HEAD"), { strip: 1 });
    expect(seen.hazards).toEqual([]);
    expect([...seen.ended].sort()).toEqual(treeFiles);
  });

  test("python's tarfile, every format", async () => {
    const script = `
import io, sys, tarfile
out = io.BytesIO()
with tarfile.open(fileobj=out, mode="w", format=int(sys.argv[1])) as archive:
    for name in ["a/x.txt", "n" * 150, "ü/☃.txt"]:
        info = tarfile.TarInfo(name); info.size = 5
        archive.addfile(info, io.BytesIO(b"hello"))
sys.stdout.buffer.write(out.getvalue())
`;
    for (const format of ["1", "2"]) {
      const seen = await readStream(execFileSync("python3", ["-c", script, format]));
      expect(seen.hazards).toEqual([]);
      expect(seen.ended).toEqual(["a/x.txt", "n".repeat(150), "ü/☃.txt"]);
    }
  });

  test("a hard link has no bytes of its own", async () => {
    const seen = await readStream(tarOf({ name: "a", body: "x" }, { name: "b", type: "1", link: "a" }));
    expect(seen.hazards).toEqual([]);
    expect(seen.members[1]).toMatchObject({ path: "b", type: "hardlink", linkTarget: "a", size: 0 });
  });

  test("an empty tar is valid", async () => {
    const seen = await readStream(gnuTar("--exclude=*"));
    expect(seen).toMatchObject({ format: "tar", hazards: [], membersComplete: true, memberCount: 0 });
  });

  test("old v7 headers have no magic", async () => {
    const seen = await readStream(
      tarOf({ name: "a", body: "x", magic: "\0", type: "\0" }, { name: "d/", magic: "\0" }),
    );
    expect(seen.hazards).toEqual([]);
    expect(seen.members.map(({ path, type }) => `${type} ${path}`)).toEqual(["file a", "folder d"]);
  });
});

describe("where members stand", () => {
  const archive = tarOf(
    { name: "top", body: "t" },
    { name: "./pkg/data/a", body: "a" },
    { name: "pkg//data/sub/b", body: "b" },
    { name: "pkg/other", body: "o" },
    { name: "pkg/data/", type: "5" },
  );
  test.each([
    [{ strip: 0 }, ["top", "pkg/data/a", "pkg/data/sub/b", "pkg/other"], 0],
    [{ strip: 1 }, ["data/a", "data/sub/b", "other"], 1],
    [{ strip: 1, prefix: "data" }, ["a", "sub/b"], 2],
    [{ strip: 0, prefix: "pkg/data/" }, ["a", "sub/b"], 2],
    [{ strip: 9 }, [], 4],
  ])("%o", async (options, expected, outside) => {
    const seen = await readStream(archive, options);
    expect(seen.ended).toEqual(expected);
    expect(seen).toMatchObject({ memberCount: 5, outsideCount: outside, hazards: [], membersComplete: true });
  });
});

describe("hostile members", () => {
  const file = (name: string): TarFields => ({ name, body: "x" });
  const paxed = (name: string | Buffer): readonly Buffer[] => [pax([["path", name]]), tarMember(file("short"))];
  const cases: readonly (readonly [string, readonly (TarFields | Buffer)[], readonly string[]])[] = [
    ["a path with ..", [file("a/../../b")], ["archive-unsafe"]],
    ["an absolute path", [file("/etc/passwd")], ["archive-unsafe"]],
    ["a drive", [file("C:\\x")], ["archive-unsafe"]],
    ["a backslash", [file("a\\b")], ["archive-unsafe"]],
    ["an escape character", [file("a\u001b[31m")], ["archive-unsafe"]],
    ["a newline", [file("a\nb")], ["archive-unsafe"]],
    ["a right-to-left override", [file("gpj\u202e.exe")], ["archive-unsafe"]],
    ["setuid", [{ ...file("a"), mode: 0o4755 }], ["archive-unsafe"]],
    ["a link outside", [{ name: "d/l", type: "2", link: "../../x" }], ["archive-unsafe"]],
    ["an absolute link", [{ name: "l", type: "2", link: "/etc/passwd" }], ["archive-unsafe"]],
    ["a link through a name", [{ name: "a/b/l", type: "2", link: "c/../../../x" }], ["archive-unsafe"]],
    ["a member below a link", [{ name: "l", type: "2", link: "d" }, file("l/x")], ["archive-unsafe"]],
    ["a hard link outside", [{ name: "l", type: "1", link: "../x" }], ["archive-unsafe"]],
    ["a FIFO", [{ name: "f", type: "6" }], ["archive-unsafe"]],
    ["a device", [{ name: "f", type: "3" }], ["archive-unsafe"]],
    ["a duplicate", [file("a"), file("b"), file("a")], ["archive-ambiguous"]],
    ["a duplicate by spelling", [file("a/b"), file("./a//b")], ["archive-ambiguous"]],
    ["letter case", [file("README"), file("readme")], ["archive-ambiguous"]],
    ["Unicode form", [file("caf\u00e9"), file("cafe\u0301")], ["archive-ambiguous"]],
    ["a ligature", [file("\ufb01le"), file("file")], ["archive-ambiguous"]],
    ["a file and a folder", [file("a"), file("a/b")], ["archive-ambiguous"]],
    ["a folder and a file", [file("a/b"), file("a")], ["archive-ambiguous"]],
    ["a pax path cut by NUL", paxed("good\0evil"), ["archive-ambiguous"]],
    ["a pax path with ..", paxed("../x"), ["archive-unsafe"]],
    [
      "a pax path twice",
      [
        pax([
          ["path", "a"],
          ["path", "b"],
        ]),
        tarMember(file("s")),
      ],
      ["archive-ambiguous"],
    ],
    ["a pax path with a newline", paxed("a\nb"), ["archive-ambiguous"]],
    [
      "a record inside a value",
      [pax([["comment", "x\n13 path=evil\n"]]), tarMember(file("good"))],
      ["archive-ambiguous"],
    ],
    ["a global path", [pax([["path", "all"]], "g"), tarMember(file("a"))], ["archive-ambiguous"]],
    ["a global size", [pax([["size", "0"]], "g"), tarMember(file("a"))], ["archive-ambiguous"]],
    ["a pax size that differs", [pax([["size", "512"]]), tarMember(file("a"))], ["archive-ambiguous"]],
    ["a negative pax size", [pax([["size", "-1"]]), tarMember(file("a"))], ["archive-corrupt"]],
    ["a pax size in hex", [pax([["size", "0x1"]]), tarMember(file("a"))], ["archive-corrupt"]],
    ["a broken pax record", [tarMember({ type: "x", body: "99 path=a\n" }), tarMember(file("a"))], ["archive-corrupt"]],
    ["a pax header before nothing", [file("a"), pax([["path", "x"]])], ["archive-corrupt"]],
    ["a sparse member", [{ name: "s", type: "S", body: "x" }], ["archive-unsupported"]],
    ["a sparse pax member", [pax([["GNU.sparse.major", "1"]]), tarMember(file("a"))], ["archive-unsupported"]],
    ["an unknown type", [{ name: "q", type: "Q", body: "x" }, file("a")], ["archive-ambiguous"]],
    ["a folder with a size", [{ name: "d/", type: "5", size: "00000000001\0" }, file("a")], ["archive-ambiguous"]],
    ["a negative size", [{ name: "n", size: Buffer.alloc(12, 0xff) }], ["archive-corrupt"]],
    ["a size that is no number", [{ name: "n", size: "0000zzzz000\0" }], ["archive-corrupt"]],
    ["a size beyond 2^53", [{ name: "n", size: Buffer.from("800000007fffffffffffffff", "hex") }], ["archive-corrupt"]],
    ["a wrong checksum", [file("a"), { name: "b", checksum: 1 }], ["archive-corrupt"]],
    ["a wrong checksum at the start", [{ name: "b", checksum: 1 }], ["archive-corrupt"]],
    ["a name that is not UTF-8", [{ name: Buffer.from([0x61, 0xe9]) }], ["archive-ambiguous"]],
    ["a name like gzip", [file("a"), { name: Buffer.from([0x1f, 0x8b, 0x08]) }], ["archive-ambiguous"]],
    ["zeros in the middle", [file("a"), Buffer.alloc(512), tarMember(file("b"))], ["archive-ambiguous"]],
    ["a second archive", [file("a"), endMarker, tarMember(file("hidden"))], ["archive-trailing"]],
    ["a path that is too long", paxed(`${"x/".repeat(2100)}y`), ["archive-limit"]],
    ["a name that is too long", paxed("x".repeat(256)), ["archive-limit"]],
    ["too many folders", paxed(`${"d/".repeat(66)}x`), ["archive-limit"]],
    ["a huge extended header", [{ type: "x", size: "77777777777\0" }], ["archive-limit"]],
  ];

  test.each(cases)("%s", async (_name, members, codes) => {
    for (const chunk of [512, 999, 1 << 20]) {
      const seen = await readStream(tarOf(...members), {}, chunk);
      expect(seen.codes).toEqual(codes);
    }
  });

  test("what leads astray is not handed on, what is merely odd is", async () => {
    const seen = await readStream(tarOf(file("../x"), file("/y"), file("a\u0007"), file("z")));
    expect(seen.members.map(({ path }) => path)).toEqual(["a\u0007", "z"]);
    expect(seen.hazards.map(({ at }) => at)).toEqual(["../x", "/y", "a\u0007"]);
    expect(seen).toMatchObject({ memberCount: 4, membersComplete: true });
  });

  test("hazards of one kind are counted, not kept", async () => {
    const seen = await readStream(tarOf(...Array.from({ length: 100 }, (_, index) => file(`../${index}`))));
    expect(seen.hazards).toHaveLength(21);
    expect(seen.hazards[20]?.detail).toBe("80 more like these");
  });

  test("names that stand for members of objects stay names", async () => {
    const seen = await readStream(tarOf(file("__proto__"), file("constructor"), file("hasOwnProperty")));
    expect(seen.hazards).toEqual([]);
    expect(seen.members.map(({ path }) => path)).toEqual(["__proto__", "constructor", "hasOwnProperty"]);
  });
});

describe("archives that are cut", () => {
  const long = `${"p".repeat(250)}/${"q".repeat(250)}/${"r".repeat(250)}`;
  const archive = tarOf({ name: "a", body: "x".repeat(700) }, pax([["path", long]]), tarMember({ body: "yy" }));
  const membersEnd = archive.length - 1024;

  test("at every 100th byte: never complete, and no cut member is whole", async () => {
    for (let cut = 1; cut < membersEnd + 512; cut += 100) {
      const seen = await readStream(archive.subarray(0, cut));
      expect(seen.membersComplete, `cut at ${cut}`).toBe(false);
      expect(seen.ended).toEqual(cut < 512 + 700 ? [] : cut < membersEnd - 512 + 2 ? ["a"] : ["a", long]);
      // Below a block nothing shows that it should have been a tar.
      expect(seen.codes).toEqual([cut < 262 ? "archive-corrupt" : "archive-truncated"]);
    }
  });

  test("one block of zeros still is an end", async () => {
    const seen = await readStream(archive.subarray(0, membersEnd + 512));
    expect(seen).toMatchObject({ membersComplete: true, hazards: [] });
  });

  test("a transfer that was cut short says nothing about the archive", async () => {
    const seen = await readStream(archive.subarray(0, 800), {}, 100, false);
    expect(seen).toMatchObject({ membersComplete: false, hazards: [] });
    const packed = await readStream(gzipSync(archive).subarray(0, 50), {}, 10, false);
    expect(packed).toMatchObject({ membersComplete: false, hazards: [] });
  });

  test("no bytes at all", async () => {
    expect(await readStream(Buffer.alloc(0))).toMatchObject({ membersComplete: false, codes: ["empty-file"] });
  });
});

test("any single byte that changes never makes a clean read of other bytes", async () => {
  const archive = gzipSync(tarOf({ name: "a", body: "hello" }, { name: "b/c", body: "world" }));
  const clean = await readStream(archive);
  expect(clean.hazards).toEqual([]);
  for (let at = 0; at < archive.length; at++) {
    const broken = Buffer.from(archive);
    broken[at] = (broken[at] ?? 0) ^ 0x10;
    const seen = await readStream(broken);
    const same = JSON.stringify([seen.bytes, seen.ended]) === JSON.stringify([clean.bytes, clean.ended]);
    // Time, system and name in the gzip header are not part of what is read.
    expect(same || seen.hazards.length > 0, `byte ${at}`).toBe(true);
  }
});

test("random blocks never throw and never pass", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 3000 }), fc.boolean(), async (noise, valid) => {
      const archive = Buffer.concat([valid ? tarMember({ name: "a", body: "x" }) : Buffer.alloc(0), noise]);
      const seen = await readStream(archive);
      expect(seen.membersComplete && seen.hazards.length === 0 && noise.some((byte) => byte !== 0)).toBe(false);
    }),
    { numRuns: 200 },
  );
});

describe("limits", () => {
  const limits = { ...defaultMemberLimits, maxMembers: 3, maxTotalBytes: 20_000 };
  const many = (count: number): TarFields[] => Array.from({ length: count }, (_, index) => ({ name: `f${index}` }));

  test("members", async () => {
    expect(await readStream(tarOf(...many(3)), { limits })).toMatchObject({ codes: [], membersComplete: true });
    expect(await readStream(tarOf(...many(4)), { limits })).toMatchObject({
      codes: ["archive-limit"],
      membersComplete: false,
      memberCount: 3,
    });
  });

  test("bytes", async () => {
    const big = tarOf({ name: "a", body: Buffer.alloc(30_000) });
    for (const archive of [big, gzipSync(big)]) {
      const seen = await readStream(archive, { limits });
      expect(seen).toMatchObject({ codes: ["archive-limit"], membersComplete: false, ended: [] });
    }
  });

  test("a bomb of zeros is stopped by its ratio, in flat memory", async () => {
    const zeros = Buffer.alloc(8 * 1024 * 1024);
    // Deflate can not do better than 1032:1, so that 1000 is a bomb's own mark.
    const head = gzipSync(Buffer.concat([tarMember({ name: "a", size: "77777777777\0" }), zeros, zeros, zeros, zeros]));
    const bomb = Buffer.concat([head, ...Array.from({ length: 60 }, () => gzipSync(zeros, { level: 9 }))]);
    let got = 0;
    const add = (bytes: number): void => {
      got += bytes;
    };
    const seen = await readStream(bomb, {
      onMember: () => ({ write: (chunk) => add(chunk.length), end: () => expect.unreachable() }),
    });
    expect(seen).toMatchObject({ codes: ["archive-limit"], membersComplete: false });
    expect(got).toBeLessThan(80 * 1024 * 1024);
  });
});

test("a sink can make the archive wait, and its error comes back", async () => {
  const archive = gzipSync(tarOf({ name: "a", body: Buffer.alloc(3_000_000, 1) }, { name: "b", body: "b" }));
  let busy = 0;
  let most = 0;
  const seen = await readStream(archive, {
    onMember: () => ({
      async write() {
        most = Math.max(most, ++busy);
        await new Promise((resolve) => setImmediate(resolve));
        busy--;
      },
    }),
  });
  expect(seen.hazards).toEqual([]);
  expect(most).toBe(1);

  for (const bytes of [archive, tarOf({ name: "a", body: "x" })]) {
    const reader = createMemberReader({
      path: "a",
      strip: 0,
      onMember: () => ({ write: () => Promise.reject(new Error("disk full")) }),
    });
    await expect(reader.write(bytes).then(() => reader.finish())).rejects.toThrow("disk full");
  }
});
