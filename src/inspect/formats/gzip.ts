import { defineFormat } from "../format.ts";

/** Whether it is whole only reading it to its end can tell. */
export const gzip = defineFormat({
  id: "gzip",
  binary: true,
  firstBytes: [0x1f],
  matches: (head) => head[0] === 0x1f && head[1] === 0x8b && head[2] === 8,
});
