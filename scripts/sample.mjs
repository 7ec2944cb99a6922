/**
 * Makes the sample's weights again from the published data and writes the true sizes and digests into its manifest.
 * Run it after a change below samples/iris-softmax: `npm run sample`.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseDocument } from "yaml";

const sample = resolve(import.meta.dirname, "../samples/iris-softmax");
const manifestFile = join(sample, "wholesource.yaml");
const run = (command, args, cwd) => execFileSync(command, args, { cwd, encoding: "utf8" }).trim();

/** The tree that git itself makes of a folder. */
function gitTree(folder, scratch) {
  const copy = join(scratch, "tree");
  rmSync(copy, { recursive: true, force: true });
  cpSync(folder, copy, { recursive: true });
  run("git", ["init", "-q"], copy);
  run("git", ["-c", "core.autocrlf=false", "add", "--all", "--force"], copy);
  return run("git", ["write-tree"], copy);
}

const scratch = mkdtempSync(join(tmpdir(), "wholesource-sample-"));
try {
  const document = parseDocument(readFileSync(manifestFile, "utf8"));
  const { pieces } = document.toJS();

  const data = pieces.find((piece) => piece.id === "training-data");
  const tarball = run("npm", ["pack", "--silent", data.locations[0].replace("pkg:npm/", "")], scratch);
  run("tar", ["-xzf", tarball], scratch);
  const roots = { "training-data": join(scratch, "package") };
  run("node", [join(sample, "train/train.mjs"), join(scratch, "package", data.files[0].path), join(sample, "weights")]);

  for (const [at, piece] of pieces.entries()) {
    const root = roots[piece.id] ?? join(sample, piece.locations[0]);
    for (const [index, file] of piece.files.entries()) {
      const bytes = readFileSync(join(root, file.path));
      const entry = ["pieces", at, "files", index];
      document.setIn([...entry, "size"], bytes.length);
      document.setIn([...entry, "digest", "sha256"], createHash("sha256").update(bytes).digest("hex"));
    }
    if (piece.digest?.gitTree !== undefined) {
      document.setIn(["pieces", at, "digest", "gitTree"], gitTree(root, scratch));
    }
  }
  writeFileSync(manifestFile, document.toString({ lineWidth: 0 }).replace(/\[ (.*) \]/g, "[$1]"));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
