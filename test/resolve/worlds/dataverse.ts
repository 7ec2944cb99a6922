import { researchRow } from "../research-world.ts";

const table = { name: "t.tab", header: "a\tb\n", rows: "1\t2\n" };
const files = { "t.csv": { bytes: "a,b\n1,2\n", table }, "b.txt": { bytes: "b\n", folder: "docs/new" } };

export const world = researchRow(
  "dataverse:dataverse.example.org/doi:10.7910/DVN/ABCDEF?version=1.0",
  { dataverse: [{ id: "doi:10.7910/DVN/ABCDEF", versions: [files], checksum: "SHA-256" }] },
  { secret: (origin) => `dataverse.token:${origin}` },
);
