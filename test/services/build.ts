/** Builds dist/ before the tests when a source is newer, so that no test speaks about yesterday's program. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

function newest(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return Math.max(0, ...files.map((file) => statSync(join(folder, file)).mtimeMs));
}

/** vitest's global setup. */
export default function build(): void {
  const notices = join(root, "dist/THIRD-PARTY-LICENSES.txt");
  const builtAt = existsSync(notices) ? statSync(notices).mtimeMs : 0;
  if (builtAt > Math.max(newest(join(root, "src")), newest(join(root, "scripts")))) return;
  const { status, stderr } = spawnSync(process.execPath, [join(root, "scripts/build.mjs"), "--no-types"], {
    encoding: "utf8",
  });
  if (status === 0) return;
  if (process.env.CI !== undefined && process.env.CI !== "") throw new Error(stderr);
  // While somebody is in the middle of a change, the tests that need no build are still worth running.
  const firstLines = stderr
    .split("\n")
    .filter((line) => line !== "")
    .slice(0, 3);
  process.stderr.write(`warning: tests of the built program run an older build: ${firstLines.join(" ")}\n`);
}
