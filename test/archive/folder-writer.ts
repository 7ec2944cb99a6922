/** Writes a folder of many files without end, for a test that kills it: `node folder-writer <target> <source>`. */
import { statSync } from "node:fs";
import { writeFolder } from "../../src/archive/folder-write.ts";

const [, , target = "", from = ""] = process.argv;
const { size } = statSync(from);
await writeFolder(
  (async function* () {
    for (let at = 0; ; at++) {
      yield { path: `data/p/${at}`, size, source: { from } };
      if (at === 100) process.stdout.write("under way\n");
    }
  })(),
  target,
);
