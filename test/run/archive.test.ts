/** A release of every kind of piece is archived, its hosts are ended, and the archive tells the same again. */
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { Report } from "../../src/model/report.ts";
import { type ArchiveForm, archive } from "../../src/run/archive.ts";
import { openManifest } from "../../src/run/source.ts";
import { verifyArchive } from "../../src/run/verify-archive.ts";
import { comparable } from "./archive-report.ts";
import { needArchiveWorld, startArchiveWorld } from "./archive-world.ts";

const names = {
  bag: "bag",
  tar: "release.tar",
  "tar.gz": "release.tar.gz",
  "tar.zst": "release.tar.zst",
  oci: "layout",
} as const satisfies { readonly [form in ArchiveForm]: string };
const forms = Object.entries(names);
const outcomes = new Set(["verified", "resolved", "gated", "withheld", "broken", "inconclusive"]);

needArchiveWorld("an archive whose hosts are gone", () => {
  let at: string;
  const reports = new Map<string, Report>();

  beforeAll(async () => {
    at = await mkdtemp(join(tmpdir(), "wholesource-archives-"));
    const world = await startArchiveWorld();
    try {
      const source = await openManifest(world.manifest, {
        cwd: "/",
        stdin: (async function* () {})(),
        http: () => Promise.reject(new Error("it is a file")),
      });
      for (const [form, name] of forms) {
        const to = join(at, name);
        const { report } = await archive(source, { ...world.options, to, form: form as ArchiveForm });
        reports.set(form, report);
      }
    } finally {
      await world.stop();
    }
  }, 240_000);
  afterAll(() => rmSync(at, { recursive: true, force: true }));
  afterEach(() => vi.restoreAllMocks());

  test("the release has pieces of every outcome", () => {
    const seen = new Set(reports.get("bag")?.pieces.map(({ outcome }) => outcome));
    expect([...outcomes].filter((outcome) => !seen.has(outcome as never))).toEqual([]);
  });

  test.each(forms)("%s: the same report, and no socket", async (form, name) => {
    const connect = vi.spyOn(Socket.prototype, "connect").mockImplementation(() => {
      throw new Error("a socket was asked for");
    });
    const verified = await verifyArchive(join(at, name));
    expect(verified?.check).toMatchObject({ valid: true, faults: [] });
    const [again, before] = [verified?.report, reports.get(form)];
    if (again === undefined || before === undefined) throw new Error("no report");
    expect(comparable(again)).toEqual(comparable(before));
    expect(connect).not.toHaveBeenCalled();
  });
});
