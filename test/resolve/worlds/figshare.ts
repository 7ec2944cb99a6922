import { researchRow } from "../research-world.ts";

const many = Object.fromEntries(Array.from({ length: 12 }, (_none, at) => [`${at}.txt`, `${at}\n`]));

export const world = researchRow(
  "figshare:7.v1",
  { figshare: [{ id: 7, versions: [many], folders: { "1.txt": "a folder" }, license: "CC BY 4.0" }] },
  { secret: () => "figshare.token" },
);
