import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bagEntries } from "../../src/archive/bag-entries.ts";
import { checkBagFolder } from "../../src/run/bag-check.ts";
import { layEntries, newFolder, releaseOf } from "./bag-made.ts";

/** Flips of each file: at most so many, spread over its bits. */
const flipsPerFile = 24;

test("one flipped bit anywhere is found and named", async () => {
  const folder = newFolder();
  const contents = releaseOf({ "code/a.py": "print(1)\n", "weights/b.bin": Buffer.alloc(100_000, 3) });
  const paths = await layEntries(bagEntries(contents, { scratch: newFolder() }), folder);
  expect((await checkBagFolder(folder, { depth: "full" })).faults).toEqual([]);
  for (const path of paths) {
    const file = join(folder, path);
    const sound = readFileSync(file);
    const bits = sound.length * 8;
    // Each step is odd, so that every bit of a byte has its turn.
    const step = Math.floor(bits / flipsPerFile) | 1;
    for (let bit = 5; bit < bits; bit += step) {
      const broken = Buffer.from(sound);
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(file, broken);
      const { valid, faults } = await checkBagFolder(folder, { depth: "full" });
      const named = faults.some((fault) => fault.path === path || fault.detail.includes(`\`${path}\``));
      expect(named, `bit ${bit} of ${path}: ${JSON.stringify(faults)}`).toBe(true);
      // A capital for a small letter in a digest says the same digest: the standard has it valid.
      const isCapital = path.startsWith("tagmanifest-") && sameDigests(`${broken}`, `${sound}`);
      expect(valid, `bit ${bit} of ${path}`).toBe(isCapital);
    }
    writeFileSync(file, sound);
  }
}, 60_000);

/** Whether two manifests differ in the letters of their digests alone. */
function sameDigests(one: string, other: string): boolean {
  const lowered = (text: string): string => text.replaceAll(/^[0-9a-f]+ /gim, (digest) => digest.toLowerCase());
  return lowered(one) === lowered(other);
}

test("a byte of a file too much, and one too few", async () => {
  const folder = newFolder();
  await layEntries(bagEntries(releaseOf({ "a/x": "12345" }), { scratch: newFolder() }), folder);
  for (const bytes of ["123456", "1234", ""]) {
    writeFileSync(join(folder, "data/a/x"), bytes);
    const { faults } = await checkBagFolder(folder, { depth: "completeness" });
    expect(faults.map(({ code }) => code)).toEqual(["oxum-differs"]);
    const full = await checkBagFolder(folder, { depth: "full" });
    expect(full.faults.map(({ code }) => code)).toEqual(["oxum-differs", "file-corrupt", "file-corrupt"]);
  }
});
