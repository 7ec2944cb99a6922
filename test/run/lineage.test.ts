/** Releases that were made from others: the walk up, at a hub that answers as the real one does, and what is said of it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VerifyOptions } from "../../src/run/options.ts";
import { type Hub, type HubRepo, startHub } from "../services/hub.ts";
import { check, entry, folder, gist, type PieceText, safetensors, write, writeManifest } from "./release.ts";

const weights = safetensors();
const files = { "model.safetensors": { bytes: weights, lfs: true } } as const;
const declared = [entry("model.safetensors", weights)];
const repo = (id: string, cardData: object, more: Partial<HubRepo> = {}): HubRepo => ({
  id: `org/${id}`,
  files,
  cardData,
  ...more,
});

const chain = Array.from({ length: 14 }, (_, n) =>
  repo(`long-${n}`, { license: "mit", ...(n < 13 ? { base_model: `org/long-${n + 1}` } : {}) }),
);
const crowd = Array.from({ length: 30 }, (_, n) => `org/nobody-${n}`);

let hub: Hub;
beforeAll(async () => {
  hub = await startHub([
    repo("llama", { license: "llama3.1" }, { gated: "manual" }),
    repo("base", { license: "apache-2.0" }, { renamedFrom: crowd.map((id) => `${id}-old`) }),
    repo("many", { license: "mit", base_model: crowd.slice(0, 21).map((id) => `${id}-old`) }),
    repo("washed", { license: "mit", base_model: "org/llama", base_model_relation: "finetune" }),
    repo("grandchild", { license: "mit", base_model: ["org/washed"], base_model_relation: "quantized" }),
    repo("child", { license: "apache-2.0", base_model: "org/base" }),
    repo("loop-a", { license: "mit", base_model: "org/loop-b" }),
    repo("loop-b", { license: "mit", base_model: "org/loop-a" }),
    repo("self", { license: "mit", base_model: "org/self" }),
    repo("private", { license: "mit" }, { private: true }),
    repo("of-private", { license: "mit", base_model: "org/private" }),
    repo("of-nothing", { license: "mit", base_model: "org/nothing" }),
    repo("unlicensed", {}),
    repo("of-unlicensed", { license: "mit", base_model: "org/unlicensed" }),
    repo("merge", { license: "mit", base_model: ["org/base", "org/llama"] }),
    repo("odd", { license: "mit", base_model: ["../../etc/passwd", "https://example.org/x", "", 7] }),
    repo("crowd", { license: "mit", base_model: crowd }),
    repo("on-data", { license: "mit", datasets: ["org/nc-data", "org/open-data"] }),
    repo("old-name", { license: "mit", base_model: "org/was-llama" }),
    repo("renamed-llama", { license: "llama3.1" }, { renamedFrom: ["org/was-llama"] }),
    repo("nc-data", { license: "cc-by-nc-4.0" }, { type: "dataset" }),
    repo("open-data", { license: "cc-by-4.0" }, { type: "dataset" }),
    repo("on-made-data", { license: "mit", datasets: ["org/made-data"] }),
    repo(
      "made-data",
      { license: "cc-by-4.0", source_datasets: ["original", "extended|org/nc-data", "org/of-nc"] },
      { type: "dataset" },
    ),
    repo("of-nc", { license: "cc-by-4.0", source_datasets: ["org/nc-data"] }, { type: "dataset" }),
    ...chain,
  ]);
});
afterAll(() => hub.close());

async function verified(piece: Partial<PieceText>, more: object = {}, options: VerifyOptions = {}) {
  const at = await folder();
  await write(at, "model.safetensors", weights);
  const manifest = await writeManifest(
    at,
    [{ id: "weights", licenseDeclared: "MIT", files: declared, ...piece }],
    more,
  );
  const before = { hub: hub.asked.length, cdn: hub.cdnAsked.length };
  const report = await check(manifest, { endpoints: { huggingface: `${hub.url}/` }, depth: "probe", ...options });
  return { report, asked: hub.asked.slice(before.hub), cdnAsked: hub.cdnAsked.slice(before.cdn) };
}
const ofHub = (id: string, more: Partial<PieceText> = {}, options: VerifyOptions = {}) =>
  verified({ locations: [`hf:org/${id}@${hub.commit(`org/${id}`)}`], ...more }, {}, options);
const parentsOf = ({ report }: Awaited<ReturnType<typeof verified>>) =>
  report.lineage?.parents.map(({ uri, depth, verdict }) => [uri, depth, verdict]);
const lineageCodes = ({ report }: Awaited<ReturnType<typeof verified>>) =>
  gist(report).codes.filter((code) => /lineage|forbids/.test(code));

test("without a parent there is no lineage", async () => {
  expect((await ofHub("base")).report).not.toHaveProperty("lineage");
});

test("a parent whose terms are kept", async () => {
  const seen = await ofHub("child", { licenseDeclared: "Apache-2.0" });
  expect(seen.report.lineage).toEqual({
    verdict: "kept",
    parents: [
      {
        uri: "hf:org/base",
        resolver: "huggingface",
        revision: hub.commit("org/base"),
        relation: "made-from",
        said: "card",
        child: "release",
        depth: 1,
        status: "found",
        license: "apache-2.0",
        flags: ["attribution"],
        verdict: "kept",
      },
    ],
  });
  expect(lineageCodes(seen)).toEqual([]);
});

test("a chain of three: who washed the terms away does not give them back", async () => {
  const seen = await ofHub("grandchild");
  expect(parentsOf(seen)).toEqual([
    ["hf:org/washed", 1, "kept"],
    ["hf:org/llama", 2, "dropped"],
  ]);
  expect(seen.report.lineage?.parents[1]).toMatchObject({
    gated: "manual",
    child: "hf:org/washed",
    relation: "finetune",
    dropped: ["use-policy", "user-cap", "naming"],
  });
  expect(lineageCodes(seen)).toEqual(["error license-parent-forbids"]);
  expect(seen.report.findings.find(({ code }) => code === "license-parent-forbids")).toMatchObject({
    piece: "weights",
    pointer: "/pieces/0/locations/0",
    args: { license: "MIT", parent: "hf:org/llama", parentLicense: "llama3.1" },
  });
  expect(gist(seen.report).exit).toBe(1);
});

test("no payload of a parent is read, at full depth neither, and a gate is not asked", async () => {
  const { asked, cdnAsked, report } = await ofHub("grandchild", {}, { depth: "full" });
  expect(report.lineage?.verdict).toBe("dropped");
  // The one file is the release's own.
  expect(cdnAsked).toHaveLength(1);
  const ofParents = asked.map(({ url }) => url).filter((path) => /org\/(?:washed|llama)/.test(path));
  expect(ofParents.map((path) => path.replace(/\?.*/, ""))).toEqual([
    "/api/models/org/washed",
    "/api/models/org/llama",
  ]);
});

test("the same terms in the licence keep them", async () => {
  const seen = await ofHub("washed", { licenseDeclared: "LicenseRef-HF-llama3.1" });
  expect(parentsOf(seen)).toEqual([["hf:org/llama", 1, "kept"]]);
  expect(lineageCodes(seen)).toEqual([]);
});

describe("a chain that breaks off is never clean", () => {
  test.each([
    ["of-private", "hf:org/private"],
    ["of-nothing", "hf:org/nothing"],
  ])("%s", async (id, uri) => {
    const seen = await ofHub(id);
    expect(seen.report.lineage).toMatchObject({ verdict: "undetermined" });
    expect(seen.report.lineage?.parents).toMatchObject([{ uri, status: "refused", verdict: "undetermined" }]);
    expect(lineageCodes(seen)).toEqual(["warning lineage-unresolved"]);
  });

  test("with a token the private one is seen", async () => {
    const seen = await ofHub("of-private", {}, { environment: { HF_TOKEN: hub.token } });
    expect(seen.report.lineage?.verdict).toBe("kept");
  });

  test("a parent without a licence", async () => {
    const seen = await ofHub("of-unlicensed");
    expect(seen.report.lineage?.parents).toMatchObject([{ status: "found", verdict: "undetermined" }]);
    expect(lineageCodes(seen)).toEqual(["warning lineage-undetermined"]);
  });

  test("a cycle", async () => {
    const seen = await ofHub("loop-a");
    expect(seen.report.lineage?.verdict).toBe("undetermined");
    expect(parentsOf(seen)).toEqual([
      ["hf:org/loop-b", 1, "undetermined"],
      ["hf:org/loop-a", 2, "undetermined"],
    ]);
    expect(lineageCodes(seen)).toEqual(["warning lineage-undetermined"]);
  });

  test("a model that names itself", async () => {
    const seen = await ofHub("self");
    expect(parentsOf(seen)).toEqual([["hf:org/self", 1, "undetermined"]]);
  });

  test("a chain without an end in sight", async () => {
    const seen = await ofHub("long-0");
    expect(seen.report.lineage?.parents).toHaveLength(10);
    expect(seen.report.lineage?.verdict).toBe("undetermined");
    expect(seen.report.lineage?.parents.at(-1)?.detail).toMatch(/10 steps/);
  });

  test("a card with a crowd of parents, none of which is there", async () => {
    const { report, asked } = await ofHub("crowd");
    expect(report.lineage?.parents).toHaveLength(21);
    expect(report.lineage?.verdict).toBe("undetermined");
    expect(asked.filter(({ url }) => url.includes("nobody"))).toHaveLength(20);
  });

  test("one parent more than is followed, whatever the others are", async () => {
    const { report } = await ofHub("many");
    expect(report.lineage?.verdict).toBe("undetermined");
    // All the names that were followed lead to one place.
    expect(report.lineage?.parents.map(({ verdict }) => verdict).sort()).toEqual(["kept", "undetermined"]);
  });

  test("names that are no names of the hub are asked of nobody", async () => {
    const { report, asked } = await ofHub("odd");
    expect(report.lineage?.parents.map(({ status, verdict }) => [status, verdict])).toEqual([
      ["unsupported", "undetermined"],
      ["unsupported", "undetermined"],
    ]);
    expect(asked.filter(({ url }) => !url.includes("org/odd"))).toEqual([]);
  });

  test("a run without a network", async () => {
    const seen = await verified(
      { locations: ["./model.safetensors"] },
      { lineage: [{ relation: "finetune", base: "hf:org/base" }] },
      { offline: true, depth: "full" },
    );
    expect(seen.report.lineage).toMatchObject({ verdict: "undetermined", parents: [{ reason: "offline" }] });
  });
});

test("a merge has the terms of all its parents", async () => {
  const seen = await ofHub("merge");
  expect(seen.report.lineage?.parents.map(({ relation, verdict }) => [relation, verdict])).toEqual([
    ["merge", "kept"],
    ["merge", "dropped"],
  ]);
});

test("an old name leads to the same terms", async () => {
  const seen = await ofHub("old-name");
  expect(parentsOf(seen)).toEqual([["hf:org/was-llama", 1, "dropped"]]);
});

test("data is worth a warning, and no verdict", async () => {
  const seen = await ofHub("on-data");
  expect(seen.report.lineage).toMatchObject({ verdict: "kept" });
  expect(seen.report.lineage?.parents.map(({ relation, verdict, uri }) => [relation, verdict, uri])).toEqual([
    ["trained-on", "dropped", "hf:datasets/org/nc-data"],
    ["trained-on", "kept", "hf:datasets/org/open-data"],
  ]);
  expect(lineageCodes(seen)).toEqual(["warning license-data-forbids"]);
});

describe("the manifest's own lineage", () => {
  const local = { locations: ["./model.safetensors"] };
  const lineage = (base: unknown, relation = "finetune", manifest?: string) => ({
    lineage: [{ relation, base, ...(manifest === undefined ? {} : { manifest }) }],
  });

  test("is walked from there on by cards", async () => {
    const seen = await verified(local, lineage("hf:org/washed"));
    expect(parentsOf(seen)).toEqual([
      ["hf:org/washed", 1, "kept"],
      ["hf:org/llama", 2, "dropped"],
    ]);
    expect(seen.report.lineage?.parents[0]).toMatchObject({ said: "manifest", relation: "finetune" });
    const found = seen.report.findings.find(({ code }) => code === "license-parent-forbids");
    expect(found).toMatchObject({ pointer: "/lineage/0/base", line: expect.any(Number) });
  });

  test("what was distilled is a warning: whose words a model repeats is unsettled", async () => {
    const seen = await verified(local, lineage("hf:org/llama", "distilled"));
    expect(lineageCodes(seen)).toEqual(["warning license-parent-forbids"]);
    expect(gist(seen.report).exit).toBe(0);
  });

  test("a place that nobody reads, and one on this machine without a licence of its host", async () => {
    for (const base of ["gopher://example.org/model", "./model.safetensors"]) {
      const seen = await verified(local, lineage(base));
      expect(seen.report.lineage?.verdict).toBe("undetermined");
      expect(lineageCodes(seen)).toEqual(["warning lineage-undetermined"]);
    }
  });

  test("a parent's own manifest is read: its licence, and its own parents", async () => {
    const at = await folder();
    await write(at, "model.safetensors", weights);
    const parent = {
      schemaVersion: "1",
      name: "parent",
      version: "1",
      pieces: [{ id: "weights", kind: "weights", licenseDeclared: "CC-BY-NC-4.0", locations: ["./model.safetensors"] }],
      lineage: [{ relation: "finetune", base: "hf:org/llama" }],
    };
    await write(at, "parent.json", JSON.stringify(parent));
    const piece = { id: "weights", licenseDeclared: "MIT", files: declared, locations: ["./model.safetensors"] };
    const manifest = await writeManifest(at, [piece], lineage("hf:org/base", "finetune", "parent.json"));
    const report = await check(manifest, { endpoints: { huggingface: `${hub.url}/` } });
    expect(report.lineage?.parents.map(({ uri, dropped, said }) => [uri, dropped, said])).toEqual([
      ["hf:org/base", ["non-commercial"], "manifest"],
      ["hf:org/llama", ["use-policy", "user-cap", "naming"], "manifest"],
    ]);
  });

  test("a parent's manifest that is not there leaves the chain broken", async () => {
    const seen = await verified(
      { ...local, licenseDeclared: "Apache-2.0" },
      lineage("hf:org/base", "finetune", "gone.yaml"),
    );
    expect(seen.report.lineage?.verdict).toBe("undetermined");
  });
});

test("the same release gives the same lineage", async () => {
  const [one, other] = [await ofHub("merge"), await ofHub("merge")];
  expect(one.report.lineage).toEqual(other.report.lineage);
});

test("weights under MIT beside a dataset that forbids commerce", async () => {
  const at = await folder();
  await write(at, "w/model.safetensors", weights);
  await write(at, "d/rows.csv", "a\n");
  const pieces = [
    { id: "weights", licenseDeclared: "MIT", files: declared, locations: ["./w"] },
    {
      id: "data",
      kind: "dataset",
      licenseDeclared: "CC-BY-NC-4.0",
      files: [entry("rows.csv", "a\n")],
      locations: ["./d"],
    },
  ];
  const report = await check(await writeManifest(at, pieces));
  expect(report.findings.find(({ code }) => code === "license-data-forbids")).toMatchObject({
    piece: "weights",
    pointer: "/pieces/0/licenseDeclared",
    args: { dataset: "data", flags: "non-commercial" },
  });
  expect(report).not.toHaveProperty("lineage");
  const [first = { id: "" }, second = { id: "" }] = pieces;
  const between = { ...second, id: "cleaned", licenseDeclared: "CC0-1.0", builtFrom: ["data"] };
  const far = await check(await writeManifest(at, [{ ...first, builtFrom: ["cleaned"] }, second, between]));
  expect(far.findings.filter(({ code }) => code === "license-data-forbids")).toHaveLength(1);
  const apart = await check(await writeManifest(at, [{ ...first, builtFrom: [] }, second]));
  expect(apart.findings.map(({ code }) => code)).not.toContain("license-data-forbids");
});

describe("what a card beside the files says, where its host tells nothing", () => {
  const front = (text: string) => `---\nlicense: mit\n${text}---\n# Card\n`;

  test("parents, how they were used, and datasets", async () => {
    const card = front("base_model:\n- org/llama\nbase_model_relation: adapter\ndatasets: [org/nc-data]\n");
    const at = await folder();
    await write(at, "w/model.safetensors", weights);
    await write(at, "w/README.md", card);
    const files = [...declared, entry("README.md", card)];
    const manifest = await writeManifest(at, [{ id: "weights", licenseDeclared: "MIT", files, locations: ["./w"] }]);
    const report = await check(manifest, { endpoints: { huggingface: `${hub.url}/` } });
    expect(report.lineage?.parents.map(({ uri, relation, said, verdict }) => [uri, relation, said, verdict])).toEqual([
      ["hf:org/llama", "adapter", "card", "dropped"],
      ["hf:datasets/org/nc-data", "trained-on", "card", "dropped"],
    ]);
    expect(gist(report).exit).toBe(1);
  });

  test("a model card that is a piece of its own speaks for all weights", async () => {
    const card = front("base_model: org/llama\n");
    const at = await folder();
    await write(at, "model.safetensors", weights);
    await write(at, "card/README.md", card);
    const manifest = await writeManifest(at, [
      { id: "weights", licenseDeclared: "MIT", files: declared, locations: ["./model.safetensors"] },
      {
        id: "card",
        kind: "model-card",
        licenseDeclared: "MIT",
        files: [entry("README.md", card)],
        locations: ["./card"],
      },
    ]);
    const report = await check(manifest, { endpoints: { huggingface: `${hub.url}/` } });
    expect(report.lineage).toMatchObject({ verdict: "dropped", parents: [{ uri: "hf:org/llama", child: "release" }] });
  });

  test("a card further down is about something else", async () => {
    const card = front("base_model: org/llama\n");
    const at = await folder();
    await write(at, "w/model.safetensors", weights);
    await write(at, "w/other/README.md", card);
    const files = [...declared, entry("other/README.md", card)];
    const manifest = await writeManifest(at, [{ id: "weights", licenseDeclared: "MIT", files, locations: ["./w"] }]);
    expect(await check(manifest, { endpoints: { huggingface: `${hub.url}/` } })).not.toHaveProperty("lineage");
  });
});

describe("the sources of a dataset", () => {
  test("are followed one step from what a model's card names", async () => {
    const seen = await ofHub("on-made-data");
    expect(seen.report.lineage?.parents.map(({ uri, child, depth, verdict }) => [uri, child, depth, verdict])).toEqual([
      ["hf:datasets/org/made-data", "release", 1, "kept"],
      ["hf:datasets/org/nc-data", "hf:datasets/org/made-data", 2, "dropped"],
      ["hf:datasets/org/of-nc", "hf:datasets/org/made-data", 2, "kept"],
    ]);
    expect(lineageCodes(seen)).toEqual(["warning license-data-forbids"]);
  });

  test("are followed from a dataset of the release, to the weights that were built from it alone", async () => {
    const card = "---\nlicense: cc-by-4.0\nsource_datasets: [org/nc-data]\n---\n# Data\n";
    const lineageOf = async (builtFrom?: readonly string[]) => {
      const at = await folder();
      await write(at, "model.safetensors", weights);
      await write(at, "d/README.md", card);
      const built = builtFrom === undefined ? {} : { builtFrom };
      const manifest = await writeManifest(at, [
        { id: "weights", licenseDeclared: "MIT", files: declared, locations: ["./model.safetensors"], ...built },
        {
          id: "data",
          kind: "dataset",
          licenseDeclared: "CC-BY-4.0",
          files: [entry("README.md", card)],
          locations: ["./d"],
        },
      ]);
      return (await check(manifest, { endpoints: { huggingface: `${hub.url}/` } })).lineage;
    };
    const parents = [{ uri: "hf:datasets/org/nc-data", relation: "trained-on", verdict: "dropped" }];
    expect(await lineageOf()).toMatchObject({ verdict: "kept", parents });
    expect(await lineageOf(["data"])).toMatchObject({ parents });
    expect(await lineageOf([])).toBeUndefined();
  });
});
