/**
 * Installs two object stores and the providers' own Python clients into a folder of their own, kept between runs: their
 * hundreds of packages must not weigh down the project's dependencies. Prints the folder. Does nothing, quickly, when it
 * is there.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cloudClients, cloudFolder, cloudServers } from "./cloud-folder.mjs";

export function installCloud() {
  const done = join(cloudFolder, "done");
  if (existsSync(done)) return;
  // A Python environment knows its own place, so it is built there; what was interrupted is begun anew.
  rmSync(cloudFolder, { recursive: true, force: true });
  mkdirSync(cloudFolder, { recursive: true, mode: 0o700 });
  const stdio = ["ignore", "ignore", "inherit"];
  writeFileSync(join(cloudFolder, "package.json"), JSON.stringify({ private: true, dependencies: cloudServers }));
  const argv = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  execFileSync("npm", argv, { cwd: cloudFolder, stdio, shell: process.platform === "win32" });
  const python = join(cloudFolder, "python");
  execFileSync("python3", ["-m", "venv", python], { stdio });
  execFileSync(join(python, "bin", "pip"), ["install", "--quiet", "--no-input", ...cloudClients], { stdio });
  writeFileSync(done, "");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  installCloud();
  process.stdout.write(`${cloudFolder}\n`);
}
