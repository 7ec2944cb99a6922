/**
 * Installs rocrate-validator, the judge of the crates that we write, and rocrate, whose crates we judge, into a folder
 * kept between runs. Does nothing, quickly, when they are there.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePythonEnvironment } from "./python-environment.mjs";
import { rocrateFolder, rocrateVersion, rocValidatorVersion } from "./rocrate-folder.mjs";

const done = join(rocrateFolder, "done");
if (!existsSync(done)) {
  makePythonEnvironment(rocrateFolder, [`roc-validator==${rocValidatorVersion}`, `rocrate==${rocrateVersion}`]);
  writeFileSync(done, "");
}
