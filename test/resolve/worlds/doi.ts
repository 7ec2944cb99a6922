import { researchRow } from "../research-world.ts";

export const world = researchRow(
  "doi:10.1234/thing",
  {
    zenodo: [{ id: "101", concept: "100", files: { "a.csv": "a\n" } }],
    dois: { "10.1234/thing": "https://zenodo.org/records/101" },
  },
  { readsJson: false },
);
