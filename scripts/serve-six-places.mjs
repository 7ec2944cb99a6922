/**
 * Serves samples/six-places on 127.0.0.1, each piece from a host of its own, until Ctrl-C:
 * `node scripts/serve-six-places.mjs`. Prints the command that verifies it, for another terminal. With `--write` it
 * serves nothing, but writes the true sizes, digests and pins into the sample's manifest.
 *
 * The hosts are those of the tests, test/services/six-places.ts; what they run, test/services/install gets.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { parseDocument } from "yaml";

const root = resolve(import.meta.dirname, "..");
const sample = join(root, "samples/six-places");
const manifestFile = join(sample, "wholesource.yaml");

/** The hosts skip tests where a program is missing; here are no tests. */
const noTests = {
  name: "no-tests",
  resolveId: (id) => (id === "vitest" ? "\0no-tests" : undefined),
  load: (id) => (id === "\0no-tests" ? "export const describe = () => undefined;" : undefined),
};

/** Node 20 reads no TypeScript: the hosts' files are made one, loaded, and gone again. */
async function loadPlaces() {
  const folder = mkdtempSync(join(tmpdir(), "wholesource-six-places-"));
  try {
    const file = join(folder, "places.mjs");
    const input = join(root, "test/services/six-places.ts");
    const build = await rolldown({ input, cwd: root, platform: "node", plugins: [noTests], logLevel: "silent" });
    await build.write({ file, format: "esm", codeSplitting: false });
    await build.close();
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeManifest(places, folders) {
  const document = parseDocument(readFileSync(manifestFile, "utf8"));
  for (const [at, { id, files }] of document.toJS().pieces.entries()) {
    document.setIn(["pieces", at, "locations", 0], places[id].location);
    for (const [index, { path }] of files.entries()) {
      const bytes = readFileSync(join(sample, "files", folders[id], path));
      document.setIn(["pieces", at, "files", index, "size"], bytes.length);
      const digest = createHash("sha256").update(bytes).digest("hex");
      document.setIn(["pieces", at, "files", index, "digest", "sha256"], digest);
    }
  }
  writeFileSync(manifestFile, document.toString({ lineWidth: 0 }).replace(/\[ (.*) \]/g, "[$1]"));
}

process.chdir(root);
const { startSixPlaces, folders } = await loadPlaces();
const places = await startSixPlaces();
const close = () => Promise.all(Object.values(places).map((place) => place.close()));
if (process.argv.includes("--write")) {
  writeManifest(places, folders);
  await close();
} else {
  const endpoints = Object.values(places).map(({ endpoint: [id, url] }) => `--endpoint ${id}=${url}`);
  // The hub gives large files out at a second address, which is on this machine too.
  const command = `node bin/wholesource.js verify ${relative(process.cwd(), sample)} --allow-private`;
  process.stdout.write(
    `serving samples/six-places on 127.0.0.1, Ctrl-C ends it; in another terminal:\n\n` +
      `${[command, ...endpoints].join(" \\\n  ")}\n\n`,
  );
  process.once("SIGINT", () => void close());
  process.once("SIGTERM", () => void close());
}
