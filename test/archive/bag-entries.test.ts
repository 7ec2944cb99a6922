import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bagEntries } from "../../src/archive/bag-entries.ts";
import type { PayloadFile, ReleaseContents, RemoteFile } from "../../src/archive/contents.ts";
import { checkBagFolder } from "../../src/run/bag-check.ts";
import { judgeBags, needBagit } from "../services/bagit.ts";
import { type FileMap, hex, layEntries, newFolder, releaseOf, streamOf } from "./bag-made.ts";

/** Names that a tool may trip over, and that both tools must read alike. */
const odd: FileMap = {
  "code/ leading and trailing.txt": "1",
  "code/a b  c.txt": "2",
  "code/line\nfeed and\rreturn.txt": "3",
  "code/*star ~tilde 'quotes' \"double\" $HOME.txt": "4",
  "code/#hash.txt": "5",
  "code/empty.txt": "",
  "code/zürich.txt": "composed",
  "code/zu\u0308rich-too.txt": "decomposed",
  "code/\u{1f600}/\uffee.txt": "order of bytes is not order of UTF-16",
  "code/back\\slash.txt": "6",
  "weights/deep/er/model.bin": Buffer.alloc(70_000, 7),
};

async function lay(contents: ReleaseContents, options: Partial<Parameters<typeof bagEntries>[1]> = {}) {
  const folder = newFolder();
  const paths = await layEntries(bagEntries(contents, { scratch: newFolder(), ...options }), folder);
  return { folder, paths, read: (path: string) => readFileSync(join(folder, path), "utf8") };
}

test("tag files come first, then the payload in the order of bytes, and what is remote is only listed", async () => {
  const remote: RemoteFile = {
    piece: "data",
    path: "far 100%.bin",
    url: "https://example.org/a b",
    size: 9,
    digest: { sha256: hex("sha256", "far"), sha512: hex("sha512", "far") },
  };
  const bytes = Buffer.from('{"crate":true}');
  const crate = {
    path: "ro-crate-metadata.json",
    size: bytes.length,
    digest: { sha256: hex("sha256", bytes), sha512: hex("sha512", bytes) },
    source: { bytes },
  };
  const contents = releaseOf({ "a/x": "1", "z/y": "22" }, { remote: () => streamOf([remote]) });
  const { paths, read, folder } = await lay(contents, { extras: [crate] });
  expect(paths).toEqual([
    "bagit.txt",
    "bag-info.txt",
    "manifest-sha256.txt",
    "manifest-sha512.txt",
    "fetch.txt",
    "tagmanifest-sha256.txt",
    "tagmanifest-sha512.txt",
    "wholesource/manifest.yaml",
    "wholesource/report.json",
    "data/a/x",
    "data/ro-crate-metadata.json",
    "data/z/y",
  ]);
  expect(read("bagit.txt")).toBe("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
  expect(read("bag-info.txt")).toBe(
    [
      "Source-Organization: Søren & Co Ltd",
      "External-Identifier: a-release 1.2.3",
      "External-Identifier: https://example.org/release",
      "External-Description: what it is",
      "Bagging-Date: 2024-02-29",
      "Bag-Software-Agent: wholesource 0.0.0",
      `Payload-Oxum: ${1 + 2 + 9 + bytes.length}.4`,
      "",
    ].join("\n"),
  );
  expect(read("fetch.txt")).toBe("https://example.org/a%20b 9 data/data/far 100%25.bin\n");
  expect(read("manifest-sha256.txt")).toBe(
    [
      `${hex("sha256", "1")}  data/a/x`,
      `${hex("sha256", "far")}  data/data/far 100%25.bin`,
      `${hex("sha256", bytes)}  data/ro-crate-metadata.json`,
      `${hex("sha256", "22")}  data/z/y`,
      "",
    ].join("\n"),
  );
  const listed = read("tagmanifest-sha512.txt").split("\n").slice(0, -1);
  expect(listed.map((line) => line.split("  ")[1])).toEqual([
    "bag-info.txt",
    "bagit.txt",
    "fetch.txt",
    "manifest-sha256.txt",
    "manifest-sha512.txt",
    "wholesource/manifest.yaml",
    "wholesource/report.json",
  ]);
  const check = await checkBagFolder(folder, { depth: "full", remote: "warning" });
  expect(check).toMatchObject({ valid: true, files: 3, faults: [{ code: "file-remote" }] });
  expect((await checkBagFolder(folder, { depth: "full" })).valid).toBe(false);
});

test("the same release gives the same bytes", async () => {
  const [one, two] = [await lay(releaseOf(odd)), await lay(releaseOf(odd))];
  expect(one.paths).toEqual(two.paths);
  for (const path of one.paths) {
    expect(readFileSync(join(one.folder, path))).toEqual(readFileSync(join(two.folder, path)));
  }
});

test.each([
  ["both", [{ sha256: "a", sha512: "b" }], ["sha256", "sha512"], 0],
  ["sha256 alone", [{ sha256: "a", sha512: "b" }, { sha256: "c" }], ["sha256"], 0],
  ["sha512 alone", [{ sha512: "b" }, { sha512: "c" }], ["sha512"], 0],
  ["what most have", [{ sha256: "a" }, { sha512: "b" }], ["sha256"], 1],
  ["nothing for one that has none", [{}, { sha256: "a", sha512: "b" }], ["sha256", "sha512"], 1],
] as const)("every manifest lists every file, where remote files have %s", async (_, digest, algorithms, unlisted) => {
  const remote = digest.map(
    (one, index): RemoteFile => ({
      piece: "r",
      path: `${index}`,
      url: "https://example.org/r",
      digest: one,
    }),
  );
  const told: RemoteFile[] = [];
  const contents = releaseOf({ "a/x": "1" }, { remote: () => streamOf(remote) });
  const { paths, read } = await lay(contents, { onUnlisted: (file) => told.push(file) });
  const manifests = paths.filter((path) => path.startsWith("manifest-"));
  expect(manifests).toEqual(algorithms.map((algorithm) => `manifest-${algorithm}.txt`));
  for (const name of manifests) expect(read(name).split("\n")).toHaveLength(1 + remote.length - unlisted + 1);
  expect(told).toHaveLength(unlisted);
  expect(read("bag-info.txt")).not.toContain("Payload-Oxum");
});

test("a release without files is a bag too", async () => {
  const { folder, paths } = await lay(releaseOf({}));
  expect(paths).toContain("manifest-sha256.txt");
  mkdirSync(join(folder, "data"));
  expect(await checkBagFolder(folder, { depth: "full" })).toMatchObject({ valid: true, files: 0, faults: [] });
});

test("a payload that is not in order is our own fault, and said", async () => {
  const { payload } = releaseOf({ "a/x": "1", "b/y": "2" });
  const files: PayloadFile[] = [];
  for await (const file of payload()) files.push(file);
  const contents = releaseOf({}, { payload: () => streamOf(files.reverse()) });
  await expect(lay(contents)).rejects.toMatchObject({ code: "internal" });
});

test("nothing is left in the scratch folder but the lists", async () => {
  const scratch = newFolder();
  await layEntries(bagEntries(releaseOf(odd), { scratch }), newFolder());
  expect(readdirSync(scratch).sort()).toEqual(["fetch.txt", "manifest-sha256.txt", "manifest-sha512.txt"]);
});

test("a bag with every odd name is valid by its own manifests", async () => {
  const { folder } = await lay(releaseOf({ ...odd, "code/100% %25 %0A %.txt": "per cent" }));
  const check = await checkBagFolder(folder, { depth: "full" });
  expect(check).toEqual({ form: "bag", valid: true, files: 12, bytes: check.bytes, faults: [], faultsOmitted: 0 });
});

needBagit()("bagit-python", () => {
  test("takes our bags, odd names and all", async () => {
    const { folder } = await lay(releaseOf(odd));
    const verdicts = await judgeBags([
      [folder, "full"],
      [folder, "completeness"],
      [folder, "fast"],
    ]);
    expect(verdicts).toEqual([1, 2, 3].map(() => ({ valid: true, error: "" })));
  });

  test("does not read a `%` as the standard has it written, which is why such a name is not among them", async () => {
    const { folder, read } = await lay(releaseOf({ "code/100%.txt": "1" }));
    expect(read("manifest-sha256.txt")).toContain("data/code/100%25.txt");
    const [verdict] = await judgeBags([[folder, "full"]]);
    expect(verdict?.error).toContain("data/code/100%25.txt exists in manifest but was not found");
  });
});
