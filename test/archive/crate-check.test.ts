/** Crates that others made: the community's library makes sound ones, and each rule has a crate that breaks it. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ArchiveCheck } from "../../src/archive/contents.ts";
import { type CrateCheckOptions, checkCrate } from "../../src/archive/crate-check.ts";
import { CRATE_MAX_BYTES, CRATE_MAX_DEPTH, CRATE_MAX_VALUES } from "../../src/archive/crate-json.ts";
import { writeCrate } from "../../src/archive/crate-write.ts";
import { need } from "../services/need.ts";
import { needRocrate, runRocratePython } from "../services/rocrate.ts";
import { digestsOf, pieceOf, releaseOf } from "./crate-release.ts";

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "wholesource-crate-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const newFolder = (): string => mkdtempSync(join(scratch, "crate-"));

function put(folder: string, files: { readonly [path: string]: string | Uint8Array }): void {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

/** The faults as `severity code path`, the path only where it is none of the metadata's. */
const told = ({ faults }: ArchiveCheck): readonly string[] =>
  faults.map(({ severity, code, path = "" }) =>
    `${severity} ${code} ${path.startsWith("ro-crate-metadata") ? "" : path}`.trim(),
  );

const full: CrateCheckOptions = { depth: "full" };

type Entity = { readonly [key: string]: unknown };

interface Parts {
  readonly context?: unknown;
  readonly descriptor?: Entity;
  readonly root?: Entity;
  /** Besides `a.txt`, which `root` names. */
  readonly more?: readonly unknown[];
  readonly file?: Entity;
}

/** A sound crate of one file, with something changed; `undefined` leaves a property out. */
function crateOf({ context, descriptor, root, more = [], file }: Parts = {}): string {
  return JSON.stringify({
    "@context": context === undefined ? "https://w3id.org/ro/crate/1.2/context" : context,
    "@graph": [
      {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        about: { "@id": "./" },
        conformsTo: { "@id": "https://w3id.org/ro/crate/1.2" },
        ...descriptor,
      },
      {
        "@id": "./",
        "@type": "Dataset",
        name: "n",
        description: "d",
        datePublished: "2026-01-02",
        license: "MIT",
        hasPart: [{ "@id": "a.txt" }, ...more.flatMap((one) => (isEntity(one) ? [{ "@id": one["@id"] }] : []))],
        ...root,
      },
      { "@id": "a.txt", "@type": "File", contentSize: "6", sha256: digestsOf("hello\n").sha256, ...file },
      ...more,
    ],
  });
}

const isEntity = (value: unknown): value is Entity => typeof value === "object" && value !== null && "@id" in value;

/** The verdict on a folder with this metadata and `a.txt`. */
async function verdict(
  metadata: string | Uint8Array,
  files: { readonly [path: string]: string } = {},
  options = full,
): Promise<ArchiveCheck> {
  const folder = newFolder();
  put(folder, { "ro-crate-metadata.json": metadata, "a.txt": "hello\n", ...files });
  return await checkCrate(folder, options);
}

describe("a sound crate", () => {
  test("is valid, and counted", async () => {
    const bytes: number[] = [];
    const check = await verdict(crateOf(), {}, { depth: "full", onBytes: (count) => bytes.push(count) });
    expect(check).toEqual({ form: "ro-crate", valid: true, files: 1, bytes: 6, faults: [], faultsOmitted: 0 });
    expect(bytes).toEqual([6]);
  });

  test.each(["1.0", "1.1", "1.2"])("of RO-Crate %s", async (version) => {
    const descriptor = { conformsTo: { "@id": `https://w3id.org/ro/crate/${version}` } };
    expect(told(await verdict(crateOf({ descriptor })))).toEqual([]);
  });

  test("of 1.0 by its old name", async () => {
    const descriptor = { "@id": "ro-crate-metadata.jsonld", conformsTo: { "@id": "https://w3id.org/ro/crate/1.0" } };
    const folder = newFolder();
    put(folder, { "ro-crate-metadata.jsonld": crateOf({ descriptor }), "a.txt": "hello\n" });
    expect(told(await checkCrate(folder, full))).toEqual([]);
  });

  test.each<[string, Parts, { readonly [path: string]: string }]>([
    ["a name that needs escapes", { more: [{ "@id": "50%25%20%23%3F.txt", "@type": "File" }] }, { "50% #?.txt": "" }],
    ["a name in Chinese", { more: [{ "@id": "面试.mp4", "@type": "File" }] }, { "面试.mp4": "" }],
    ["the same, escaped", { more: [{ "@id": "%E9%9D%A2%E8%AF%95.mp4", "@type": "File" }] }, { "面试.mp4": "" }],
    ["a dot before the path", { more: [{ "@id": "./x/b", "@type": ["File", "SoftwareSourceCode"] }] }, { "x/b": "" }],
    ["a folder that stands for its files", { more: [{ "@id": "x/", "@type": "Dataset" }] }, { "x/y/b": "" }],
    ["a file that is only talked of", { more: [{ "@id": "#b", "@type": "File" }] }, {}],
    [
      "a DOI as the crate's name",
      { root: { "@id": "https://doi.org/10.1/x" }, descriptor: { about: { "@id": "https://doi.org/10.1/x" } } },
      {},
    ],
    ["its web page", {}, { "ro-crate-preview.html": "", "ro-crate-preview_files/a.css": "" }],
    ["a size as a number", { file: { contentSize: 6 } }, {}],
    ["a digest in capitals", { file: { sha256: digestsOf("hello\n").sha256.toUpperCase() } }, {}],
    ["four digests", { file: { sha512: digestsOf("hello\n").sha512, md5: hash("md5"), sha1: hash("sha1") } }, {}],
    ["a value with its type", { root: { dateModified: { "@value": "2026", "@type": "xsd:gYear" } } }, {}],
  ])("with %s", async (_, parts, files) => {
    const check = await verdict(crateOf(parts), files);
    expect(told(check).filter((line) => !line.startsWith("warning form-discouraged"))).toEqual([]);
    expect(check.valid).toBe(true);
  });
});

function hash(algorithm: string): string {
  return createHash(algorithm).update("hello\n").digest("hex");
}

describe("a crate with something unwise is valid, and told so", () => {
  test.each<[string, Parts, { readonly [path: string]: string }, string]>([
    ["no version", { descriptor: { conformsTo: undefined } }, {}, "form-discouraged"],
    [
      "a version to come",
      { descriptor: { conformsTo: { "@id": "https://w3id.org/ro/crate/7.1" } } },
      {},
      "form-discouraged",
    ],
    ["another context", { context: "https://schema.org/" }, {}, "form-discouraged"],
    ["an empty name", { root: { name: " " } }, {}, "form-discouraged"],
    ["a size in words", { file: { contentSize: "6 bytes" } }, {}, "form-discouraged a.txt"],
    ["no digest", { file: { sha256: undefined } }, {}, "form-discouraged"],
    ["a weak digest", { file: { sha256: undefined, md5: hash("md5") } }, {}, "form-discouraged"],
    [
      "a blank in an identifier",
      { more: [{ "@id": "b c", "@type": "File", sha256: digestsOf("").sha256 }] },
      { "b c": "" },
      "form-discouraged b c",
    ],
    [
      "a bare percent",
      { more: [{ "@id": "50%.txt", "@type": "File", sha256: digestsOf("").sha256 }] },
      { "50%.txt": "" },
      "form-discouraged 50%.txt",
    ],
    [
      "a file on the web",
      { more: [{ "@id": "https://127.0.0.1:1/b", "@type": "File" }] },
      {},
      "file-remote https://127.0.0.1:1/b",
    ],
    [
      "a file on the web that takes a password",
      { more: [{ "@id": "https://me:secret@127.0.0.1:1/b?token=secret", "@type": "File" }] },
      {},
      "file-remote https://127.0.0.1:1/b?token=***",
    ],
    ["a file that it does not describe", {}, { "x/b": "" }, "file-unexpected x/b"],
  ])("%s", async (_, parts, files, expected) => {
    const check = await verdict(crateOf(parts), files);
    expect(told(check)).toEqual([`warning ${expected}`]);
    expect(check.valid).toBe(true);
  });

  test("a link that it does not describe", async () => {
    const folder = newFolder();
    put(folder, { "ro-crate-metadata.json": crateOf(), "a.txt": "hello\n" });
    symlinkSync("/etc/passwd", join(folder, "b"));
    expect(told(await checkCrate(folder, full))).toEqual(["warning file-unexpected b"]);
  });
});

describe("a broken crate is refused", () => {
  const deep = "[".repeat(CRATE_MAX_DEPTH + 1) + "]".repeat(CRATE_MAX_DEPTH + 1);
  test.each<[string, string | Uint8Array]>([
    ["nothing", ""],
    ["no JSON", "{"],
    ["JSON that goes on", `${crateOf()}]`],
    ["no object", "[]"],
    ["no graph", '{"@context": "x"}'],
    ["no UTF-8", Buffer.concat([Buffer.from(crateOf().slice(0, -1)), Buffer.from([0xff]), Buffer.from("}")])],
    ["a byte order mark", `\ufeff${crateOf()}`],
    ["a key twice", crateOf().replace('"name":"n"', '"name":"n","name":"m"')],
    ["a key twice, once escaped", crateOf().replace('"name":"n"', '"name":"n","n\\u0061me":"m"')],
    ["a key of any letters twice", crateOf().replace('"name":"n"', '"é":1,"\\u00e9":2,"name":"n"')],
    ["too many levels", `{"@graph": ${deep}}`],
    ["too many values", `{"@graph": [${"[],".repeat(CRATE_MAX_VALUES / 2)}[]]}`],
    ["no context", crateOf({ context: null })],
    ["an entity without identifier", crateOf({ more: [{ "@type": "Person" }] })],
    ["an entity that is none", crateOf({ more: ["x"] })],
    ["an entity without type", crateOf({ more: [{ "@id": "#x" }] })],
    ["an entity twice", crateOf({ more: [{ "@id": "./", "@type": "Thing" }] })],
    ["an entity in another", crateOf({ root: { author: { "@type": "Person", name: "x" } } })],
    ["an entity in a list", crateOf({ root: { author: [{ "@id": "#x" }, { "@id": "#y", name: "x" }] } })],
    ["no metadata entity", crateOf({ descriptor: { "@id": "metadata.json" } })],
    ["a metadata entity of another type", crateOf({ descriptor: { "@type": "Thing" } })],
    ["a metadata entity about nothing", crateOf({ descriptor: { about: undefined } })],
    ["a metadata entity about a text", crateOf({ descriptor: { about: "./" } })],
    ["a metadata entity about two things", crateOf({ descriptor: { about: [{ "@id": "./" }, { "@id": "a.txt" }] } })],
    ["a crate that is not described", crateOf({ descriptor: { about: { "@id": "./x/" } } })],
    ["a crate of another type", crateOf({ root: { "@type": "Thing" } })],
    ["a version as a text", crateOf({ descriptor: { conformsTo: "https://w3id.org/ro/crate/1.2" } })],
    ["today's version by the old name", crateOf({ descriptor: { "@id": "ro-crate-metadata.jsonld" } })],
    [
      "a name without slash in 1.1",
      crateOf({
        descriptor: { about: { "@id": "https://x.org/a" }, conformsTo: { "@id": "https://w3id.org/ro/crate/1.1" } },
        root: { "@id": "https://x.org/a" },
      }),
    ],
    ["no name", crateOf({ root: { name: undefined } })],
    ["no description", crateOf({ root: { description: undefined } })],
    ["no licence", crateOf({ root: { license: undefined } })],
    ["no date", crateOf({ root: { datePublished: undefined } })],
    ["a date in words", crateOf({ root: { datePublished: "yesterday" } })],
    ["two dates", crateOf({ root: { datePublished: ["2026-01-02", "2026-01-03"] } })],
    ["a file that belongs to nothing", crateOf({ root: { hasPart: undefined } })],
    ["its own folder as a file", crateOf({ more: [{ "@id": ".", "@type": "File" }] })],
  ])("with %s", async (_, metadata) => {
    const check = await verdict(metadata);
    expect(new Set(told(check).filter((line) => line.startsWith("error")))).toEqual(new Set(["error form-invalid"]));
    expect(check.valid).toBe(false);
  });

  test.each<[string, Parts, string]>([
    ["a digest that is none", { file: { sha256: "abc" } }, "form-invalid a.txt"],
    ["a digest of zeros", { file: { sha256: "0".repeat(64) } }, "form-invalid a.txt"],
    ["a digest that is no text", { file: { sha256: 6 } }, "form-invalid a.txt"],
    ["two digests", { file: { sha256: [digestsOf("hello\n").sha256, digestsOf("").sha256] } }, "form-invalid a.txt"],
    ["one file twice", { more: [{ "@id": "./a.txt", "@type": "File" }] }, "form-invalid a.txt"],
    ["another sha256", { file: { sha256: digestsOf("").sha256 } }, "file-corrupt a.txt"],
    ["another sha512", { file: { sha512: digestsOf("").sha512 } }, "file-corrupt a.txt"],
    ["another md5", { file: { md5: "d41d8cd98f00b204e9800998ecf8427e" } }, "file-corrupt a.txt"],
    ["another size", { file: { contentSize: "7" } }, "file-corrupt a.txt"],
    ["a file that is not there", { more: [{ "@id": "b", "@type": "File" }] }, "file-missing b"],
    ["a folder that is not there", { more: [{ "@id": "b/", "@type": "Dataset" }] }, "file-missing b"],
    ["a file as a folder", { more: [{ "@id": "a.txt/", "@type": "Dataset" }] }, "file-missing a.txt"],
    ["a folder as a file", { more: [{ "@id": "x", "@type": "File" }] }, "file-missing x"],
  ])("with %s", async (_, parts, expected) => {
    const check = await verdict(crateOf(parts), { "x/y": "" });
    expect(told(check).filter((line) => line.startsWith("error"))).toEqual([`error ${expected}`]);
    expect(check.valid).toBe(false);
  });

  test.each([
    "../secret",
    "x/../../secret",
    "./../secret",
    "/etc/passwd",
    "//host/share",
    "file:///etc/passwd",
    "FILE:/etc/passwd",
    "C:/windows",
    "C%3A/windows",
    "x\\..\\..\\secret",
    "%2e%2e/secret",
    "x%2f..%2f..%2fsecret",
    "x/%2E%2E/%2E%2E/secret",
    "a.txt%00.png",
    "%2Fetc/passwd",
    "..%5csecret",
    "x//y",
    "",
    `${"a".repeat(256)}`,
    "%0a",
  ])("with the identifier `%s`", async (id) => {
    const entity = { "@id": id, "@type": "File" };
    const check = await verdict(crateOf({ more: [entity] }), { "x/y": "" });
    expect(check.valid).toBe(false);
    expect(told(check)).toContain(
      id === "" ? "error form-invalid" : `error path-unsafe ${id.length > 200 ? `${id.slice(0, 200)}...` : id}`,
    );
  });

  test("with links, wherever they lead", async () => {
    const folder = newFolder();
    const ids = ["link", "inside", "out/passwd", "within/b", "pipe"];
    put(folder, {
      "ro-crate-metadata.json": crateOf({ more: ids.map((id) => ({ "@id": id, "@type": "File" })) }),
      "a.txt": "hello\n",
      "x/b": "",
    });
    symlinkSync("/etc/passwd", join(folder, "link"));
    symlinkSync("a.txt", join(folder, "inside"));
    symlinkSync("/etc", join(folder, "out"));
    symlinkSync("x", join(folder, "within"));
    const check = await checkCrate(folder, full);
    expect(told(check).filter((line) => line.startsWith("error"))).toEqual([
      "error path-unsafe inside",
      "error path-unsafe link",
      "error path-unsafe out/passwd",
      "error file-missing pipe",
      "error path-unsafe within/b",
    ]);
  });

  test("with metadata that are a link", async () => {
    const folder = newFolder();
    put(folder, { elsewhere: crateOf(), "a.txt": "hello\n" });
    symlinkSync("elsewhere", join(folder, "ro-crate-metadata.json"));
    expect(told(await checkCrate(folder, full))).toEqual(["error path-unsafe"]);
  });

  test("with none", async () => {
    expect(told(await checkCrate(newFolder(), full))).toEqual(["error file-missing"]);
    await expect(checkCrate(join(scratch, "nowhere"), full)).rejects.toMatchObject({ code: "input-unreadable" });
  });

  test("with more metadata than are read, at once", async () => {
    const folder = newFolder();
    put(folder, { "ro-crate-metadata.json": "" });
    truncateSync(join(folder, "ro-crate-metadata.json"), CRATE_MAX_BYTES + 1);
    const check = await checkCrate(folder, full);
    expect(told(check)).toEqual(["error form-invalid"]);
    expect(check.faults[0]?.detail).toContain(String(CRATE_MAX_BYTES));
  });
});

need("mkfifo")("a pipe", () => {
  test("is never opened", async () => {
    const folder = newFolder();
    put(folder, {
      "ro-crate-metadata.json": crateOf({ more: [{ "@id": "pipe", "@type": "File" }] }),
      "a.txt": "hello\n",
    });
    execFileSync("mkfifo", [join(folder, "pipe"), join(folder, "other")]);
    expect(told(await checkCrate(folder, full))).toEqual(["warning file-unexpected other", "error file-missing pipe"]);
  });
});

describe("the depth", () => {
  const corrupt = crateOf({ more: [{ "@id": "b", "@type": "File", contentSize: "1", md5: hash("md5") }] });
  test.each<[CrateCheckOptions["depth"], readonly string[]]>([
    ["full", ["error file-corrupt b", "warning file-unexpected c"]],
    ["completeness", ["warning file-unexpected c"]],
    ["fast", []],
  ])("%s", async (depth, expected) => {
    const check = await verdict(corrupt, { b: "x", c: "" }, { depth });
    expect(told(check).filter((line) => !line.includes("form-discouraged"))).toEqual(expected);
  });

  test("never reads where only names are asked for", async () => {
    const seen: number[] = [];
    await verdict(crateOf(), {}, { depth: "completeness", onBytes: (count) => seen.push(count) });
    expect(seen).toEqual([]);
  });
});

test("an interrupted check ends with the reason", async () => {
  const stop = new AbortController();
  const reason = new Error("stopped");
  const onBytes = (): void => stop.abort(reason);
  await expect(verdict(crateOf(), {}, { depth: "full", signal: stop.signal, onBytes })).rejects.toBe(reason);
});

test("of very many faults the first are told, and the rest counted", async () => {
  const more = Array.from({ length: 1_500 }, (_, at) => ({ "@id": `f${9_999 - at}`, "@type": "File" }));
  const check = await verdict(crateOf({ more }));
  expect(check).toMatchObject({ valid: false, faultsOmitted: 500 });
  expect(check.faults.filter(({ code }) => code === "file-missing").map(({ path }) => path)).toEqual(
    Array.from({ length: 1_000 }, (_, at) => `f${8_500 + at}`),
  );
});

test("every flipped bit of a described file is named", async () => {
  const folder = newFolder();
  put(folder, { "ro-crate-metadata.json": crateOf() });
  for (let bit = 0; bit < 8 * 6; bit++) {
    const bytes = Buffer.from("hello\n");
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    put(folder, { "a.txt": bytes });
    expect(told(await checkCrate(folder, full)), `bit ${bit}`).toEqual(["error file-corrupt a.txt"]);
  }
});

test("no change of a byte of the metadata makes the check throw", async () => {
  const folder = newFolder();
  const metadata = Buffer.from(crateOf());
  put(folder, { "a.txt": "hello\n" });
  for (let at = 0; at < metadata.length; at += 3) {
    for (const byte of [0x00, 0x22, 0x5c, 0x7b, 0x5d, 0x80]) {
      const bytes = Buffer.from(metadata);
      bytes[at] = byte;
      put(folder, { "ro-crate-metadata.json": bytes });
      await expect(checkCrate(folder, full)).resolves.toMatchObject({ form: "ro-crate" });
    }
  }
});

test("our own crates are valid", async () => {
  const folder = newFolder();
  const contents = releaseOf(
    folder,
    {
      "data-set/50% of a [b].txt": "hello\n",
      "data-set/c:d/e#f?.csv": "1",
      "data-set/数据/\u00ad.txt": "x",
      'w/q"<>|^`{}': "",
    },
    {
      pieces: [pieceOf("data-set"), pieceOf("far"), pieceOf("w")],
      remote: [{ piece: "far", path: "b", url: "https://127.0.0.1:1/b c", digest: {} }],
    },
  );
  await writeCrate(contents, join(folder, "ro-crate-metadata.json"));
  const check = await checkCrate(folder, full);
  expect(told(check)).toEqual(["warning file-remote https://127.0.0.1:1/b%20c"]);
  expect(check).toMatchObject({ valid: true, files: 4 });
});

const library = `
import sys
from pathlib import Path
from rocrate.rocrate import ROCrate
from rocrate.model.person import Person
source, target, version = sys.argv[1:]
crate = ROCrate(version=version)
crate.name = "Made by the library"
crate.description = "A crate with everything in it"
crate.license = "https://spdx.org/licenses/MIT"
person = crate.add(Person(crate, "https://orcid.org/0000-0000-0000-0000", properties={"name": "Somebody"}))
crate.root_dataset["author"] = person
for name in ("a b%.txt", "面试#?.csv"):
    crate.add_file(Path(source) / name, dest_path="files/" + name, properties={"name": name}, record_size=True)
crate.add_tree(Path(source) / "tree", "tree")
crate.add_dataset(Path(source) / "opaque", "opaque", properties={"name": "many files"})
crate.add_file("https://127.0.0.1:1/remote.csv", properties={"name": "far away"}, fetch_remote=False, validate_url=False)
crate.add_workflow(Path(source) / "flow.cwl", "flow.cwl", main=True, lang="cwl")
crate.write(target)
`;

needRocrate()("the community's library", () => {
  test.each(["1.1", "1.2"])("makes crates of %s that are valid", { timeout: 60_000 }, async (version) => {
    const source = newFolder();
    const target = join(newFolder(), "crate");
    put(source, {
      "a b%.txt": "hello\n",
      "面试#?.csv": "1,2\n",
      "tree/x/y.txt": "y",
      "tree/z.txt": "z",
      "opaque/1": "1",
      "opaque/deep/2": "2",
      "flow.cwl": "cwlVersion: v1.2\n",
    });
    await runRocratePython("-c", library, source, target, version);
    const conformsTo = /"https:\/\/w3id\.org\/ro\/crate\/(1\.\d)"/.exec(
      readFileSync(join(target, "ro-crate-metadata.json"), "utf8"),
    );
    expect(conformsTo?.[1]).toBe(version);
    const check = await checkCrate(target, full);
    expect(told(check)).toEqual(["warning form-discouraged", "warning file-remote https://127.0.0.1:1/remote.csv"]);
    expect(check).toMatchObject({ valid: true, files: 5 });

    put(target, { "files/a b%.txt": "hullo" });
    expect(told(await checkCrate(target, full))).toContain("error file-corrupt files/a b%.txt");
    rmSync(join(target, "tree/z.txt"));
    expect(told(await checkCrate(target, full))).toContain("error file-missing tree/z.txt");
  });
});
