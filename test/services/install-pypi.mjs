/**
 * Installs the Python package indexes that the tests talk to, and clients of hubs, into a folder kept between runs.
 * Does nothing, quickly, when it is there.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pypiFolder, pypiPackages } from "./pypi-folder.mjs";
import { makePythonEnvironment } from "./python-environment.mjs";

const done = join(pypiFolder, "done");
if (!existsSync(done)) {
  makePythonEnvironment(pypiFolder, pypiPackages);
  writeFileSync(done, "");
}
