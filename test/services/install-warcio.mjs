/**
 * Installs warcio and cdxj-indexer, the judges of the web archives that we write, into a folder kept between runs. Does
 * nothing, quickly, when they are there.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePythonEnvironment } from "./python-environment.mjs";
import { cdxjIndexerVersion, warcioFolder, warcioVersion } from "./warcio-folder.mjs";

const done = join(warcioFolder, "done");
if (!existsSync(done)) {
  makePythonEnvironment(warcioFolder, [`warcio==${warcioVersion}`, `cdxj-indexer==${cdxjIndexerVersion}`]);
  writeFileSync(done, "");
}
