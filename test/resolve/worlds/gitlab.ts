import { needGitServer } from "../../services/git.ts";
import type { WorldRow } from "../conformance.ts";
import { openForgeWorld } from "../forge-world.ts";

export const world: WorldRow = {
  asksHost: true,
  readsJson: false,
  bringsFiles: true,
  suite: needGitServer(),
  open: () => openForgeWorld("gitlab", (commit) => `https://gitlab.com/o/n/-/tree/${commit}/data`),
};
