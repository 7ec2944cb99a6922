import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { defaultMemberLimits } from "../../src/inspect/limits.ts";
import { readZip, type ZipFields, zipOf } from "./archives.ts";

const folder = mkdtempSync(join(tmpdir(), "wholesource-zip-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let written = 0;
function put(bytes: Buffer): string {
  const path = join(folder, `${written++}.zip`);
  writeFileSync(path, bytes);
  return path;
}

describe("archives of real tools", () => {
  test("python's zipfile: stored, deflated, folders, streamed, zip64", async () => {
    const path = join(folder, "python.zip");
    const script = `
import sys, zipfile
class Pipe:
    def __init__(self, out): self.out = out
    def write(self, data): return self.out.write(data)
    def flush(self): self.out.flush()
with open(sys.argv[1], "wb") as out:
    with zipfile.ZipFile(Pipe(out), "w") as archive:
        archive.writestr("a/stored.bin", b"s" * 1000)
        archive.writestr("a/deflated.txt", b"d" * 100000, zipfile.ZIP_DEFLATED)
        archive.writestr("ü/☃", b"snow")
        archive.writestr("folder/", b"")
        archive.writestr("empty", b"")
        with archive.open("big64", "w", force_zip64=True) as member: member.write(b"z" * 10)
`;
    execFileSync("python3", ["-c", script, path]);
    const seen = await readZip(path);
    expect(seen.hazards).toEqual([]);
    expect(seen).toMatchObject({ format: "zip", membersComplete: true, memberCount: 6 });
    expect(seen.ended).toEqual(["a/stored.bin", "a/deflated.txt", "ü/☃", "empty", "big64"]);
    expect(seen.bytes["a/deflated.txt"]).toBe("d".repeat(100_000));
    expect(seen.members.find(({ path: name }) => name === "folder")?.type).toBe("folder");
  });

  test("Info-ZIP, with an executable and a link", async () => {
    const source = join(folder, "source");
    mkdirSync(source);
    execFileSync("sh", ["-c", "echo hi > run.sh && chmod +x run.sh && ln -s run.sh link && zip -qry ../info.zip ."], {
      cwd: source,
    });
    const seen = await readZip(join(folder, "info.zip"));
    expect(seen.hazards).toEqual([]);
    expect(seen.members.find(({ path }) => path === "run.sh")).toMatchObject({ mode: "100755", size: 3 });
    expect(seen.members.find(({ path }) => path === "link")).toMatchObject({ type: "symlink", linkTarget: "run.sh" });
  });

  test("an empty zip", async () => {
    expect(await readZip(put(zipOf([])))).toMatchObject({ hazards: [], membersComplete: true, memberCount: 0 });
  });

  test("strip and prefix", async () => {
    const path = put(
      zipOf([
        { name: "top/data/a", body: "a" },
        { name: "top/b", body: "b" },
      ]),
    );
    expect(await readZip(path, { strip: 1, prefix: "data" })).toMatchObject({
      ended: ["a"],
      outsideCount: 1,
      hazards: [],
    });
  });
});

const structural = /duplicate|another|share|front|two|count|limit|no /;

describe("hostile archives", () => {
  const body = "hello ".repeat(50);
  const ordinary: ZipFields = { name: "ok", body };
  const cases: readonly (readonly [string, Buffer, readonly string[], readonly string[]])[] = [
    ["a path with ..", zipOf([{ name: "../x", body }, ordinary]), ["archive-unsafe"], ["ok"]],
    ["an absolute path", zipOf([{ name: "/x", body }]), ["archive-unsafe"], []],
    ["NUL in a name", zipOf([{ name: "a\0b", body }]), ["archive-unsafe"], []],
    ["a link outside", zipOf([{ name: "l", body: "/etc/passwd", attributes: 0xa1ed0000 }]), ["archive-unsafe"], []],
    ["a device", zipOf([{ name: "d", body: "", attributes: 0x21a40000 }]), ["archive-unsafe"], []],
    ["setuid", zipOf([{ name: "s", body, attributes: 0x89ed0000 }]), ["archive-unsafe"], ["s"]],
    ["a duplicate", zipOf([ordinary, { name: "ok", body: "other" }]), ["archive-ambiguous"], ["ok", "ok"]],
    ["letter case", zipOf([ordinary, { name: "OK", body }]), ["archive-ambiguous"], ["ok", "OK"]],
    ["another local name", zipOf([{ name: "a", body, local: { name: "b" } }]), ["archive-ambiguous"], []],
    ["another local size", zipOf([{ name: "a", body, local: { size: 5 } }]), ["archive-ambiguous"], []],
    ["another local checksum", zipOf([{ name: "a", body, local: { crc: 5 } }]), ["archive-ambiguous"], []],
    ["a wrong checksum in both", zipOf([{ name: "a", body, crc: 1 }, ordinary]), ["archive-corrupt"], ["ok"]],
    ["a size too small", zipOf([{ name: "a", body, size: 3 }]), ["archive-corrupt"], []],
    ["a size too large", zipOf([{ name: "a", body, size: 3000 }]), ["archive-corrupt"], []],
    ["a stored size too small", zipOf([{ name: "a", body, stored: true, size: 3 }]), ["archive-corrupt"], []],
    ["encrypted", zipOf([{ name: "a", body, flags: 0x801 }, ordinary]), ["archive-encrypted"], ["ok"]],
    ["encrypted in one header only", zipOf([{ name: "a", body, local: { flags: 0x801 } }]), ["archive-ambiguous"], []],
    ["an unknown method", zipOf([{ name: "a", body, method: 93 }, ordinary]), ["archive-unsupported"], ["ok"]],
    ["members that share bytes", zipOf([ordinary, { name: "ok", body, sharesWith: 0 }]), ["archive-ambiguous"], ["ok"]],
    ["data in front", Buffer.concat([Buffer.from("#!/bin/sh\n"), zipOf([ordinary])]), ["archive-ambiguous"], ["ok"]],
    ["data behind", Buffer.concat([zipOf([ordinary]), Buffer.from("more")]), ["archive-trailing"], ["ok"]],
    ["two archives", Buffer.concat([zipOf([ordinary]), zipOf([{ name: "b", body }])]), ["archive-ambiguous"], ["b"]],
    ["a count that is too small", zipOf([ordinary, { name: "b", body }], { count: 1 }), ["archive-ambiguous"], ["ok"]],
    ["a name too long", zipOf([{ name: "n".repeat(300), body }]), ["archive-limit"], []],
    ["no bytes", Buffer.alloc(0), ["empty-file"], []],
    ["no zip at all", Buffer.from("PK\x03\x04".padEnd(1000, "x")), ["archive-truncated"], []],
  ];
  test.each(cases)("%s", async (name, archive, codes, ended) => {
    const seen = await readZip(put(archive));
    expect(seen.codes).toEqual(codes);
    // A doubt about the structure may show only after a member was read: it never hides that the list is not whole.
    expect(seen.ended).toEqual(ended);
    if (structural.test(name)) expect(seen.membersComplete).toBe(false);
  });

  test("overlapping data under different names", async () => {
    const bomb = zipOf([
      { name: "a", body },
      { name: "b", body, sharesWith: 0 },
    ]);
    const seen = await readZip(put(bomb), { onMember: () => undefined });
    expect(seen).toMatchObject({ codes: ["archive-ambiguous"], membersComplete: false });
  });

  test("cut at many places: never complete, never a whole member with other bytes", async () => {
    const archive = zipOf([ordinary, { name: "b", body: "b".repeat(500), stored: true }]);
    for (let cut = 1; cut < archive.length; cut += 13) {
      const seen = await readZip(put(archive.subarray(0, cut)));
      expect(seen.membersComplete, `cut at ${cut}`).toBe(false);
      expect(seen.hazards.length).toBeGreaterThan(0);
      expect(seen.ended).toEqual([]);
    }
  });

  test("any single byte that changes is told or makes no difference", async () => {
    const archive = zipOf([ordinary, { name: "b", body: "b", stored: true }]);
    const clean = await readZip(put(archive));
    for (let at = 0; at < archive.length; at++) {
      const broken = Buffer.from(archive);
      broken[at] = (broken[at] ?? 0) ^ 0x04;
      const seen = await readZip(put(broken));
      const names = seen.members.map(({ path }) => path);
      const renamed = names.join() !== clean.members.map(({ path }) => path).join();
      const same = JSON.stringify(seen.bytes) === JSON.stringify(clean.bytes);
      expect(same || renamed || seen.hazards.length > 0, `byte ${at}`).toBe(true);
    }
  });
});

describe("limits", () => {
  const zeros = Buffer.alloc(2_000_000);
  test.each([
    ["bytes", { maxTotalBytes: 1_000_000 }, []],
    ["ratio", { ratioGraceBytes: 1000, maxRatio: 100 }, []],
    ["members", { maxMembers: 1 }, ["a"]],
    ["directory", { maxDirectoryBytes: 60 }, []],
  ])("%s", async (_name, limit, ended) => {
    const path = put(
      zipOf([
        { name: "a", body: zeros },
        { name: "b", body: "b" },
      ]),
    );
    const seen = await readZip(path, { limits: { ...defaultMemberLimits, ...limit } });
    expect(seen).toMatchObject({ codes: ["archive-limit"], membersComplete: false, ended });
  });
});

test("a sink's error and a file that is not there come back as they are", async () => {
  const path = put(zipOf([{ name: "a", body: "x".repeat(100_000) }]));
  const failing = { onMember: () => ({ write: () => Promise.reject(new Error("disk full")) }) };
  await expect(readZip(path, failing)).rejects.toThrow("disk full");
  await expect(readZip(join(folder, "none.zip"))).rejects.toThrow("ENOENT");
  expect(readFileSync(path).length).toBeGreaterThan(0);
});
