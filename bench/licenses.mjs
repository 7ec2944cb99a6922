/**
 * Scores the recognition of licence texts beside what people would use instead: `npm run bench:licenses -- FOLDER`, a
 * folder with `expected.json` (a file's path inside the folder, and under `expect` the licence that it is) and the
 * texts. See README.md beside this file.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { find } from "./programs.mjs";

const load = createRequire(import.meta.url);

/**
 * @typedef {{ readonly ids: readonly string[], readonly exact: boolean }} Answer The licences that a tool names.
 * @typedef {{ readonly file: string, readonly expect: readonly string[], readonly whole: boolean }} Text
 */

/** A text with fewer words than this share of the licence is a notice that points at it. */
const wholeShare = 0.6;
/** Longest output of a peer, in bytes. */
const outputLimit = 256 * 1024 * 1024;

/** Deprecated identifiers, and what stands for them today. @type {Record<string, readonly string[]>} */
const renamed = {
  "BSD-2-Clause-FreeBSD": ["BSD-2-Clause-Views", "BSD-2-Clause"],
  "BSD-2-Clause-NetBSD": ["BSD-2-Clause"],
  "StandardML-NJ": ["SMLNJ"],
  "bzip2-1.0.5": ["bzip2-1.0.6"],
};

/** @type {Map<string, string>} */
const listed = new Map(
  [...load("spdx-license-ids"), ...load("spdx-license-ids/deprecated.json")].map((id) => [id.toLowerCase(), id]),
);

/**
 * The names of today for a licence that somebody expects or tells; a bare GPL text is `-only` and `-or-later` alike.
 * @param {string} name
 * @returns {readonly string[]}
 */
function idsOf(name) {
  // `GPL-3` and `AGPLv3`, as a peer writes them.
  const short = /^([AL]?GPL)(?:v|-)(\d)$/i.exec(name);
  const id = listed.get((short === null ? name : `${short[1]}-${short[2]}.0`).toLowerCase());
  if (id === undefined) return [];
  const plain = id.replace(/\+$|-only$|-or-later$/, "");
  if (/^(?:[AL]?GPL|GFDL)-[\d.]+$/.test(plain)) return [plain, `${plain}-only`, `${plain}-or-later`];
  return [id, ...(renamed[id] ?? [])];
}

/** @param {string} folder @returns {{ texts: readonly Text[], left: number }} */
function readExpected(folder) {
  /** @type {Record<string, { readonly expect?: string | null }>} */
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
  const texts = [];
  let left = 0;
  for (const [file, { expect }] of Object.entries(expected)) {
    const ids = idsOf(expect ?? "");
    if (ids.length === 0) left++;
    else texts.push({ file, expect: ids, whole: isWhole(readFileSync(join(folder, file), "utf8"), ids) });
  }
  return { texts, left };
}

/** @param {string} text @param {readonly string[]} ids */
function isWhole(text, ids) {
  const words = text.split(/\s+/).length;
  return ids.some((id) => {
    try {
      const { licenseText } = load(`spdx-license-list/licenses/${id}.json`);
      return words >= wholeShare * licenseText.split(/\s+/).length;
    } catch {
      return false;
    }
  });
}

/** @param {readonly string[]} paths @returns {Promise<readonly Answer[]>} */
async function askOurselves(paths) {
  const { recogniseLicenses } = await import("../dist/index.js");
  const answers = [];
  for (const path of paths) {
    const [entry] = recogniseLicenses([path]);
    const sighting =
      entry?.sightings.find((/** @type {{ source: string }} */ { source }) => source === "text") ?? entry?.sightings[0];
    const places = sighting === undefined ? [] : [sighting, ...(sighting.parts ?? [])];
    answers.push({
      ids: places
        .flatMap(({ expression, also, resembles }) => [expression, ...(also ?? []), resembles])
        .filter(Boolean),
      exact: sighting?.verdict === "exact",
    });
  }
  return answers;
}

/** @param {readonly string[]} paths @returns {readonly Answer[]} */
function askLicensecheck(paths) {
  const said = execFileSync(
    "licensecheck",
    ["--shortname-scheme", "spdx", "--lines", "0", "--check", ".", "--machine", ...paths],
    {
      maxBuffer: outputLimit,
      stdio: ["ignore", "pipe", "ignore"],
    },
  ).toString();
  const byPath = new Map(said.split("\n").map((line) => [line.split("\t")[0], line.split("\t")[1] ?? ""]));
  return paths.map((path) => {
    const text = (byPath.get(path) ?? "UNKNOWN").replace(/\s*\[[^\]]*\]/g, "");
    const ids = /UNKNOWN/.test(text) ? [] : text.split(/\s+(?:and\/or|and|or)\s+/i).map((one) => one.trim());
    // It tells no degree: whatever it names, it names.
    return { ids: ids.filter((one) => one !== ""), exact: ids.length > 0 };
  });
}

/** The gem reads a text with the name of a licence file; which of its matchers spoke says how sure it is. */
const licenseeScript = `
require "licensee"
require "json"
answers = JSON.parse(STDIN.read).map do |path|
  content = File.binread(path).force_encoding("UTF-8").scrub
  name = path =~ /\\.(md|html?|txt)$/ ? "LICENSE#{$&}" : "LICENSE"
  file = Licensee::ProjectFiles::LicenseFile.new(content, name)
  license = file.license
  known = license && license.spdx_id && license.spdx_id !~ /^(NOASSERTION|NONE)$/
  { ids: known ? [license.spdx_id] : [], exact: !!(known && file.matcher && file.matcher.name == :exact) }
end
puts JSON.generate(answers)
`;

/** @param {readonly string[]} paths @returns {readonly Answer[]} */
function askLicensee(paths) {
  const said = execFileSync("ruby", ["-e", licenseeScript], {
    input: JSON.stringify(paths),
    maxBuffer: outputLimit,
    stdio: ["pipe", "pipe", "ignore"],
  });
  return JSON.parse(said.toString());
}

function hasLicensee() {
  if (find("ruby") === undefined) return false;
  try {
    execFileSync("ruby", ["-e", 'require "licensee"'], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {readonly Text[]} texts
 * @param {readonly Answer[]} answers
 */
function score(texts, answers) {
  let [exact, exactRight, named, right, empty] = [0, 0, 0, 0, 0];
  const wrong = [];
  for (const [index, { file, expect }] of texts.entries()) {
    const answer = answers[index] ?? { ids: [], exact: false };
    const isRight = answer.ids.some((id) => idsOf(id).some((one) => expect.includes(one)));
    if (answer.exact) exact++;
    if (answer.exact && isRight) exactRight++;
    if (answer.ids.length > 0) named++;
    if (answer.ids.length === 0) empty++;
    if (isRight) right++;
    else if (answer.ids.length > 0)
      wrong.push(`${file}: ${answer.ids.join(", ")}${answer.exact ? " (exact)" : ""}, expected ${expect[0]}`);
    else wrong.push(`${file}: nothing, expected ${expect[0]}`);
  }
  return { exact, exactRight, named, right, empty, wrong };
}

/** @param {number} part @param {number} whole */
function percent(part, whole) {
  return whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`;
}

async function main() {
  const [folder = ""] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
  if (!existsSync(join(folder, "expected.json"))) {
    console.error("bench: there is no folder with an expected.json\nhint: npm run bench:licenses -- FOLDER");
    return 2;
  }
  if (!existsSync(resolve(import.meta.dirname, "../dist/index.js"))) {
    console.error("bench: there is no built program\nhint: run `npm run build` first");
    return 2;
  }
  const { texts, left } = readExpected(folder);
  const paths = texts.map(({ file }) => join(folder, file));
  /** @type {(readonly [name: string, ask: ((paths: readonly string[]) => readonly Answer[] | Promise<readonly Answer[]>) | undefined])[]} */
  const tools = [
    ["wholesource", askOurselves],
    ["licensecheck", find("licensecheck") === undefined ? undefined : askLicensecheck],
    ["licensee", hasLicensee() ? askLicensee : undefined],
  ];
  const missing = tools.filter(([, ask]) => ask === undefined).map(([name]) => name);
  if (missing.length > 0) console.log(`missing, and left out: ${missing.join(", ")}`);
  const whole = texts.filter((text) => text.whole);
  console.log(
    `${whole.length} full texts, ${texts.length - whole.length} notices; ${left} texts whose licence is not on the SPDX list are not scored\n`,
  );
  const rows = [
    ["", "exact", "of these right", "exact or near, right", "wrong", "no answer", "notices right", "ms a file"],
  ];
  let failed = false;
  for (const [name, ask] of tools) {
    if (ask === undefined) continue;
    const start = performance.now();
    const answers = await ask(paths);
    const time = (performance.now() - start) / Math.max(1, paths.length);
    /** @param {boolean} wanted */
    const select = (wanted) => {
      const kept = texts
        .map((text, index) => ({ text, answer: answers[index] ?? { ids: [], exact: false } }))
        .filter(({ text }) => text.whole === wanted);
      return score(
        kept.map(({ text }) => text),
        kept.map(({ answer }) => answer),
      );
    };
    const [full, notices] = [select(true), select(false)];
    rows.push([
      name,
      String(full.exact),
      percent(full.exactRight, full.exact),
      percent(full.right, whole.length),
      String(full.named - full.right),
      String(full.empty),
      percent(notices.right, texts.length - whole.length),
      time.toFixed(1),
    ]);
    if (name === "wholesource") {
      failed = full.exactRight < full.exact || full.right < 0.97 * whole.length;
      if (process.argv.includes("--wrong")) for (const line of [...full.wrong, ...notices.wrong]) console.log(line);
    }
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  "),
    );
  return process.argv.includes("--check") && failed ? 1 : 0;
}

process.exitCode = await main();
