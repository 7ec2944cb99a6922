/**
 * Installs Software Heritage's own client, the judge of the server in swh.ts, into a folder kept between runs.
 * Does nothing, quickly, when it is there.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePythonEnvironment } from "./python-environment.mjs";
import { swhClientVersion, swhFolder } from "./swh-folder.mjs";

const done = join(swhFolder, "done");
if (!existsSync(done)) {
  makePythonEnvironment(swhFolder, [`swh.web.client==${swhClientVersion}`]);
  writeFileSync(done, "");
}
