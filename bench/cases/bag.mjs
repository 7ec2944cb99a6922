/** Verifying bags: one that bagit.py made, and an archive of ours, by both programs. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { listedManifest } from "../data.mjs";
import { bagit, bagitMissing } from "./bagit.mjs";
import { releases } from "./release.mjs";

/** @type {import("../rounds.mjs").Case} */
export async function* bag({ program, work, quick }) {
  const root = join(work, "www");
  const sets = releases(root, quick);
  if (bagit === undefined) {
    console.log(bagitMissing);
    return;
  }
  for (const { name, title, files, bytes } of sets) {
    const plain = join(work, `${name}-plain`);
    if (!existsSync(join(plain, "tagmanifest-sha512.txt"))) {
      rmSync(plain, { recursive: true, force: true });
      cpSync(join(root, name), plain, { recursive: true });
      execFileSync(bagit, ["--quiet", "--processes", "2", "--sha256", "--sha512", plain]);
    }
    const ours = join(work, `${name}-archive`);
    if (!existsSync(ours)) {
      const manifest = join(work, `${name}.json`);
      listedManifest(manifest, { location: `./www/${name}`, listing: `./www/${name}.sha256` });
      execFileSync("node", [program, "archive", manifest, "--to", ours, "--quiet"], { stdio: "ignore" });
    }
    for (const [what, folder] of [
      ["a bag of bagit.py", plain],
      ["our archive", ours],
    ]) {
      const peer = "bagit.py --validate";
      yield {
        title: `${what}, ${title}`,
        bytes,
        files,
        rounds: 3,
        contestants: [
          { name: "wholesource verify", argv: ["node", program, "verify", folder, "--quiet"] },
          { name: peer, argv: [bagit, "--quiet", "--validate", "--processes", "2", folder] },
        ],
        goals: [{ kind: "faster", than: [peer], factor: 1.5 }],
      };
    }
  }
}
