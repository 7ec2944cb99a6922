/**
 * Installs the clients of research repositories that the tests ask into a folder kept between runs.
 * Does nothing, quickly, when it is there.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePythonEnvironment } from "./python-environment.mjs";
import { researchFolder, researchPackages } from "./research-folder.mjs";

const done = join(researchFolder, "done");
if (!existsSync(done)) {
  makePythonEnvironment(researchFolder, researchPackages);
  writeFileSync(done, "");
}
