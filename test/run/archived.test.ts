import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Report } from "../../src/model/report.ts";
import type { VerifyOptions } from "../../src/run/options.ts";
import { startHub } from "../services/hub.ts";
import { need } from "../services/need.ts";
import { type SwhServer, startSwh } from "../services/swh.ts";
import { makeRepository } from "../services/swh-repository.ts";
import { check, folder, gist, sha256, writeManifest } from "./release.ts";

need("git")("--archived", () => {
  /** A release of two pieces in one repository, and an archive that has its last commit and not the one before. */
  async function release(options: VerifyOptions): Promise<{ report: Report; server: SwhServer; commits: string[] }> {
    const at = await folder();
    const repository = makeRepository();
    onTestFinished(() => repository.close());
    execFileSync("git", ["clone", "-q", "--bare", repository.folder, join(at, "code.git")]);
    const commits = ["main", "old"].map((name) => repository.git("rev-parse", name));
    const server = await startSwh(repository.folder, { absent: new Set(commits.slice(1)) });
    onTestFinished(() => server.close());
    const files = [{ path: "LICENSE", size: 11, digest: { sha256: sha256("some terms\n") } }];
    const manifest = await writeManifest(
      at,
      commits.map((commit, index) => ({
        id: `code-${index}`,
        kind: "training-code",
        licenseDeclared: undefined,
        locations: [{ uri: `git+file:./code.git@${commit}` }],
        files,
      })),
    );
    const report = await check(manifest, { ...options, endpoints: { swh: server.url } });
    return { report, server, commits };
  }
  const told = ({ findings }: Report): object[] => findings.filter(({ code }) => code.includes("archive"));

  test("without the option nobody is asked", async () => {
    const { report, server } = await release({});
    expect(told(report)).toEqual([]);
    expect(server.asked).toEqual([]);
  });

  test("one question for the release, a note for each location, and no other outcome", async () => {
    const without = await release({});
    const { report, server, commits } = await release({ archived: true });
    expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /api/1/known/"]);
    const [kept, unkept] = commits.map((commit) => ({ swhid: `swh:1:rev:${commit}` }));
    expect(told(report)).toMatchObject([
      { code: "location-archived", severity: "note", piece: "code-0", location: 0, args: kept, line: 10 },
      { code: "location-unarchived", severity: "note", piece: "code-1", location: 0, args: unkept },
    ]);
    expect(gist(report).outcomes).toEqual(gist(without.report).outcomes);
    expect(gist(report).exit).toBe(gist(without.report).exit);
    expect(server.saved).toEqual([]);
  });

  test("an archive that does not answer leaves the question open", async () => {
    const { report } = await release({ archived: true, offline: true });
    expect(told(report)).toMatchObject([
      { code: "archive-unknown", severity: "note", args: { reason: "offline" } },
      { code: "archive-unknown", severity: "note" },
    ]);
  });

  test("a repository of this machine is no archive's to visit", async () => {
    const { report, server } = await release({ saveCodeNow: true });
    expect(told(report)[1]).toMatchObject({ code: "location-unarchived", args: { request: "not-asked" } });
    expect(server.saved).toEqual([]);
  });

  test("`--save-code-now` asks once for a repository, and for none behind a gate", async () => {
    const at = await folder();
    const files = { LICENSE: "some terms\n" };
    const hub = await startHub([
      { id: "org/open", files },
      { id: "org/gated", files, gated: "auto" },
    ]);
    onTestFinished(() => hub.close());
    const repository = makeRepository();
    onTestFinished(() => repository.close());
    const server = await startSwh(repository.folder);
    onTestFinished(() => server.close());
    const manifest = await writeManifest(
      at,
      ["open", "open", "gated"].map((name, index) => ({
        id: `piece-${index}`,
        locations: [{ uri: `hf:org/${name}` }],
      })),
    );
    const endpoints = { swh: server.url, huggingface: `${hub.url}/` };
    const report = await check(manifest, { saveCodeNow: true, endpoints });
    expect(told(report)).toMatchObject([
      { code: "location-unarchived", args: { request: "accepted" } },
      { code: "location-unarchived", args: { request: "accepted" } },
      { code: "location-unarchived", args: { request: "not-asked" } },
    ]);
    expect(server.saved).toEqual([`${hub.url}/org/open`]);
  });
});
