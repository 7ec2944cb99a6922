import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noHttp, type WorldRow } from "../conformance.ts";
import { contextFor } from "../context.ts";

export const world: WorldRow = {
  asksHost: false,
  readsJson: false,
  async open() {
    const baseFolder = mkdtempSync(join(tmpdir(), "wholesource-conformance-"));
    for (const name of ["b", "a b", "caf\u00e9"]) writeFileSync(join(baseFolder, name), name);
    return {
      location: { uri: "." },
      context: contextFor(noHttp, { baseFolder }),
      close: async () => rmSync(baseFolder, { recursive: true }),
    };
  },
};
