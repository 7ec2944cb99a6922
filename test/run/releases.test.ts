/** Releases like well-known ones, verified from end to end over loopback and held against verdicts of before the run. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { definitionIds } from "../../src/judge/definition-ids.ts";
import { capabilityIds } from "../../src/model/openness.ts";
import type { Report } from "../../src/model/report.ts";
import { needGitServer } from "../services/git.ts";
import { check, writeManifest } from "./release.ts";
import { type ReleaseWorld, startReleases } from "./releases.ts";
import { expected } from "./releases-expected.ts";

needGitServer()("well-known releases, served locally", () => {
  let world: ReleaseWorld;
  beforeAll(async () => {
    world = await startReleases();
  });
  afterAll(() => world.close());

  describe.each(Object.entries(expected))("%s", (name, wanted) => {
    let report: Report;
    beforeAll(async () => {
      const at = await world.at(name);
      const manifest = await writeManifest(at, world.releases[name] ?? [], { name });
      report = await check(manifest, {
        endpoints: { huggingface: `${world.hub.url}/` },
        environment: { PATH: process.env.PATH, HOME: at },
      });
    });

    test("outcomes and exit code", () => {
      expect(Object.fromEntries(report.pieces.map(({ id, outcome }) => [id, outcome]))).toEqual(wanted.outcomes);
      expect(report.summary.exitCode).toBe(wanted.exit);
    });

    test("label and kinds of data", () => {
      expect(report.openness?.label).toBe(wanted.label);
      expect(report.openness?.data.map(({ kind }) => kind)).toEqual(wanted.data);
    });

    test.each(definitionIds)("%s", (id) => {
      const result = report.openness?.definitions.find((one) => one.id === id);
      const isUnmet = result?.verdict === "not-satisfied";
      const why = isUnmet ? result.missing : [...(result?.judge ?? []), ...(result?.untold ?? [])];
      expect([result?.verdict, ...why]).toEqual(wanted.definitions[id]);
    });

    test.each(capabilityIds)("%s", (id) => {
      expect(report.openness?.capabilities.find((one) => one.id === id)?.answer).toBe(wanted.capabilities[id]);
    });

    test("what is told of data that is not shipped", () => {
      const { descriptions, sources } = report.openness?.information ?? {};
      const told =
        descriptions === undefined
          ? undefined
          : { descriptions: descriptions.map(({ path }) => path), sources: sources?.map(({ state }) => state) };
      expect(told).toEqual(wanted.information);
      expect(report.findings.filter(({ code }) => code === "data-source-dead")).toHaveLength(wanted.sourcesDead);
    });
  });
});
