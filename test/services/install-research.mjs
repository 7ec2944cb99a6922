/**
 * Installs the clients of research repositories that the tests ask into a virtual environment of their own, kept
 * between runs. Prints the folder. Does nothing, quickly, when it is there.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { researchFolder, researchPackages } from "./research-folder.mjs";

export function installResearch() {
  const done = join(researchFolder, "done");
  if (existsSync(done)) return;
  // An environment knows its own place, so it is built there; what was interrupted is begun anew.
  rmSync(researchFolder, { recursive: true, force: true });
  mkdirSync(researchFolder, { recursive: true, mode: 0o700 });
  const stdio = ["ignore", "ignore", "inherit"];
  execFileSync("python3", ["-m", "venv", researchFolder], { stdio });
  execFileSync(join(researchFolder, "bin", "pip"), ["install", "--quiet", "--no-input", ...researchPackages], {
    stdio,
  });
  writeFileSync(done, "");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  installResearch();
  process.stdout.write(`${researchFolder}\n`);
}
