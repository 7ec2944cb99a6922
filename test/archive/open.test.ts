import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { writeFolder } from "../../src/archive/folder-write.ts";
import { type OpenArchive, type OpenArchiveOptions, openArchive } from "../../src/archive/open.ts";
import { type Packing, writeTar } from "../../src/archive/tar-write.ts";
import { endMarker, pax, type TarFields, tarMember, tarOf, type ZipFields, zipOf } from "../inspect/archives.ts";
import { need } from "../services/need.ts";
import { bagFaults, entriesIn, files, stream, tree, treeOf } from "./tar-release.ts";

const folder = mkdtempSync(join(tmpdir(), "wholesource-open-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sources = join(folder, "sources");
mkdirSync(sources);
const entries = entriesIn(sources);
const bag = join(folder, "bag");
await writeFolder(stream(entries), bag, { link: true });

const packings: readonly Packing[] = ["none", "gzip", "zstd"];
const packed = Object.fromEntries(
  await Promise.all(
    packings.map(async (compression) => {
      const path = join(folder, `ours-${compression}`);
      await writeTar(stream(entries), path, { compression, root: "r", time: "2024-01-01T00:00:00Z" });
      return [compression, path] as const;
    }),
  ),
);
const ours = (packing: Packing): string => packed[packing] ?? "";

let count = 0;
interface Scratch {
  readonly path: string;
  readonly options: OpenArchiveOptions;
}
function scratch(more: Partial<OpenArchiveOptions> = {}): Scratch {
  const path = join(folder, `scratch-${count++}`);
  mkdirSync(path);
  return { path, options: { scratch: async () => path, signal: new AbortController().signal, ...more } };
}
const open = (path: string, more: Partial<OpenArchiveOptions> = {}) => openArchive(path, scratch(more).options);
function put(bytes: Uint8Array): string {
  const path = join(folder, `file-${count++}`);
  writeFileSync(path, bytes);
  return path;
}
async function opened(path: string): Promise<OpenArchive> {
  const archive = await open(path);
  if (archive === undefined) throw new Error("nothing was opened");
  return archive;
}
const codes = ({ faults }: OpenArchive): readonly string[] => faults.map(({ severity, code }) => `${severity} ${code}`);

describe("ours", () => {
  test.each(packings)("%s: all of it comes back, and nothing is said", async (packing) => {
    const { path, options } = scratch();
    const archive = await openArchive(ours(packing), options);
    expect(archive).toMatchObject({ form: "bag", packed: true, ours: true, faults: [] });
    expect(treeOf(archive?.folder ?? "")).toEqual(tree);
    expect(await bagFaults(archive?.folder ?? "")).toEqual([]);
    await archive?.close();
    expect(readdirSync(path)).toEqual([]);
  });

  test("a folder is opened as it lies", async () => {
    const { path, options } = scratch();
    const archive = await openArchive(bag, options);
    expect(archive).toMatchObject({ form: "bag", folder: bag, packed: false, ours: true, faults: [] });
    await archive?.close();
    expect(treeOf(bag)).toEqual(tree);
    expect(readdirSync(path)).toEqual([]);
  });
});

need(
  "tar",
  "python3",
  "zip",
  "bsdtar",
  "zstd",
)("what others pack", () => {
  const to = (name: string): string => join(folder, name);
  const into = { cwd: folder, stdio: "pipe" } as const;
  test.each<readonly [string, string, readonly string[]]>([
    ["GNU tar", "tar", ["--format=gnu", "-cf", to("gnu.tar"), "bag"]],
    ["GNU tar, pax", "tar", ["--format=pax", "-cf", to("pax.tar"), "bag"]],
    ["GNU tar, gzip, without a root", "tar", ["-C", bag, "-czf", to("gnu.tar.gz"), "."]],
    ["GNU tar, zstd", "tar", ["--zstd", "-cf", to("gnu.tar.zst"), "bag"]],
    ["bsdtar", "bsdtar", ["-cf", to("bsd.tar"), "bag"]],
    ["bsdtar, zstd", "bsdtar", ["--zstd", "-cf", to("bsd.tar.zst"), "bag"]],
    ["Python's tarfile", "python3", ["-m", "tarfile", "-c", to("python.tar.gz"), "bag"]],
    ["Python's zipfile", "python3", ["-m", "zipfile", "-c", to("python.zip"), "bag"]],
    ["zip", "zip", ["-qr", to("zip.zip"), "bag"]],
    ["bsdtar, zip", "bsdtar", ["--format=zip", "-cf", to("bsd.zip"), "-C", bag, "."]],
  ])("%s", async (_name, program, args) => {
    execFileSync(program, args, into);
    const path = args.find((arg) => arg.startsWith(folder) && arg !== bag) ?? "";
    // The name tells nothing: only the bytes do.
    const nameless = put(readFileSync(path));
    const archive = await opened(nameless);
    expect(archive).toMatchObject({ form: "bag", packed: true, ours: true, faults: [] });
    expect(treeOf(archive.folder)).toEqual(tree);
  });

  test("files with a second name, which tar keeps as a link", async () => {
    const twice = join(folder, "twice");
    mkdirSync(join(twice, "data"), { recursive: true });
    writeFileSync(join(twice, "bagit.txt"), files["bagit.txt"] ?? "");
    writeFileSync(join(twice, "data/a"), "the same");
    linkSync(join(twice, "data/a"), join(twice, "data/b"));
    const archive = await opened(put(execFileSync("tar", ["-C", folder, "-cf", "-", "twice"])));
    expect(archive.faults).toEqual([]);
    expect(readFileSync(join(archive.folder, "data/a"), "utf8")).toBe("the same");
    expect(readFileSync(join(archive.folder, "data/b"), "utf8")).toBe("the same");
  });

  test("ours are read by bsdtar too", () => {
    for (const packing of packings) {
      const target = mkdtempSync(join(folder, "bsd-"));
      expect(spawnSync("bsdtar", ["-xf", ours(packing), "-C", target], { encoding: "utf8" })).toMatchObject({
        status: 0,
        stderr: "",
      });
      expect(treeOf(join(target, "r"))).toEqual(tree);
    }
  });
});

describe("forms", () => {
  const file = (name: string, body = "{}"): TarFields => ({ name, body });
  test.each([
    ["an RO-Crate", [file("x/ro-crate-metadata.json"), file("x/data")], "ro-crate", false],
    ["an OCI layout", [file("oci-layout"), file("index.json"), file("blobs/sha256/a")], "oci-layout", false],
    ["a bag with a crate in its root", [file("bagit.txt"), file("ro-crate-metadata.json")], "bag", false],
    ["a crate of ours", [file("ro-crate-metadata.json"), file("wholesource/report.json")], "ro-crate", true],
    [
      "an OCI layout of ours",
      [
        file("oci-layout"),
        file("index.json", `{"manifests":[{"digest":"sha256:${"a".repeat(64)}"}]}`),
        file(`blobs/sha256/${"a".repeat(64)}`, '{"annotations":{"org.cncf.model.filepath":"wholesource/report.json"}}'),
      ],
      "oci-layout",
      true,
    ],
  ] as const)("%s", async (_name, members, form, isOurs) => {
    expect(await open(put(tarOf(...members)))).toMatchObject({ form, ours: isOurs, faults: [] });
  });

  test.each<readonly [string, () => string]>([
    ["a path that is not there", () => join(folder, "nowhere")],
    ["a path below a file", () => join(ours("none"), "x")],
    ["an empty file", () => put(Buffer.alloc(0))],
    ["a text", () => put(Buffer.from("version: 1\n"))],
    ["a gzip of a text", () => put(gzipSync("version: 1\n"))],
    ["a zip of other things", () => put(zipOf([{ name: "a", body: "a" }]))],
    ["a tar of other things", () => put(tarOf(file("a"), file("b")))],
    ["a bag two folders down", () => put(tarOf(file("a/b/bagit.txt")))],
    ["a bag beside other things", () => put(tarOf(file("a/bagit.txt"), file("b/x")))],
    ["a folder of other things", () => sources],
    [
      "a link that goes round",
      () => {
        symlinkSync("round", join(folder, "round"));
        return join(folder, "round");
      },
    ],
  ])("%s is none", async (_name, make) => {
    const { path, options } = scratch();
    expect(await openArchive(make(), options)).toBeUndefined();
    expect(readdirSync(path)).toEqual([]);
  });

  test("a long file that is only packed is not unpacked to its end", async () => {
    const { options } = scratch();
    let read = 0;
    const bytes = gzipSync(Buffer.concat([Buffer.alloc(512, 65), Buffer.alloc(2 ** 25)]), { level: 0 });
    const archive = await openArchive(put(bytes), { ...options, onBytes: (more) => (read += more) });
    expect(archive).toBeUndefined();
    expect(read).toBeLessThan(2 ** 24);
  });
});

describe("one flipped bit", () => {
  /** Everywhere: more than the members' content, of which nothing else speaks. */
  const positions = (size: number): readonly number[] => [
    ...Array.from({ length: 44 }, (_, at) => at),
    ...Array.from({ length: 36 }, (_, at) => size - 1 - at),
    ...Array.from({ length: 30 }, (_, at) => Math.floor((size * (at + 0.37)) / 30)),
  ];
  test.each(packings)("%s: is found, wherever it is", { timeout: 120_000 }, async (packing) => {
    const bytes = readFileSync(ours(packing));
    const path = put(bytes);
    for (const at of positions(bytes.length)) {
      const wrong = Buffer.from(bytes);
      wrong[at] = (wrong[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, wrong);
      const { path: place, options } = scratch();
      try {
        const archive = await openArchive(path, options);
        expect([at, archive?.faults.filter(({ severity }) => severity === "error")]).not.toEqual([at, []]);
        expect([at, archive]).not.toEqual([at, undefined]);
        await archive?.close();
      } catch (error) {
        expect([at, error]).toMatchObject([at, { code: "input-unreadable" }]);
      }
      expect(readdirSync(place)).toEqual([]);
    }
  });

  test("in what others packed it is found by the bag's own manifests", async () => {
    const bytes = readFileSync(ours("none")).subarray(1024);
    const at = bytes.indexOf(files["data/weights/model.bin"]?.subarray(0, 64) ?? "");
    const wrong = Buffer.from(bytes);
    wrong[at + 1000] = (wrong[at + 1000] ?? 0) ^ 1;
    const archive = await opened(put(wrong));
    expect(archive.faults).toEqual([]);
    expect(await bagFaults(archive.folder)).toEqual(["file-corrupt data/weights/model.bin"]);
  });

  test.each(packings)("%s: cut short it is damaged", async (packing) => {
    const bytes = readFileSync(ours(packing));
    for (const share of [0.3, 0.6, 0.9, 0.999]) {
      const archive = open(put(bytes.subarray(0, Math.floor(bytes.length * share))));
      const found = await archive.catch((error: { readonly code: string }) => error.code);
      if (typeof found === "object") expect(codes(found)).toContain("error archive-damaged");
      else expect(found).toBe("input-unreadable");
    }
  });
});

describe("hostile archives", () => {
  const body = files["bagit.txt"] ?? Buffer.alloc(0);
  const first = tarMember({ name: "bag/bagit.txt", body });
  const outside = join(folder, "outside");
  test.each<readonly [string, readonly (TarFields | Buffer)[], string]>([
    ["a path with `..`", [{ name: "bag/../../outside", body: "x" }], "error path-unsafe"],
    ["an absolute path", [{ name: outside, body: "x" }], "error path-unsafe"],
    ["an absolute path in a pax header", [pax([["path", outside]]), { name: "bag/x", body: "x" }], "error path-unsafe"],
    ["a path of Windows", [{ name: "C:\\outside", body: "x" }], "error path-unsafe"],
    [
      "a file through a link",
      [
        { name: "bag/link", type: "2", link: folder },
        { name: "bag/link/outside", body: "x" },
      ],
      "error path-unsafe",
    ],
    ["a link that stays inside", [{ name: "bag/link", type: "2", link: "bagit.txt" }], "error path-unsafe"],
    ["a hard link to the system", [{ name: "bag/link", type: "1", link: "/etc/passwd" }], "error path-unsafe"],
    ["a hard link upwards", [{ name: "bag/link", type: "1", link: "../../sources/0" }], "error path-unsafe"],
    ["a hard link to a folder", [{ name: "bag/link", type: "1", link: "bag" }], "error path-unsafe"],
    [
      "a hard link to what comes later",
      [{ name: "bag/link", type: "1", link: "bag/z" }, { name: "bag/z" }],
      "error path-unsafe",
    ],
    ["a hard link below a file", [{ name: "bag/link", type: "1", link: "bag/bagit.txt/x" }], "error path-unsafe"],
    ["a device", [{ name: "bag/null", type: "3" }], "error path-unsafe"],
    ["a FIFO", [{ name: "bag/fifo", type: "6" }], "error path-unsafe"],
    [
      "two members of one path",
      [
        { name: "bag/x", body: "1" },
        { name: "bag/x", body: "2" },
      ],
      "error form-invalid",
    ],
    ["a folder where a file is", [{ name: "bag/bagit.txt/x", body: "2" }], "error form-invalid"],
    ["a file where a folder is", [{ name: "bag/x/y" }, { name: "bag/x", body: "2" }], "error form-invalid"],
    ["names that differ in case", [{ name: "bag/x" }, { name: "bag/X" }], "warning form-discouraged"],
    ["a size beyond the archive", [{ name: "bag/x", size: "77777777777\0" }], "error archive-damaged"],
    [
      "a size beyond all disks",
      [pax([["size", "9007199254740000"]]), { name: "bag/x", body: "x" }],
      "error archive-damaged",
    ],
    [
      "too many folders",
      [{ name: `bag/${"d/".repeat(45)}x` }, pax([["path", `bag/${"d/".repeat(80)}x`]]), {}],
      "error archive-limit",
    ],
    ["a file that asks for its owner's rights", [{ name: "bag/x", mode: 0o4755 }], "warning form-discouraged"],
  ])("%s", async (_name, members, fault) => {
    const { path, options } = scratch();
    const archive = await openArchive(put(tarOf(first, ...members)), options);
    expect(archive?.form).toBe("bag");
    expect(codes(archive as OpenArchive)).toContain(fault);
    expect(existsSync(outside)).toBe(false);
    // Only regular files and folders are there, all of them inside.
    expect(Object.values(treeOf(path))).not.toContain("no file");
    expect(readFileSync(join(archive?.folder ?? "", "bagit.txt"))).toEqual(body);
  });

  test("what was unpacked first stays when a path comes twice", async () => {
    const archive = await opened(put(tarOf(first, { name: "bag/x", body: "1" }, { name: "bag/x", body: "2" })));
    expect(readFileSync(join(archive.folder, "x"), "utf8")).toBe("1");
  });

  test.each<readonly [string, readonly ZipFields[], string]>([
    ["a path with `..`", [{ name: "../outside", body: "x" }], "error path-unsafe"],
    ["a link", [{ name: "link", body: "bagit.txt", attributes: 0o120777 * 0x10000 }], "error path-unsafe"],
    [
      "members that share bytes",
      [
        { name: "a", body: "x".repeat(99) },
        { name: "b", body: "x".repeat(99), sharesWith: 1 },
      ],
      "error form-invalid",
    ],
    ["a false checksum", [{ name: "a", body: "abc", crc: 1 }], "error archive-damaged"],
  ])("zip: %s", async (_name, members, fault) => {
    const archive = await opened(put(zipOf([{ name: "bagit.txt", body }, ...members])));
    expect(codes(archive)).toContain(fault);
    expect(Object.values(treeOf(archive.folder))).not.toContain("no file");
    expect(existsSync(outside)).toBe(false);
  });

  const zeros = Buffer.alloc(2 ** 26);
  const bomb = Buffer.concat([first, tarMember({ name: "bag/zeros", body: zeros }), endMarker]);
  test.each<readonly [string, () => Uint8Array]>([
    ["gzip", () => gzipSync(bomb)],
    ["zstd", () => execFileSync("zstd", ["-qc"], { input: bomb, maxBuffer: 2 ** 26 })],
    [
      "zip",
      () =>
        zipOf([
          { name: "bagit.txt", body },
          { name: "zeros", body: zeros },
        ]),
    ],
  ])("a bomb of %s", async (_kind, make) => {
    const limits = { maxRatio: 100, ratioGraceBytes: 2 ** 20 };
    const archive = await openArchive(put(make()), scratch({ limits }).options);
    expect(codes(archive as OpenArchive)).toContain("error archive-limit");
    const size = existsSync(join(archive?.folder ?? "", "zeros"))
      ? readFileSync(join(archive?.folder ?? "", "zeros")).length
      : 0;
    expect(size).toBeLessThan(2 ** 24);
  });

  test("too many members", async () => {
    const many = Array.from({ length: 50 }, (_, at) => ({ name: `bag/${at}` }));
    const archive = await openArchive(put(tarOf(first, ...many)), scratch({ limits: { maxMembers: 20 } }).options);
    expect(codes(archive as OpenArchive)).toContain("error archive-limit");
    expect(readdirSync(archive?.folder ?? "").length).toBeLessThan(21);
  });

  test("a run that was stopped leaves nothing", async () => {
    const stop = new AbortController();
    const { path, options } = scratch({ signal: stop.signal, onBytes: () => stop.abort() });
    await expect(openArchive(ours("none"), options)).rejects.toMatchObject({ code: "interrupted" });
    expect(readdirSync(path)).toEqual([]);
  });
});

/** A file system of 1 MiB, where the machine lets us have one. */
const small = ((): string | undefined => {
  const place = mkdtempSync(join(tmpdir(), "wholesource-small-"));
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", place]).status === 0) return place;
  rmSync(place, { recursive: true });
  process.stderr.write("skipped: a full disk: no tmpfs can be mounted here\n");
  return undefined;
})();
describe.skipIf(small === undefined)("a disk without room", () => {
  writeFileSync(join(small ?? folder, "filler"), Buffer.alloc(400_000));
  afterAll(() => {
    spawnSync("umount", [small ?? ""]);
    rmSync(small ?? "", { recursive: true });
  });

  test.each([...packings, "zip"] as const)("%s: is told with what it takes, and nothing is left", async (packing) => {
    const zip = () =>
      put(
        zipOf([
          { name: "bagit.txt", body: "x" },
          { name: "a", body: Buffer.alloc(2 ** 21) },
        ]),
      );
    const path = packing === "zip" ? zip() : ours(packing);
    const options = { scratch: async () => small ?? "", signal: new AbortController().signal };
    await expect(openArchive(path, options)).rejects.toMatchObject({
      code: "no-space",
      hint: expect.stringContaining("TMPDIR"),
    });
    expect(readdirSync(small ?? "")).toEqual(["filler"]);
  });
});
