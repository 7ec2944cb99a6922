/** Measures the built program side by side with its peers. See README.md beside this file. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { archive } from "./cases/archive.mjs";
import { bag } from "./cases/bag.mjs";
import { download } from "./cases/download.mjs";
import { listing } from "./cases/listing.mjs";
import { oneFile } from "./cases/one-file.mjs";
import { startUp } from "./cases/start-up.mjs";
import { tree } from "./cases/tree.mjs";
import { missingPrograms } from "./programs.mjs";
import { runContest } from "./rounds.mjs";
import { printContest, verdicts } from "./table.mjs";

/** @type {{ readonly [name: string]: import("./rounds.mjs").Case }} */
const cases = { "one-file": oneFile, tree, download, listing, "start-up": startUp, archive, bag };

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    data: { type: "string" },
    json: { type: "string" },
    list: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});

async function main() {
  if (options.list) {
    for (const name of Object.keys(cases)) console.log(name);
    return 0;
  }
  const names = positionals.length > 0 ? positionals : Object.keys(cases);
  const unknown = names.filter((name) => !Object.hasOwn(cases, name));
  if (unknown.length > 0)
    return fail(`there is no case ${unknown.join(", ")}`, `choose from: ${Object.keys(cases).join(", ")}`);
  const program = resolve(import.meta.dirname, "../bin/wholesource.js");
  if (!existsSync(resolve(import.meta.dirname, "../dist/cli/main.js"))) {
    return fail("there is no built program", "run `npm run build` first");
  }
  const missing = missingPrograms();
  if (missing.length > 0) console.log(`missing, and left out: ${missing.join(", ")}`);
  console.log(
    `node ${process.version}, ${availableParallelism()} cores${options.quick ? ", quick sizes: no claims" : ""}\n`,
  );

  const kept = options.data === undefined ? undefined : resolve(options.data);
  if (kept !== undefined) mkdirSync(kept, { recursive: true });
  const folder = kept ?? mkdtempSync(join(tmpdir(), "wholesource-bench-"));
  const results = [];
  let failed = false;
  try {
    for (const name of names) {
      const work = join(folder, `${name}${options.quick ? "-quick" : ""}`);
      mkdirSync(work, { recursive: true });
      const context = { program, work, quick: options.quick };
      for await (const contest of cases[name](context)) {
        const rounds = Number(options.rounds ?? contest.rounds ?? (options.quick ? 3 : 5));
        const result = await runContest(contest, rounds);
        results.push({ case: name, ...result });
        printContest(contest, result);
        failed ||=
          result.failures.length > 0 || (options.check && verdicts(contest, result).some(({ met }) => met === false));
      }
      if (kept === undefined) rmSync(work, { recursive: true, force: true });
    }
  } finally {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
  return failed ? 1 : 0;
}

/** @param {string} message @param {string} hint */
function fail(message, hint) {
  console.error(`bench: ${message}\nhint: ${hint}`);
  return 2;
}

process.exitCode = await main();
