/**
 * Installs the Python package indexes that the tests talk to into a virtual environment of their own, kept between
 * runs. Prints the folder. Does nothing, quickly, when it is there.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pypiFolder, pypiPackages } from "./pypi-folder.mjs";

export function installPypi() {
  const done = join(pypiFolder, "done");
  if (existsSync(done)) return;
  mkdirSync(pypiFolder, { recursive: true, mode: 0o700 });
  // An environment knows its own place, so it is built there; what was interrupted is begun anew.
  rmSync(pypiFolder, { recursive: true, force: true });
  const stdio = ["ignore", "ignore", "inherit"];
  execFileSync("python3", ["-m", "venv", pypiFolder], { stdio });
  execFileSync(join(pypiFolder, "bin", "pip"), ["install", "--quiet", "--no-input", ...pypiPackages], { stdio });
  writeFileSync(done, "");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  installPypi();
  process.stdout.write(`${pypiFolder}\n`);
}
