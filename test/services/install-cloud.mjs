/**
 * Installs two object stores and the providers' own Python clients into a folder of their own, kept between runs: their
 * hundreds of packages must not weigh down the project's dependencies. Does nothing, quickly, when it
 * is there.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cloudClients, cloudFolder, cloudServers } from "./cloud-folder.mjs";
import { makePythonEnvironment } from "./python-environment.mjs";

const done = join(cloudFolder, "done");
if (!existsSync(done)) {
  // What was interrupted is begun anew.
  rmSync(cloudFolder, { recursive: true, force: true });
  mkdirSync(cloudFolder, { recursive: true, mode: 0o700 });
  const stdio = ["ignore", "ignore", "inherit"];
  writeFileSync(join(cloudFolder, "package.json"), JSON.stringify({ private: true, dependencies: cloudServers }));
  const argv = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  execFileSync("npm", argv, { cwd: cloudFolder, stdio, shell: process.platform === "win32" });
  makePythonEnvironment(join(cloudFolder, "python"), cloudClients);
  writeFileSync(done, "");
}
