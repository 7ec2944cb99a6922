/**
 * Makes src/license/corpus.bin, what the recognition of licence texts compares with, out of the SPDX licence list.
 * Runs before the bundle is made, and does nothing while its inputs are the same.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { rolldown } from "rolldown";

const folder = resolve(import.meta.dirname, "../src/license");
const target = join(folder, "corpus.bin");
const stamp = join(folder, "corpus.stamp");
const load = createRequire(import.meta.url);
const list = dirname(load.resolve("spdx-license-list"));

function inputs() {
  const hash = createHash("sha256")
    .update(readFileSync(join(list, "package.json")))
    .update(readFileSync(import.meta.filename));
  for (const name of readdirSync(folder).sort())
    if (name.endsWith(".ts")) hash.update(readFileSync(join(folder, name)));
  return hash.digest("hex");
}

/** The builder is TypeScript and shares its reading of texts with the program; Node 20 needs it bundled. */
async function builder() {
  const build = await rolldown({ input: join(folder, "corpus-build.ts"), platform: "node" });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  return import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString("base64")}`);
}

const wanted = inputs();
if (!existsSync(target) || !existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  const { buildCorpus } = await builder();
  const deprecated = new Set(load("spdx-license-ids/deprecated.json"));
  const licenses = readdirSync(join(list, "licenses"))
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => {
      const id = name.slice(0, -".json".length);
      const { name: title, licenseText } = JSON.parse(readFileSync(join(list, "licenses", name), "utf8"));
      return { id, name: title, text: licenseText, deprecated: deprecated.has(id) || id.endsWith("+") };
    });
  writeFileSync(`${target}.tmp`, buildCorpus(licenses));
  renameSync(`${target}.tmp`, target);
  writeFileSync(stamp, wanted);
}
