import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createInspector, inspectBytes } from "../../src/inspect/inspector.ts";
import type { Inspection } from "../../src/model/evidence.ts";
import { tarOf, zipOf } from "./archives.ts";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

/** Both ways in must say the same, whatever the chunks. */
function inspect(path: string, bytes: Buffer | string): Inspection {
  const all = Buffer.from(bytes);
  const once = inspectBytes(path, all, all.length);
  for (const chunkBytes of [7, 64 * 1024]) {
    const inspector = createInspector({ path });
    for (let at = 0; at < all.length; at += chunkBytes) {
      const chunk = Buffer.from(all.subarray(at, at + chunkBytes));
      inspector.write(chunk);
      chunk.fill(0xee);
    }
    expect(inspector.finish(true)).toEqual(once);
  }
  return once;
}
const codes = (path: string, bytes: Buffer | string): readonly string[] =>
  inspect(path, bytes).hazards.map(({ code }) => code);

describe("git-lfs pointers", () => {
  const oid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12345\n`;
  test.each([
    ["as git-lfs writes it", pointer],
    ["an extension", pointer.replace("oid", `ext-0-foo sha256:${oid}\noid`)],
    ["an old version", pointer.replace("git-lfs.github.com", "hawser.github.com")],
    ["the oldest version", pointer.replace("https://git-lfs.github.com/spec/v1", "http://git-media.io/v/2")],
    ["Windows line ends", pointer.replaceAll("\n", "\r\n")],
  ])("%s", (_name, text) => {
    for (const path of ["model.safetensors", "data/train.parquet", "weights", "a.txt"]) {
      expect(inspect(path, text)).toEqual({
        format: "git-lfs-pointer",
        hazards: [{ code: "lfs-pointer", detail: `a git-lfs pointer to sha256 ${oid}, size 12345` }],
        facts: { oid, size: 12345 },
      });
    }
  });
  test.each([
    ["a text about pointers", `${pointer}\nThis is how a pointer looks.\n`],
    ["a short oid", pointer.replace(oid, oid.slice(1))],
    ["no size", pointer.replace(/size.*/, "")],
    ["too long", pointer + "ext-1-x y\n".repeat(100)],
    ["another version", pointer.replace("spec/v1", "spec/v9")],
  ])("not: %s", (_name, text) => expect(codes("notes.txt", text)).toEqual([]));
});

describe("pages in the place of data", () => {
  const page = (inside: string): string => `<!DOCTYPE html>\n<html><head>${inside}</head><body></body></html>`;
  const login = `${page(`<title>Sign in · Forge</title>`)}<form><input type="password" name="p"></form>`;
  test.each([
    ["model.safetensors", page("<title>Virus scan warning</title>"), "html-page"],
    ["data.tar.gz", page(""), "html-page"],
    ["train.csv", `\ufeff  \n<HTML lang="en"><title>Not here</title>`, "html-page"],
    ["LICENSE", `<!-- saved -->\n<!doctype html>`, "html-page"],
    ["weights", page(""), "html-page"],
    ["model.bin", login, "login-page"],
    ["data.json", page("<title>Just a moment...</title>"), "login-page"],
    ["data.zip", `<html><form action="/users/sign_in">`, "login-page"],
  ])("%s", (path, text, code) => expect(codes(path, text)).toEqual([code]));
  test.each(["index.html", "a.htm", "README.md", "a.xhtml", "App.vue", "page.j2", "doc.xml"])(
    "%s may be one",
    (path) => {
      expect(codes(path, login)).toEqual([]);
      expect(inspect(path, page("")).format).toBe("html");
    },
  );
  test.each([
    ["a.txt", "html is a language: <html> is its root"],
    ["a.py", "<not html"],
    ["a.svg", "<svg xmlns='x'></svg>"],
    ["a.xml", "<?xml version='1.0'?><head/>x"],
  ])("%s is none", (path, text) => expect(codes(path, text)).toEqual([]));
});

describe("error bodies in the place of data", () => {
  const s3 = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>no</Message></Error>`;
  test.each([
    ["model.safetensors", s3],
    ["config.json", s3],
    ["weights", s3],
    ["model.bin", `{"error":"Repository not found"}`],
    ["model.safetensors", `{"message":"Not Found","status":404}`],
    ["data.tar.gz", `{"errors":[{"code":"MANIFEST_UNKNOWN"}]}`],
    ["data.parquet", ` {"detail":"Not found."}`],
    ["data.csv", `{"message":"Not Found","documentation_url":"x","status":"404"}`],
    ["model.onnx", "Entry not found"],
    ["model.bin", "Access to model x/y is restricted.\n"],
    ["model.ckpt", "Invalid username or password."],
  ])("%s: %s", (path, text) => expect(codes(path, text)).toEqual(["error-body"]));
  test.each([
    ["config.json", `{"error":"a key like any other"}`],
    ["errors.json", `{"message":"Not Found","status":404}`],
    ["errors.xml", s3],
    ["notes.txt", "Not found: how to search"],
    ["log.jsonl", `{"error":"x"}\n{"error":"y"}`],
    ["vocab.bin", `{"the":2}`],
    ["tokenizer.model", "IQ== 0\nIg== 1\n"],
    ["labels.csv", "error,count\nnot found,1\n"],
  ])("not %s: %s", (path, text) => expect(codes(path, text)).toEqual([]));
});

describe("names and marks", () => {
  const npy = (shape: string, bytes: number): Buffer => {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117).concat("\n");
    return Buffer.concat([latin1("\x93NUMPY\x01\x00v\x00"), latin1(header), Buffer.alloc(bytes)]);
  };
  const png = latin1(`\x89PNG\r\n\x1a\n${"x".repeat(100_000)}\0\0\0\0IEND\xae\x42\x60\x82`);
  const parquet = Buffer.concat([latin1("PAR1\x15\x04"), Buffer.alloc(90), latin1("\x10\0\0\0PAR1")]);
  const samples: { readonly [id: string]: Buffer } = {
    gzip: gzipSync("x"),
    tar: tarOf({ name: "a", body: "x" }),
    zip: zipOf([{ name: "a", body: "x".repeat(9) }]),
    png,
    parquet,
    npy: npy("(3, 4)", 48),
    pickle: latin1("\x80\x04\x95\x05\0\0\0\0\0\0\0]."),
    pdf: latin1("%PDF-1.7\n\0"),
    jpeg: latin1("\xff\xd8\xff\xe0\0\x10JFIF\0"),
    hdf5: latin1("\x89HDF\r\n\x1a\n\0"),
    xz: latin1("\xfd7zXZ\0\0"),
    zstd: latin1("\x28\xb5\x2f\xfd\0"),
    bzip2: latin1("BZh91AY&SY\0"),
    "7z": latin1("7z\xbc\xaf\x27\x1c\0"),
    sqlite: latin1("SQLite format 3\0"),
    wav: latin1("RIFF\0\0\0\0WAVEfmt "),
    mp3: latin1("ID3\x04\0"),
    flac: latin1("fLaC\0\0"),
    arrow: latin1("ARROW1\0\0"),
  };
  const fitting: readonly (readonly [string, string])[] = [
    ...["a.gz", "a.tar.gz", "a.tgz", "a.json.gz", "A.TGZ"].map((path) => [path, "gzip"] as const),
    ...["a.tar", "model.pt"].map((path) => [path, "tar"] as const),
    ...["a.zip", "a.npz", "a.pt", "a.pth", "a.ckpt", "a.whl", "a.bin"].map((path) => [path, "zip"] as const),
    ...["a.pt", "a.pth", "a.pkl", "pytorch_model.bin", "a.ckpt"].map((path) => [path, "pickle"] as const),
    ["a.png", "png"],
    ["a.parquet", "parquet"],
    ["a.npy", "npy"],
    ["a.pdf", "pdf"],
    ["a.jpg", "jpeg"],
    ["a.JPEG", "jpeg"],
    ["a.h5", "hdf5"],
    ["a.xz", "xz"],
    ["a.tar.zst", "zstd"],
    ["a.bz2", "bzip2"],
    ["a.7z", "7z"],
    ["a.sqlite", "sqlite"],
    ["a.wav", "wav"],
    ["a.mp3", "mp3"],
    ["a.flac", "flac"],
    ["a.feather", "arrow"],
    ["no-ending", "zip"],
    ["a.unknown-ending", "gzip"],
  ];
  test.each(fitting)("%s may be %s", (path, id) => {
    const bytes = samples[id] ?? expect.unreachable();
    expect(inspect(path, bytes)).toMatchObject({ format: id, hazards: [] });
  });

  test.each([
    ["a.gz", "tar"],
    ["a.tar", "gzip"],
    ["a.safetensors", "zip"],
    ["a.safetensors", "pickle"],
    ["a.pt", "gzip"],
    ["a.png", "jpeg"],
    ["a.json", "gzip"],
    ["a.txt", "zip"],
    ["README.md", "sqlite"],
    ["a.npy", "hdf5"],
    ["a.onnx", "zip"],
  ])("%s should not be %s", (path, id) => expect(codes(path, samples[id] ?? "")).toEqual(["format-unexpected"]));

  test.each(["a.gz", "a.safetensors", "a.gguf", "a.parquet", "a.npy", "a.png", "a.zip", "a.h5", "a.tar", "a.sqlite"])(
    "%s should not be noise or prose",
    (path) => {
      expect(codes(path, latin1("\x01\x02\x03".repeat(300)))).toEqual(["format-unexpected"]);
      expect(codes(path, "It was a dark and stormy night. ".repeat(30))).toEqual(["format-unexpected"]);
    },
  );

  test.each([
    ["a.pt", "Uma frase em português.\n"],
    ["site.pth", "import this\n"],
    ["a.bin", "text"],
    ["a.dat", "\x01\x02"],
    ["a.pdf", "junk before\n%PDF-1.4\0"],
    ["a.tar", Buffer.alloc(10_240)],
    ["PARENT.rst", "PARENT_DIRECTORY\n"],
    ["a.txt", "BZh9 is a mark, ID3 as well"],
    ["a.txt", "ID3 tags"],
    ["v.txt", "version https and so on"],
    ["Makefile", "all:\n"],
    [".gz", "a hidden file"],
    ["a.gz/readme", "a folder's ending"],
  ])("%s with %o is nothing to wonder at", (path, bytes) => expect(codes(path, bytes)).toEqual([]));

  test("what somebody declared goes before the name", () => {
    const inspector = createInspector({ path: "download", expectFormat: "safetensors" });
    inspector.write(Buffer.from("It was a dark and stormy night."));
    expect(inspector.finish(true).hazards).toMatchObject([{ code: "format-unexpected" }]);
  });

  test("no bytes", () => {
    expect(codes("__init__.py", "")).toEqual(["empty-file"]);
    expect(createInspector({ path: "a" }).finish(false).hazards).toEqual([]);
  });

  test.each([
    ["a.png", png, "file-truncated"],
    ["a.parquet", parquet, "file-truncated"],
    ["a.npy", samples.npy ?? Buffer.alloc(0), "file-truncated"],
    ["a.zip", samples.zip ?? Buffer.alloc(0), "archive-truncated"],
  ] as const)("%s that ends too early", (path, bytes, code) => {
    for (const cut of [1, 5, 9]) expect(codes(path, bytes.subarray(0, bytes.length - cut))).toEqual([code]);
    // A transfer that was cut short says nothing about the file.
    const inspector = createInspector({ path, size: bytes.length });
    inspector.write(bytes.subarray(0, bytes.length - 5));
    expect(inspector.finish(false).hazards).toEqual([]);
  });

  test("npy headers", () => {
    expect(inspect("a.npy", npy("(3, 4)", 48)).facts).toEqual({ dtype: "f4", shape: [3, 4] });
    expect(codes("a.npy", npy("()", 4))).toEqual([]);
    expect(codes("a.npy", npy("(12,)", 48))).toEqual([]);
    // Several arrays may stand in one file.
    expect(codes("a.npy", Buffer.concat([npy("(1,)", 4), npy("(1,)", 4)]))).toEqual([]);
    expect(codes("a.npy", npy("(99999999999, 99999999999)", 48))).toEqual(["file-truncated"]);
  });

  test("a parquet footer longer than its file", () => {
    const broken = Buffer.from(parquet);
    broken.writeUInt32LE(5000, broken.length - 8);
    expect(codes("a.parquet", broken)).toEqual(["file-corrupt"]);
  });
});

test("noise never throws, under any name", () => {
  const starts = [
    "",
    "PK\x03\x04",
    "PAR1\x15",
    "GGUF\x03\0\0\0",
    "\x93NUMPY\x01\0",
    "\x89PNG\r\n\x1a\n",
    "<html>",
    "{",
    "\x09\0\0\0\0\0\0\0{",
  ];
  const names = ["a.safetensors", "a.gguf", "a.bin", "a.parquet", "a.npy", "a.json", "a"];
  fc.assert(
    fc.property(
      fc.constantFrom(...starts),
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom(...names),
      (start, noise, path) => {
        const bytes = Buffer.concat([latin1(start), noise]);
        expect(Array.isArray(inspectBytes(path, bytes, bytes.length).hazards)).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

test("ordinary files raise no alarm", () => {
  const root = join(import.meta.dirname, "../../node_modules");
  const alarms: string[] = [];
  let files = 0;
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    files++;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const { hazards } = inspectBytes(path, bytes, bytes.length);
    alarms.push(
      ...hazards.filter(({ code }) => code !== "empty-file" || bytes.length > 0).map(({ code }) => `${code} ${path}`),
    );
  }
  expect(files).toBeGreaterThan(3000);
  expect(alarms).toEqual([]);
});
