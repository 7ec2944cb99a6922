import { researchRow } from "../research-world.ts";

const files = { "a.csv": "a\n", "data/b.csv": "b\n", "data/deep/c.csv": "c\n" };

export const world = researchRow(
  "osf:abcde",
  { osf: [{ guid: "abcde", files, license: "CC0 1.0 Universal", access: "private" }] },
  { secret: () => "osf.token" },
);
