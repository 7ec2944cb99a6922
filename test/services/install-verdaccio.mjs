/**
 * Installs the npm registry that the tests talk to into a folder of its own, kept between runs: its 300 packages must
 * not weigh down the project's own dependencies. Does nothing, quickly, when it is there.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { verdaccioFolder, verdaccioVersion } from "./verdaccio-folder.mjs";

if (!existsSync(verdaccioFolder)) {
  mkdirSync(dirname(verdaccioFolder), { recursive: true, mode: 0o700 });
  // Built aside and moved in whole, so that an interrupted install is never taken for a finished one.
  const aside = mkdtempSync(`${verdaccioFolder}-`);
  try {
    const manifest = {
      private: true,
      dependencies: { verdaccio: verdaccioVersion },
      // One dependency asks for a dist-tag (`node-fetch@cjs`) that not every registry serves.
      overrides: { "node-fetch": "^2.7.0" },
    };
    writeFileSync(join(aside, "package.json"), JSON.stringify(manifest));
    const argv = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    execFileSync("npm", argv, {
      cwd: aside,
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    });
    if (!existsSync(verdaccioFolder)) renameSync(aside, verdaccioFolder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
