import { researchRow } from "../research-world.ts";

const files = { "a.csv": "a\n", "owner/name-1.0.zip": "zip" };

export const world = researchRow(
  "zenodo:101",
  { zenodo: [{ id: "101", concept: "100", files, license: "cc-by-4.0", access: "restricted" }] },
  { secret: () => "zenodo.token" },
);
