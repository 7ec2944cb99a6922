import { researchRow } from "../research-world.ts";

export const world = researchRow(
  "arxiv:2401.00001v1",
  { arxiv: [{ id: "2401.00001", versions: ["%PDF-one", "%PDF-two"] }] },
  { readsJson: false },
);
