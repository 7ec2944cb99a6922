import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openReplay } from "../../src/run/replay.ts";
import { verifyRelease } from "../../src/run/verify-release.ts";
import { archive } from "../../src/run/archive.ts";
import { openManifest } from "../../src/run/source.ts";

const folder = mkdtempSync(join(tmpdir(), "archive-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sample = resolve(import.meta.dirname, "../../samples/iris-softmax");

async function source(path: string) {
  return openManifest(path, { cwd: "/", stdin: (async function* () {})(), http: () => Promise.reject(new Error("no network")) });
}

test("a release in folders of this machine is kept whole", async () => {
  const to = join(folder, "bag");
  const { report, target } = await archive(await source(sample), {
    to,
    form: "bag",
    pieces: ["training-code", "weights"],
    time: "2026-01-02T03:04:05.000Z",
  });
  const replay = await openReplay(to);
  const again = await verifyRelease(
    { uri: to, bytes: readFileSync(join(to, "wholesource/manifest.yaml")), folder: to },
    { pieces: ["training-code", "weights"], offline: true },
    { replay },
  );
  const plain = (report) => JSON.stringify({ ...report, timeVerified: "", durationSeconds: 0, manifest: "" }, undefined, 1);
  expect(plain(again)).toEqual(plain(report));
  expect(target).toBe(to);
});
