/**
 * Installs Software Heritage's own client, the judge of the server in swh.ts, into a folder kept between runs.
 * Does nothing, quickly, when it is there.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { swhClientVersion, swhFolder } from "./swh-folder.mjs";

const done = join(swhFolder, "installed");
if (!existsSync(done)) {
  // A virtual environment holds its own path and can not be moved: what an interrupted install left is removed.
  rmSync(swhFolder, { recursive: true, force: true });
  mkdirSync(dirname(swhFolder), { recursive: true, mode: 0o700 });
  const quietly = { stdio: ["ignore", "ignore", "inherit"] };
  execFileSync("python3", ["-m", "venv", swhFolder], quietly);
  const argv = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
  execFileSync(join(swhFolder, "bin", "python"), [...argv, `swh.web.client==${swhClientVersion}`], quietly);
  writeFileSync(done, "");
}
process.stdout.write(`${swhFolder}\n`);
