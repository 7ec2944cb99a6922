/** A small real git repository with everything that the archive keeps: folders, a link, a submodule, tags, branches. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Repository {
  readonly folder: string;
  git(...argv: readonly string[]): string;
  close(): void;
}

/** Makes it: two commits, the second tagged `v1` and again `v1-of-tag`. */
export function makeRepository(): Repository {
  const folder = mkdtempSync(join(tmpdir(), "wholesource-swh-"));
  const who = { NAME: "A U Thor", EMAIL: "author@example.org", DATE: "2026-01-02T03:04:05Z" };
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: "1",
    ...Object.fromEntries(
      Object.entries(who).flatMap(([k, v]) => [
        [`GIT_AUTHOR_${k}`, v],
        [`GIT_COMMITTER_${k}`, v],
      ]),
    ),
  };
  const git = (...argv: readonly string[]): string =>
    execFileSync("git", ["-C", folder, ...argv], { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] }).trim();
  git("init", "-q", "-b", "main");
  writeFileSync(join(folder, "LICENSE"), "some terms\n");
  git("add", ".");
  git("commit", "-q", "-m", "first");
  git("branch", "old");
  mkdirSync(join(folder, "data", "deep"), { recursive: true });
  writeFileSync(join(folder, "data", "a.csv"), "1,2\n");
  writeFileSync(join(folder, "data", "deep", "caf\u00e9 50%.csv"), "3,4\n");
  writeFileSync(join(folder, "data.txt"), "sorted between `data` as a file and as a folder\n");
  writeFileSync(join(folder, "empty"), "");
  writeFileSync(join(folder, "run.sh"), "#!/bin/sh\n");
  chmodSync(join(folder, "run.sh"), 0o755);
  symlinkSync("data/a.csv", join(folder, "link"));
  git("add", ".");
  git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},lib/other`);
  git("commit", "-q", "-m", "second");
  git("tag", "-a", "v1", "-m", "one");
  git("tag", "-a", "v1-of-tag", "-m", "a tag of a tag", "v1");
  return { folder, git, close: () => rmSync(folder, { recursive: true, force: true }) };
}
