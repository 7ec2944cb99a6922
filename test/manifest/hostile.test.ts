/**
 * Text made to hurt its reader. In a process of its own with little memory, because what is guarded against is the
 * end of the process: nobody can catch that.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MANIFEST_MAX_BYTES } from "../../src/manifest/limits.ts";

/** MiB of heap; the library alone takes 4 GiB for the worst of these texts. */
const HEAP = 700;
/** Seconds for one text of 4 MiB on a busy machine. */
const DEADLINE = 30;

const folder = mkdtempSync(join(tmpdir(), "wholesource-hostile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  const build = await rolldown({ input: resolve(import.meta.dirname, "../../src/manifest/read.ts"), platform: "node" });
  await build.write({ dir: folder, format: "esm", entryFileNames: "read.mjs" });
  await build.close();
  writeFileSync(
    join(folder, "main.mjs"),
    `import { readManifest } from "./read.mjs";
const [before, repeated, after, times] = JSON.parse(process.argv[2]);
const middle = repeated.includes("%i")
  ? Array.from({ length: times }, (_, index) => repeated.replaceAll("%i", index)).join("")
  : repeated.repeat(times);
const bytes = Buffer.from(before + middle + after);
const codes = [];
// The library once failed only after an earlier failure.
for (let round = 0; round < (bytes.length < 100_000 ? 3 : 1); round++) {
  const { manifest, findings } = await readManifest(bytes, { uri: "x" });
  codes.push([manifest !== undefined, findings.length > 0 && findings[0].code, findings.length]);
}
process.stdout.write(JSON.stringify(codes));
`,
  );
});

const full = (repeated: string): number => Math.floor((MANIFEST_MAX_BYTES - 200) / Buffer.byteLength(repeated));
const head = 'schemaVersion: "1"\nname: a\nversion: "1"\n';

test.each<[name: string, code: string, before: string, repeated: string, after: string, times: number]>([
  ["5,000 lists in each other", "manifest-limit", "", "[", "", 5_000],
  ["lists in each other", "manifest-limit", "", "[", "", full("[")],
  ["maps in each other", "manifest-limit", "", '{"a":', "", full('{"a":')],
  ["compact lists in each other", "manifest-limit", "", "- ", "", full("- ")],
  ["questions in each other", "manifest-limit", "", "? ", "", full("? ")],
  ["lists within a sound manifest", "manifest-limit", `${head}x-a: `, "[", "", 100_000],
  ["closing brackets", "manifest-syntax", "", "]", "", full("]")],
  ["commas", "manifest-limit", "[", ",", "", full(",")],
  ["a million aliases", "manifest-key-forbidden", "a: &a [x]\nb: [", "*a,", "]", full("*a,")],
  ["documents", "manifest-syntax", "", "---\n", "", full("---\n")],
  ["directives", "manifest-key-forbidden", "", "%A\n", "", full("%A\n")],
  ["keys without end", "manifest-limit", "", "a: 1\n", "", full("a: 1\n")],
  ["different keys", "manifest-invalid", head, "k%i: 1\n", "", 140_000],
  ["equal keys", "manifest-invalid", head, "a: 1\n", "", 120_000],
  ["line ends", "manifest-limit", "", "\n", "", full("\n")],
  ["comments", "manifest-limit", "", "#\n", "", full("#\n")],
  ["a long quoted text", "manifest-invalid", '"', "a\\n", '"', full("a\\n")],
  ["a long number", "manifest-invalid", "", "9", "", full("9")],
  ["a long folded text", "manifest-invalid", ">\n", " a\n\n", "", full(" a\n\n")],
  ["empty files", "manifest-limit", `${head}pieces: [{ id: a, kind: other, files: [`, "{},", "]}]", 200_000],
])(
  "%s",
  (_name, code, before, repeated, after, times) => {
    const argument = JSON.stringify([before, repeated, after, times]);
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      [`--max-old-space-size=${HEAP}`, join(folder, "main.mjs"), argument],
      { encoding: "utf8", timeout: DEADLINE * 1_000 },
    );
    expect({ status, signal, stderr: stderr.slice(0, 500) }).toEqual({ status: 0, signal: null, stderr: "" });
    const answers: [boolean, string, number][] = JSON.parse(stdout);
    for (const [usable, first, count] of answers) {
      expect([usable, first]).toEqual([false, code]);
      expect(count).toBeLessThanOrEqual(1_001);
    }
  },
  DEADLINE * 1_000,
);
