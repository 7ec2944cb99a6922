/** Archives whose records claim what is not so: nothing outside is read, nothing false is verified, and it is said why. */
import { createHash } from "node:crypto";
import { readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { restore } from "../../src/run/restore.ts";
import { type VerifiedArchive, verifyArchive } from "../../src/run/verify-archive.ts";
import { archived, filesBelow } from "./archive-small.ts";
import { entry, folder, safetensors, sha256, write, writeManifest } from "./release.ts";

const weights = safetensors();
const RECORDS = "wholesource/resolutions.jsonl";
const signal = new AbortController().signal;

interface Line {
  readonly type: string;
  readonly path?: string;
  readonly [field: string]: unknown;
}

/** A bag of one piece, and a file beside it that has what the piece should have. */
async function bag(): Promise<{ at: string; to: string; manifest: string }> {
  const at = await folder();
  await write(join(at, "release"), "w/model.safetensors", weights);
  await write(at, "secret", weights);
  const manifest = await writeManifest(join(at, "release"), [
    {
      id: "weights",
      licenseDeclared: "NOASSERTION",
      locations: ["./w"],
      files: [entry("model.safetensors", weights)],
    },
  ]);
  const to = join(at, "out/bag");
  await archived(manifest, to);
  return { at, to, manifest };
}

/** Makes the tag manifests fit again: a forger can do that too. */
async function retag(to: string): Promise<void> {
  const tags = [...filesBelow(to)].filter(([name]) => !name.startsWith("data/") && !name.startsWith("tagmanifest-"));
  for (const algorithm of ["sha256", "sha512"]) {
    const lines = tags.map(([name, bytes]) => `${createHash(algorithm).update(bytes).digest("hex")}  ${name}\n`);
    const file = join(to, `tagmanifest-${algorithm}.txt`);
    if ((await stat(file).catch(() => undefined)) !== undefined) await writeFile(file, lines.join(""));
  }
}

async function rewritten(to: string, change: (line: Line) => Line | undefined): Promise<VerifiedArchive> {
  const lines = (await readFile(join(to, RECORDS), "utf8")).split("\n").filter((text) => text !== "");
  const next = lines.flatMap((text) => change(JSON.parse(text)) ?? []).map((line) => `${JSON.stringify(line)}\n`);
  await rm(join(to, RECORDS));
  await writeFile(join(to, RECORDS), next.join(""));
  await retag(to);
  const seen = await verifyArchive(to);
  if (seen === undefined) throw new Error("no archive");
  return seen;
}

const isModel = ({ type, path }: Line): boolean => type === "object" && path === "model.safetensors";
const outcome = ({ report }: VerifiedArchive): string | undefined => report?.pieces[0]?.outcome;

test("records that are as they were are no fault, also with manifests of another hand", async () => {
  const { to } = await bag();
  const seen = await rewritten(to, (line) => line);
  expect(seen.check).toMatchObject({ valid: true, faults: [] });
  expect(outcome(seen)).toBe("resolved");
  expect(seen.report?.pieces[0]?.counts).toMatchObject({ verified: 1 });
});

test.each([
  ["data/../../../secret"],
  ["data/weights/../../../../secret"],
  ["../../secret"],
  ["/etc/passwd"],
  ["data//etc/passwd"],
  ["data/weights/none"],
  [""],
])("kept at `%s`", async (kept) => {
  const { to, at } = await bag();
  // The right bytes lie outside, and inside there are none.
  await rm(join(to, "data/weights/model.safetensors"));
  const seen = await rewritten(to, (line) => (isModel(line) ? { ...line, kept } : line));
  expect(seen.report?.pieces[0]?.counts.verified ?? 0).toBe(0);
  expect(["verified", "resolved"]).not.toContain(outcome(seen));
  expect(seen.report?.summary.exitCode ?? 1).not.toBe(0);
  await expect(restore(to, join(at, "again"), signal)).rejects.toMatchObject({ code: "input-unreadable" });
});

test("a link in the place of a file", async () => {
  const { to, at } = await bag();
  const file = join(to, "data/weights/model.safetensors");
  await rm(file);
  await symlink(join(at, "secret"), file);
  const seen = await verifyArchive(to);
  expect(seen?.check.valid).toBe(false);
  expect(seen?.report?.pieces[0]?.counts.verified ?? 0).toBe(0);
});

test.each(["resolutions.jsonl", "manifest.json"])("a link in the place of `%s`", async (name) => {
  const { to, at } = await bag();
  const file = join(to, "wholesource", name);
  const outside = join(at, name);
  await writeFile(outside, await readFile(file));
  await rm(file);
  await symlink(outside, file);
  const seen = await verifyArchive(to);
  expect(seen?.check.valid).toBe(false);
  expect(seen?.report?.pieces ?? []).toEqual([]);
});

test("a refusal that is recorded of a file that is there", async () => {
  const refusal = { status: "refused", kind: "absent", reason: "not-found", message: "it was gone" };
  const { to } = await bag();
  const seen = await rewritten(to, (line) => (isModel(line) ? { ...line, refusal } : line));
  expect(["verified", "resolved"]).not.toContain(outcome(seen));
});

test("digests and sizes of another file are its host's word, and measured bytes count", async () => {
  const { to } = await bag();
  const other = { digest: { sha256: sha256("other") }, sha256: sha256("other"), size: 7, url: "https://example.org/x" };
  const seen = await rewritten(to, (line) => (isModel(line) ? { ...line, ...other } : line));
  expect(seen.report?.findings.map(({ code }) => code)).toContain("digest-published-differs");
  expect(seen.report?.pieces[0]?.files[0]?.digest.sha256).toMatchObject({
    declared: sha256(weights),
    measured: sha256(weights),
    published: sha256("other"),
  });
});

test("other bytes with records that say they are right", async () => {
  const { to } = await bag();
  const bytes = safetensors(2);
  await rm(join(to, "data/weights/model.safetensors"));
  await writeFile(join(to, "data/weights/model.safetensors"), bytes);
  for (const algorithm of ["sha256", "sha512"]) {
    const file = join(to, `manifest-${algorithm}.txt`);
    const lines = (await readFile(file, "utf8")).split("\n").map((line) => {
      if (!line.endsWith("  data/weights/model.safetensors")) return line;
      return `${createHash(algorithm).update(bytes).digest("hex")}  data/weights/model.safetensors`;
    });
    await writeFile(file, lines.join("\n"));
  }
  const seen = await rewritten(to, (line) => line);
  expect(seen.check.valid).toBe(true);
  expect(outcome(seen)).toBe("broken");
  expect(seen.report?.summary.exitCode).toBe(1);
});

test("a manifest of another release over these bytes", async () => {
  const [{ to }, other] = [await bag(), await folder()];
  const manifest = await writeManifest(other, [
    { id: "weights", licenseDeclared: "NOASSERTION", locations: ["./w"], files: [entry("model.safetensors", "other")] },
    { id: "more", licenseDeclared: "NOASSERTION", locations: ["./w"], files: [entry("model.safetensors", weights)] },
  ]);
  await rm(join(to, "wholesource/manifest.json"));
  await writeFile(join(to, "wholesource/manifest.json"), await readFile(manifest));
  const seen = await rewritten(to, (line) => line);
  expect(seen.report?.pieces.map((piece) => piece.outcome)).toEqual(["broken", "inconclusive"]);
});

test.each<[string, (text: string) => string | Uint8Array]>([
  ["a line of eight million characters", (text) => `${text}{"type":"object","path":"${"a".repeat(8_000_000)}"}\n`],
  ["a line that never ends", () => Buffer.alloc(20_000_000, 0x61)],
  ["no JSON", () => "nothing\n"],
  ["an unknown key", (text) => text.replace('"type":"object"', '"type":"object","trust":"me"')],
  ["ten thousand brackets", () => `${"[".repeat(10_000)}\n`],
  ["bytes that are no text", () => Buffer.from([0xff, 0xfe, 0x0a])],
])("records with %s are told, and nothing of the release is", async (_, change) => {
  const { to } = await bag();
  const text = await readFile(join(to, RECORDS), "utf8");
  await rm(join(to, RECORDS));
  await writeFile(join(to, RECORDS), change(text));
  await retag(to);
  const seen = await verifyArchive(to);
  expect(seen?.report).toBeUndefined();
  expect(seen?.check.valid).toBe(false);
  expect(seen?.check.faults).toContainEqual(expect.objectContaining({ severity: "error", path: RECORDS }));
});

test("a link out of the restored folder is a file with its text", async () => {
  const { to, at } = await bag();
  const link = { type: "object", piece: "weights", location: 0, role: "file", path: "out", mode: "120000" };
  const text = "../../../secret";
  await write(to, "data/weights/out", text);
  for (const algorithm of ["sha256", "sha512"]) {
    const file = join(to, `manifest-${algorithm}.txt`);
    const line = `${createHash(algorithm).update(text).digest("hex")}  data/weights/out\n`;
    await writeFile(file, `${await readFile(file, "utf8")}${line}`);
  }
  const info = await readFile(join(to, "bag-info.txt"), "utf8");
  await writeFile(
    join(to, "bag-info.txt"),
    info.replace(/Payload-Oxum: (\d+)\.(\d+)/, (_whole, bytes: string, files: string) => {
      return `Payload-Oxum: ${Number(bytes) + text.length}.${Number(files) + 1}`;
    }),
  );
  const lines = `${await readFile(join(to, RECORDS), "utf8")}${JSON.stringify({ ...link, kept: "data/weights/out" })}\n`;
  await rm(join(to, RECORDS));
  await writeFile(join(to, RECORDS), lines);
  await retag(to);
  const again = join(at, "again");
  await restore(to, again, signal);
  expect(await readFile(join(again, "w/out"), "utf8")).toBe(text);
});
