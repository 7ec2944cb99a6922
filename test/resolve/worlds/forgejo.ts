import { needGitServer } from "../../services/git.ts";
import type { WorldRow } from "../conformance.ts";
import { openForgeWorld } from "../forge-world.ts";

export const world: WorldRow = {
  asksHost: true,
  readsJson: false,
  bringsFiles: true,
  suite: needGitServer(),
  open: () => openForgeWorld("forgejo", (commit) => `https://codeberg.org/o/n/src/commit/${commit}/data`),
};
