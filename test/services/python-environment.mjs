import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Makes a virtual environment with these packages. It knows its own place and can not be moved, so it is built there,
 * and what an interrupted install left is begun anew; whoever calls this marks it as done.
 */
export function makePythonEnvironment(folder, packages) {
  const stdio = ["ignore", "ignore", "inherit"];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  execFileSync("python3", ["-m", "venv", folder], { stdio });
  const argv = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
  execFileSync(join(folder, "bin", "python"), [...argv, ...packages], { stdio });
}
