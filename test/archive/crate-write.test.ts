/** The crates that we write, judged by the community's own validator and by ourselves. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PayloadFile, ReleaseContents } from "../../src/archive/contents.ts";
import { writeCrate } from "../../src/archive/crate-write.ts";
import { needRocrate, validateCrate } from "../services/rocrate.ts";
import { digestsOf, pieceOf, releaseOf, streamOf } from "./crate-release.ts";

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "wholesource-crate-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const newFolder = (): string => mkdtempSync(join(scratch, "crate-"));

interface Graph {
  readonly "@context": readonly unknown[];
  readonly "@graph": readonly { readonly "@id": string; readonly [key: string]: unknown }[];
}

/** Writes the crate of these contents into the folder, and reads it back. */
async function write(folder: string, contents: ReleaseContents) {
  const to = join(folder, "ro-crate-metadata.json");
  const written = await writeCrate(contents, to);
  const bytes = readFileSync(to);
  const crate = JSON.parse(bytes.toString()) as Graph;
  const entity = (id: string) => crate["@graph"].find((one) => one["@id"] === id);
  return { written, bytes, crate, entity };
}

/** Names that need care, remote files with one address, a licence that is not the declared one, a piece that is gone. */
const hardFiles = {
  "data-set/50% of a [b].txt": "hello\n",
  "data-set/c:d/e#f?.csv": "1,2\n",
  "data-set/数据/é.txt": "x",
  'data-set/q"<>|^`{}.txt': "",
  "weights/model.bin": "w",
};
const twice = "https://example.org/big file.tar?x=1";
const hardMore = {
  pieces: [
    pieceOf("weights", { kind: "weights", licenseDeclared: "LicenseRef-x", licenseConcluded: "GPL-3.0-only" }),
    pieceOf("data-set"),
    pieceOf("far", { licenseDeclared: "MIT OR Apache-2.0", licenseConcluded: "NOASSERTION" }),
    pieceOf("gone", { outcome: "broken", licenseDeclared: undefined, licenseConcluded: "NOASSERTION", uri: undefined }),
  ],
  remote: [
    { piece: "far", path: "a.tar", url: twice, size: 12, digest: { sha256: digestsOf("q").sha256 } },
    { piece: "far", path: "b.tar", url: `${twice}#part`, digest: {} },
    { piece: "far", path: "c.tar", url: "npm install", digest: {} },
  ],
} as const;

needRocrate()("rocrate-validator", () => {
  test("recommends only what a release does not say", { timeout: 60_000 }, async () => {
    const folder = newFolder();
    await write(folder, releaseOf(folder, { "data-set/a.txt": "hello\n", "code/train.py": "print()\n" }));
    const verdict = await validateCrate(folder, "recommended");
    // A word on every single file, a number for the organisation, and whom to write to.
    expect(new Set(verdict.issues.map(({ message }) => message.replace(/ \(e\.g\..*/, "")))).toEqual(
      new Set([
        "Data Entities SHOULD have a `description` property",
        "An Organization entity SHOULD have a ROR identifier as its @id",
        "An Organization's contactPoint SHOULD reference a ContactPoint contextual entity",
        "At least one author or publisher Person/Organization SHOULD have a contactPoint property",
      ]),
    );
    expect(verdict.checks).toBeGreaterThan(100);
  });

  test("accepts one of hard names, remote files and missing pieces", { timeout: 60_000 }, async () => {
    const folder = newFolder();
    await write(folder, releaseOf(folder, hardFiles, hardMore));
    expect(await validateCrate(folder, "required")).toMatchObject({ passed: true, issues: [] });
  });

  test("would see a file that is not there", { timeout: 60_000 }, async () => {
    const folder = newFolder();
    await write(folder, releaseOf(folder, { "data-set/a.txt": "hello\n" }));
    rmSync(join(folder, "data-set/a.txt"));
    const { passed, issues } = await validateCrate(folder, "required");
    expect(passed).toBe(false);
    expect(issues.map(({ message }) => message)).toEqual([expect.stringContaining("data-set/a.txt")]);
  });
});

describe("writeCrate", () => {
  test("says how large the file is, and its digests, and writes the same again", async () => {
    const folder = newFolder();
    const { written, bytes } = await write(folder, releaseOf(folder, hardFiles, hardMore));
    expect(written).toEqual({ size: bytes.length, digest: digestsOf(bytes) });
    expect((await write(folder, releaseOf(folder, hardFiles, hardMore))).bytes.equals(bytes)).toBe(true);
  });

  test("names every file once, by an identifier that leads to it", async () => {
    const folder = newFolder();
    const { crate } = await write(folder, releaseOf(folder, hardFiles, hardMore));
    const ids = crate["@graph"].map((entity) => entity["@id"]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(crate["@graph"].filter((entity) => entity["@type"] === "File").map((entity) => entity["@id"])).toEqual([
      "data-set/50%25%20of%20a%20%5Bb%5D.txt",
      "data-set/c:d/e%23f%3F.csv",
      "data-set/q%22%3C%3E%7C%5E%60%7B%7D.txt",
      "data-set/数据/é.txt",
      "https://example.org/big%20file.tar?x=1",
      "https://example.org/big%20file.tar?x=1#far/b.tar",
      "#remote/far/c.tar",
      "weights/model.bin",
      "#report",
    ]);
  });

  test("has the parts of the release and of each piece", async () => {
    const folder = newFolder();
    const { entity } = await write(folder, releaseOf(folder, hardFiles, hardMore));
    const pieces = ["weights/", "data-set/", "#piece/far", "#piece/gone"].map((id) => ({ "@id": id }));
    expect(entity("./")?.hasPart).toEqual(pieces);
    expect(entity("weights/")?.hasPart).toEqual({ "@id": "weights/model.bin" });
    expect(entity("data-set/")?.hasPart).toHaveLength(4);
    expect(entity("#piece/far")?.hasPart).toHaveLength(3);
    expect(entity("#piece/gone")).toMatchObject({ pieceOutcome: "broken" });
    expect(entity("#piece/gone")).not.toHaveProperty("hasPart");
  });

  test("says of a file what is known of it", async () => {
    const folder = newFolder();
    const { entity } = await write(folder, releaseOf(folder, hardFiles, hardMore));
    expect(entity("weights/model.bin")).toEqual({
      "@id": "weights/model.bin",
      "@type": "File",
      name: "model.bin",
      contentSize: "1",
      encodingFormat: "text/plain",
      ...digestsOf("w"),
      contentUrl: "https://example.org/weights/model.bin",
    });
    expect(entity("https://example.org/big%20file.tar?x=1#far/b.tar")).toEqual({
      "@id": "https://example.org/big%20file.tar?x=1#far/b.tar",
      "@type": "File",
      name: "b.tar",
      contentUrl: `${twice}#part`,
      localPath: "far/b.tar",
      sdDatePublished: "2026-01-02T03:04:05Z",
    });
  });

  test("keeps no secret of an address", async () => {
    const folder = newFolder();
    const url = "https://me:secret@example.org/b?token=secret";
    const remote = [{ piece: "a", path: "b", url, digest: {} }];
    const { bytes, entity } = await write(folder, releaseOf(folder, {}, { pieces: [pieceOf("a")], remote }));
    expect(entity("https://example.org/b?token=***")).toMatchObject({ localPath: "a/b" });
    expect(bytes.includes("secret")).toBe(false);
  });

  test("names a declared licence never alone where the texts support another", async () => {
    const folder = newFolder();
    const { entity } = await write(folder, releaseOf(folder, hardFiles, hardMore));
    const gpl = "https://spdx.org/licenses/GPL-3.0-only";
    expect(entity("weights/")?.license).toEqual([{ "@id": "#license/LicenseRef-x" }, { "@id": gpl }]);
    expect(entity("#piece/far")?.license).toEqual({ "@id": "#license/MIT%20OR%20Apache-2.0" });
    expect(entity("#piece/gone")).not.toHaveProperty("license");
    expect(entity("./")?.license).toEqual({ "@id": "#licenses-of-the-pieces" });
    for (const id of ["#license/LicenseRef-x", gpl, "#license/MIT%20OR%20Apache-2.0", "#licenses-of-the-pieces"]) {
      expect(entity(id)?.["@type"], id).toBe("CreativeWork");
    }
  });

  test("gives the release the licence that all of it has", async () => {
    const folder = newFolder();
    const { entity } = await write(folder, releaseOf(folder, { "a/b": "", "c/d": "" }));
    expect(entity("./")?.license).toEqual({ "@id": "https://spdx.org/licenses/MIT" });
    expect(entity("#licenses-of-the-pieces")).toBeUndefined();
  });

  test("records the verification as an action", async () => {
    const folder = newFolder();
    const { entity } = await write(folder, releaseOf(folder, { "a/b": "" }));
    expect(entity("#verification")).toMatchObject({
      agent: { "@id": "#agent" },
      object: { "@id": "./" },
      result: { "@id": "#report" },
      endTime: "2026-01-02T03:04:05Z",
    });
    expect(entity("#agent")).toMatchObject({ name: "wholesource", version: "0.1.0" });
    expect(entity("#report")).toMatchObject({ localPath: "../wholesource/report.json", contentSize: "16" });
  });

  test.each([
    ["no order", ["a/b", "a/a"]],
    ["the same path twice", ["a/b", "a/b"]],
    ["no piece", ["a/b", "z/b"]],
  ])("refuses files with %s, and leaves nothing", async (_, paths) => {
    const folder = newFolder();
    const contents = releaseOf(folder, { "a/a": "", "a/b": "", "z/b": "" }, { pieces: [pieceOf("a")] });
    const all: PayloadFile[] = [];
    for await (const file of contents.payload()) all.push(file);
    const payload = () =>
      streamOf(
        paths.map((path) => all.find((file) => `${file.piece}/${file.path}` === path)).filter((f) => f !== undefined),
      );
    const to = join(folder, "ro-crate-metadata.json");
    await expect(writeCrate({ ...contents, payload }, to)).rejects.toThrow(TypeError);
    expect(existsSync(to)).toBe(false);
  });

  test("keeps no list of the files", { timeout: 60_000 }, async () => {
    const folder = newFolder();
    const count = 200_000;
    const digest = digestsOf("");
    async function* payload(): AsyncGenerator<PayloadFile, void, void> {
      for (let at = 0; at < count; at++) {
        yield { piece: "a", path: String(at).padStart(9, "0"), size: 0, digest, from: "/dev/null" };
      }
    }
    const to = join(folder, "ro-crate-metadata.json");
    const before = process.memoryUsage().rss;
    const { size } = await writeCrate({ ...releaseOf(folder, {}), pieces: [pieceOf("a")], payload }, to);
    expect(size).toBeGreaterThan(40_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });
});
