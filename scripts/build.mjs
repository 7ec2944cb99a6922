/**
 * Builds dist/: the program and its dependencies bundled and minified, because one file starts twice as fast as a
 * folder of modules; the declarations; and the licences of what is inside. Prints nothing when all is well.
 *
 *   node scripts/build.mjs [--no-types]
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { rolldown } from "rolldown";
import { thirdPartyLicenses } from "./third-party.mjs";

const root = resolve(import.meta.dirname, "..");
const src = join(root, "src");
const dist = join(root, "dist");
const types = join(dist, "types");
/** Loaded by name when it is there: a prebuilt binary per platform can not be inside a bundle. */
const external = ["@napi-rs/blake-hash"];
/** The same library as modules: what is not used of it is left out. Its `exports` give Node one whole. */
const asModules = { yaml: join(root, "node_modules/yaml/browser/dist/index.js") };
/** Not code, but in the bundle all the same: the licence corpus is made from this list. */
const bundledData = [join(root, "node_modules/spdx-license-list/package.json")];

/** dist/ mirrors src/ for the programs; everything they share is in dist/shared/. */
const outputName = (file) => relative(src, file).split(sep).join("/").replace(/\.ts$/, ".js");

/** Runs a Node script of ours or of a dependency; its words are shown only when it fails. */
function runNode(script, args) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const said = [];
    child.stdout.on("data", (chunk) => said.push(chunk));
    child.stderr.on("data", (chunk) => said.push(chunk));
    child.on("error", fail);
    child.on("close", (code) => {
      if (code === 0) done();
      else fail(new Error(`${basename(script)} ${args.join(" ")} ended with ${code}\n${Buffer.concat(said)}`));
    });
  });
}

/**
 * `new URL("./x-worker.ts", import.meta.url)` names a program of its own, and any other relative name a file to ship:
 * both are put where the bundle can find them, whatever chunk the naming code ends up in.
 */
const filesByUrl = {
  name: "files-by-url",
  transform: {
    filter: { id: /\/src\/.*\.ts$/, code: "import.meta.url" },
    handler(code, id) {
      return code.replaceAll(/new URL\(\s*"(\.{1,2}\/[^"]+)",\s*import\.meta\.url,?\s*\)/g, (_whole, name) => {
        const file = resolve(dirname(id), name);
        if (!existsSync(file)) this.error(`${relative(root, id)} names ${name}, which is not there`);
        const reference = file.endsWith("-worker.ts")
          ? this.emitFile({ type: "chunk", id: file, fileName: outputName(file) })
          : this.emitFile({ type: "asset", name: basename(file), originalFileName: file, source: readFileSync(file) });
        return `new URL(import.meta.ROLLDOWN_FILE_URL_${reference})`;
      });
    },
  },
};

/** None of our commands is a program of its own: what would start one is not loaded by every run. */
const noProgramsStarted = {
  name: "no-programs-started",
  transform: {
    filter: { id: /\/commander\/lib\/command\.js$/ },
    handler(code) {
      const without = code.replace(/require\((['"])node:child_process\1\)/, "undefined");
      if (without === code) this.error("commander does not begin as it is known to");
      return without;
    },
  },
};

/** What has a name in dist/: the library, the program, and whatever runs on a thread or in a process of its own. */
function entries() {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).map((file) => join(src, file));
  const wanted = (file) =>
    file.endsWith("-worker.ts") || ["index.ts", "cli/main.ts"].some((at) => file === join(src, at));
  return Object.fromEntries(files.filter(wanted).map((file) => [outputName(file).slice(0, -".js".length), file]));
}

async function bundle() {
  const build = await rolldown({
    input: entries(),
    cwd: root,
    platform: "node",
    external,
    plugins: [filesByUrl, noProgramsStarted],
    resolve: { alias: asModules },
    onLog(level, log) {
      if (level !== "debug") throw new Error(log.message);
    },
  });
  const { output } = await build.write({
    dir: dist,
    format: "esm",
    minify: true,
    entryFileNames: "[name].js",
    chunkFileNames: "shared/[name].js",
    assetFileNames: "shared/[name][extname]",
  });
  await build.close();
  return output;
}

/** Removes what an earlier build left, after the new files are in place. */
function removeStale(keep) {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && !keep.has(file) && !file.startsWith(types + sep)) rmSync(file);
  }
}

async function build({ withTypes }) {
  const generator = join(root, "scripts/licenses.mjs");
  if (existsSync(generator)) await runNode(generator, []);
  const declarations = withTypes
    ? runNode(join(root, "node_modules/typescript/bin/tsc"), ["-p", "tsconfig.build.json"])
    : Promise.resolve();
  const [output] = await Promise.all([bundle(), declarations]);
  const notices = join(dist, "THIRD-PARTY-LICENSES.txt");
  const modules = output.flatMap((file) => (file.type === "chunk" ? Object.keys(file.modules) : []));
  writeFileSync(notices, thirdPartyLicenses([...modules, ...bundledData]));
  removeStale(new Set([notices, ...output.map((file) => resolve(dist, file.fileName))]));
}

try {
  await build({ withTypes: !process.argv.includes("--no-types") });
} catch (error) {
  console.error(stripVTControlCharacters(`the build failed: ${error instanceof Error ? error.message : error}`));
  process.exitCode = 1;
}
