/** Lists of many entries, asked about and not read: time grows with them, memory does not. */
import { existsSync, linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listedManifest } from "../data.mjs";

/** Names that one file may have: a file system allows some 65,000. */
const linksPerFile = 50_000;
const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** @type {import("../rounds.mjs").Case} */
export async function* listing({ program, work, quick }) {
  const counts = quick ? [1000, 10_000, 100_000] : [10_000, 100_000, 1_000_000];
  const contestants = counts.map((count) => {
    const folder = join(work, `${count}`);
    manyNames(folder, count);
    const manifest = join(work, `${count}.json`);
    listedManifest(manifest, { location: `./${count}`, listing: `./${count}.sha256` });
    const name = `${count.toLocaleString("en")} entries`;
    return { name, argv: ["node", program, "verify", manifest, "--depth", "probe", "--quiet"] };
  });
  const [small, middle, large] = contestants;
  if (small === undefined || middle === undefined || large === undefined) return;
  yield {
    title: "a list at --depth probe",
    rounds: 3,
    contestants: [large, middle, small],
    goals: [
      { kind: "memory", mebibytes: 300 },
      // Ten times the entries, ten times the time, and a little for what grows with the heap.
      { kind: "seconds-by", of: middle.name, factor: 11 },
    ],
  };
}

/**
 * Files that all hold nothing: many names of few files, because a million files take long to make.
 * @param {string} folder
 * @param {number} count
 */
function manyNames(folder, count) {
  const list = `${folder}.sha256`;
  if (existsSync(list)) return;
  const lines = [];
  let file = "";
  for (let n = 0; n < count; n++) {
    const path = `${String(Math.floor(n / 1000)).padStart(4, "0")}/${String(n).padStart(7, "0")}.bin`;
    if (n % 1000 === 0) mkdirSync(join(folder, path, ".."), { recursive: true });
    if (n % linksPerFile === 0) {
      file = join(folder, path);
      writeFileSync(file, "");
    } else linkSync(file, join(folder, path));
    lines.push(`${nothing}  ${path}\n`);
  }
  writeFileSync(list, lines.join(""));
}
