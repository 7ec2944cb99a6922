/** Whatever became of an archive since it was made is found, and the file is named. */
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WholesourceError } from "../../src/model/error.ts";
import { type VerifiedArchive, verifyArchive } from "../../src/run/verify-archive.ts";
import { archived, drawn, filesBelow, seedOfRun, smallRelease } from "./archive-small.ts";
import { folder, write } from "./release.ts";

/** Bits of each file that are flipped, one at a time. */
const FLIPS = 3;

async function bag(): Promise<string> {
  const at = await folder();
  const to = join(at, "bag");
  await archived(await smallRelease(join(at, "release")), to);
  return to;
}

const named = ({ check }: VerifiedArchive, file: string): boolean =>
  check.faults.some(({ path, detail }) => path === file || detail.includes(file));

async function verified(path: string): Promise<VerifiedArchive> {
  const seen = await verifyArchive(path);
  if (seen === undefined) throw new Error("no archive");
  return seen;
}

test("one flipped bit in any file of a bag", { timeout: 120_000 }, async () => {
  const to = await bag();
  const whole = await verified(to);
  expect(whole).toMatchObject({ check: { valid: true, faults: [] }, report: { summary: { exitCode: 0 } } });
  const draw = drawn(seedOfRun());
  const unfound: string[] = [];
  for (const [name, bytes] of filesBelow(to)) {
    for (let flip = 0; flip < FLIPS; flip++) {
      const [at, bit] = [draw(bytes.length), draw(8)];
      const other = Buffer.from(bytes);
      other[at] = (other[at] ?? 0) ^ (1 << bit);
      await writeFile(join(to, name), other);
      const seen = await verified(to);
      const isTold = !seen.check.valid && named(seen, name) && (seen.report?.summary.exitCode ?? 1) === 1;
      if (!isTold) unfound.push(`${name} at ${at} bit ${bit}: ${JSON.stringify(seen.check.faults)}`);
    }
    await writeFile(join(to, name), bytes);
  }
  expect(unfound).toEqual([]);
});

test("one flipped bit in the bytes of a piece makes that piece broken", async () => {
  const to = await bag();
  const file = join(to, "data/weights/model.safetensors");
  const bytes = await readFile(file);
  bytes[150] = (bytes[150] ?? 0) ^ 1;
  await writeFile(file, bytes);
  const { report } = await verified(to);
  expect(report?.pieces.map(({ id, outcome }) => [id, outcome])).toEqual([
    ["weights", "broken"],
    ["data", "resolved"],
  ]);
});

test("a missing file, and one that is not the archive's", async () => {
  const to = await bag();
  await rm(join(to, "data/data/b.csv"));
  await write(to, "data/data/c.csv", "new");
  const seen = await verified(to);
  const told = seen.check.faults.map(({ code, path }) => [code, path]);
  expect(told).toContainEqual(["file-missing", "data/data/b.csv"]);
  expect(told).toContainEqual(["file-unexpected", "data/data/c.csv"]);
  expect(seen.report?.summary.exitCode).toBe(1);
  expect(seen.report?.pieces.find(({ id }) => id === "data")?.outcome).toBe("broken");
});

test.each(["tar", "tar.gz", "tar.zst"] as const)("one flipped bit in a %s", { timeout: 120_000 }, async (form) => {
  const at = await folder();
  const to = join(at, `release.${form}`);
  await archived(await smallRelease(join(at, "release")), to, { form });
  const bytes = await readFile(to);
  const draw = drawn(seedOfRun());
  const unfound: string[] = [];
  for (let flip = 0; flip < 30; flip++) {
    const [place, bit] = [draw(bytes.length), draw(8)];
    const other = Buffer.from(bytes);
    other[place] = (other[place] ?? 0) ^ (1 << bit);
    await writeFile(to, other);
    const seen = await verifyArchive(to).catch((error: unknown) => {
      if (error instanceof WholesourceError && error.code === "input-unreadable") return undefined;
      throw error;
    });
    if (seen?.check.valid === true) unfound.push(`${place} bit ${bit}`);
  }
  expect(unfound).toEqual([]);
});

// Nothing vouches for the index but what it names: an annotation of it may be another one.
test("one flipped bit in any file of a layout but its index", { timeout: 120_000 }, async () => {
  const at = await folder();
  const [to, copy] = [join(at, "layout"), join(at, "copy")];
  await archived(await smallRelease(join(at, "release")), to, { form: "oci" });
  const draw = drawn(seedOfRun());
  await cp(to, copy, { recursive: true });
  const unfound: string[] = [];
  for (const [name, bytes] of filesBelow(copy)) {
    if (name === "index.json") continue;
    const [place, bit] = [draw(bytes.length), draw(8)];
    const other = Buffer.from(bytes);
    other[place] = (other[place] ?? 0) ^ (1 << bit);
    await rm(join(copy, name));
    await writeFile(join(copy, name), other);
    const seen = await verifyArchive(copy).catch((error: unknown) => {
      if (error instanceof WholesourceError && error.code === "input-unreadable") return undefined;
      throw error;
    });
    if (seen?.check.valid === true) unfound.push(`${name} at ${place} bit ${bit}`);
    await writeFile(join(copy, name), bytes);
  }
  expect(unfound).toEqual([]);
});
