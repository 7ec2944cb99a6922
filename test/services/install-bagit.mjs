/**
 * Installs bagit-python, the judge of the bags that we write and of our verdicts on others', into a folder kept
 * between runs. Does nothing, quickly, when it is there.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bagitFolder, bagitVersion } from "./bagit-folder.mjs";
import { makePythonEnvironment } from "./python-environment.mjs";

const done = join(bagitFolder, "done");
if (!existsSync(done)) {
  makePythonEnvironment(bagitFolder, [`bagit==${bagitVersion}`]);
  writeFileSync(done, "");
}
