/** Releases whose pieces are at a hub, end to end: what is asked, what is read, and what is said of it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digestTree } from "../../src/digest/tree.ts";
import type { VerifyOptions } from "../../src/run/options.ts";
import { type Hub, startHub } from "../services/hub.ts";
import { blobId } from "../services/hub-files.ts";
import {
  apache,
  check,
  entry,
  folder,
  gist,
  type PieceText,
  safetensors,
  sha256,
  write,
  writeManifest,
} from "./release.ts";

const weights = safetensors();
const readme = "---\nlicense: apache-2.0\n---\n# A model\n";
const files = {
  ".gitattributes": "*.safetensors filter=lfs\n",
  LICENSE: apache,
  "README.md": readme,
  "model.safetensors": { bytes: weights, lfs: true },
  "xet/model.safetensors": { bytes: weights, xet: true },
} as const;
const cardData = { license: "apache-2.0" };
const declared = [
  entry("README.md", readme),
  entry("model.safetensors", weights),
  entry("xet/model.safetensors", weights),
];

const MANY = 10_000;
const many = Object.fromEntries(
  Array.from({ length: MANY }, (_, n) => [`${n}.bin`.padStart(9, "0"), { bytes: `${n}`, lfs: true as const }]),
);
const manyDeclared = Object.entries(many).map(([path, { bytes }]) => entry(path, bytes));

let hub: Hub;
beforeAll(async () => {
  hub = await startHub([
    { id: "org/open", files, cardData },
    { id: "org/gated", files, cardData, gated: "manual" },
    { id: "org/private", files, cardData, private: true },
    { id: "org/many", type: "dataset", files: many, cardData },
  ]);
});
afterAll(() => hub.close());

async function verified(
  piece: Partial<PieceText>,
  more: VerifyOptions = {},
  beside: { readonly [path: string]: string } = {},
) {
  const at = await folder();
  for (const [path, text] of Object.entries(beside)) await write(at, path, text);
  const manifest = await writeManifest(at, [{ id: "weights", ...piece }]);
  const before = { hub: hub.asked.length, cdn: hub.cdnAsked.length };
  const report = await check(manifest, { endpoints: { huggingface: `${hub.url}/` }, concurrency: 1, ...more });
  return { report, asked: hub.asked.slice(before.hub), cdnAsked: hub.cdnAsked.slice(before.cdn) };
}

const at = (id: string): string => `hf:${id}@${hub.commit(id)}`;

describe("at a commit, every byte", () => {
  test("is verified, and the large files come from the second origin", async () => {
    const { report, cdnAsked } = await verified({ locations: [at("org/open")], files: declared });
    expect(gist(report)).toEqual({ outcomes: ["verified"], codes: ["note file-undeclared"], exit: 0 });
    expect(report.pieces[0]?.license).toMatchObject({
      published: "apache-2.0",
      concluded: "Apache-2.0",
      agreement: "match",
    });
    expect(report.pieces[0]?.locations[0]).toMatchObject({
      resolver: "huggingface",
      pinned: true,
      revision: hub.commit("org/open"),
    });
    expect(cdnAsked).toHaveLength(2);
  });

  test("false bytes are told with what the host says of them", async () => {
    const wrong = { path: "model.safetensors", size: weights.length, digest: { sha256: sha256("else") } };
    const { report } = await verified({ locations: [at("org/open")], files: [wrong] });
    expect(gist(report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(report.findings).toContainEqual(
      expect.objectContaining({
        code: "digest-mismatch",
        args: expect.objectContaining({ measured: sha256(weights) }),
      }),
    );
  });

  test("a file that is not there is missing", async () => {
    const { report } = await verified({ locations: [at("org/open")], files: [...declared, entry("gone.bin", "x")] });
    expect(gist(report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(gist(report).codes).toContain("error file-missing");
  });

  test("one file by the address of its page", async () => {
    const uri = `https://huggingface.co/org/open/blob/${hub.commit("org/open")}/model.safetensors`;
    const { report } = await verified({ locations: [uri], digest: { sha256: sha256(weights) }, size: weights.length });
    expect(report.pieces[0]).toMatchObject({ outcome: "resolved", digest: { sha256: { agreement: "match" } } });
    expect(gist(report).exit).toBe(0);
  });

  test("the tree of a commit is the one that git names, with the pointers to large files", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(weights)}\nsize ${weights.length}\n`;
    const tree = digestTree(
      Object.entries(files).map(([path, file]) => {
        const gitBlob = blobId(typeof file === "string" ? file : pointer);
        return { path, mode: "100644", gitBlob };
      }),
    );
    if ("status" in tree) throw new Error(tree.message);
    const { report } = await verified({ locations: [at("org/open")], digest: { gitTree: tree.gitTree } });
    expect(gist(report)).toEqual({ outcomes: ["verified"], codes: [], exit: 0 });
  });

  test("declared in a listing of its own", async () => {
    const sums = Object.entries({ "README.md": readme, "model.safetensors": weights, "nothing.bin": "x" });
    const text = sums.map(([path, bytes]) => `${sha256(bytes)}  ${path}\n`).join("");
    const listing = { uri: "SHA256SUMS", format: "sha256sums" };
    const { report } = await verified({ locations: [at("org/open")], listing }, {}, { SHA256SUMS: text });
    expect(gist(report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(report.findings.filter(({ code }) => code === "file-missing").map(({ args }) => args)).toMatchObject([
      { path: "nothing.bin" },
    ]);
  });
});

test("a branch is no pin, and a tag declared is asked as one", async () => {
  const branch = await verified({ locations: ["hf:org/open"], files: declared });
  expect(gist(branch.report).codes).toContain("note location-unpinned");
  const named = await verified({ locations: [{ uri: "hf:org/open", revision: "main" }], files: declared });
  expect(gist(named.report)).toMatchObject({ outcomes: ["verified"], exit: 0 });
  const moved = await verified({ locations: [{ uri: "hf:org/open@main", revision: "0".repeat(40) }], files: declared });
  expect(gist(moved.report).codes).toContain("error location-absent");
});

describe("10,000 files at depth probe", () => {
  test.each([
    ["inline", { files: manyDeclared }, {}],
    [
      "in a listing",
      { listing: { uri: "SHA256SUMS", format: "sha256sums" } },
      {
        SHA256SUMS: Object.entries(many)
          .map(([path, { bytes }]) => `${sha256(bytes)}  ${path}\n`)
          .join(""),
      },
    ],
  ])("declared %s take one request for each page, and one before", async (_how, piece, beside) => {
    const locations = [`hf:datasets/org/many@${hub.commit("org/many")}`];
    const started = performance.now();
    const { report, asked, cdnAsked } = await verified({ locations, ...piece }, { depth: "probe" }, beside);
    const took = performance.now() - started;
    expect(asked).toHaveLength(1 + MANY / 1000);
    expect(cdnAsked).toEqual([]);
    expect(report.pieces[0]).toMatchObject({
      outcome: "resolved",
      counts: { declared: MANY, present: MANY, missing: 0 },
    });
    expect(gist(report).exit).toBe(0);
    expect(took).toBeLessThan(10_000);
  });

  test("one false digest among them is found", async () => {
    const files = manyDeclared.with(7_777, { path: "07777.bin", size: 4, digest: { sha256: sha256("else") } });
    const { report } = await verified({ locations: ["hf:datasets/org/many"], files }, { depth: "probe" });
    expect(gist(report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(report.findings.filter(({ code }) => code === "digest-mismatch")).toHaveLength(1);
  });
});

describe("a gate", () => {
  const token = (): VerifyOptions => ({ environment: { HF_TOKEN: hub.token } });
  const gated = { availability: "gated", availabilityReason: "terms", files: declared };

  test("at depth probe: the host's word agrees with what is declared, and nothing is read", async () => {
    const { report, asked, cdnAsked } = await verified({ ...gated, locations: [at("org/gated")] }, { depth: "probe" });
    expect(gist(report)).toMatchObject({ outcomes: ["gated"], exit: 0 });
    // Two of the three have the sha256 that is declared; of the third the host tells the git blob.
    expect(report.findings.find(({ code }) => code === "location-gated")?.args).toMatchObject({
      gated: "manual",
      bytesRead: 0,
      compared: 2,
      agreed: 2,
    });
    expect(asked).toHaveLength(2);
    expect(cdnAsked).toEqual([]);
  });

  test("the host's word that contradicts the manifest is told without passing it", async () => {
    const files = [{ path: "model.safetensors", digest: { sha256: sha256("else") } }];
    for (const depth of ["probe", "full"] as const) {
      const { report } = await verified({ ...gated, files, locations: [at("org/gated")] }, { depth });
      expect(gist(report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
      expect(gist(report).codes).toContain("error digest-mismatch");
    }
  });

  test("without access nothing is downloaded, with it all is", async () => {
    const closed = await verified({ ...gated, locations: [at("org/gated")] });
    expect(gist(closed.report)).toMatchObject({ outcomes: ["gated"], exit: 0 });
    expect(closed.asked).toHaveLength(3);
    const open = await verified({ ...gated, locations: [at("org/gated")] }, token());
    expect(gist(open.report)).toMatchObject({ outcomes: ["verified"], exit: 0 });
  });

  test("the token reaches the hub, and neither the second origin nor the report", async () => {
    const { report, asked, cdnAsked } = await verified({ ...gated, locations: [at("org/gated")] }, token());
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(asked.map(() => `Bearer ${hub.token}`));
    expect(cdnAsked).toHaveLength(2);
    expect(JSON.stringify(cdnAsked)).not.toContain(hub.token);
    expect(JSON.stringify(report)).not.toContain(hub.token);
  });
});

test("what is private or missing is neither there nor absent", async () => {
  for (const uri of ["hf:org/private", "hf:org/nothing"]) {
    const { report } = await verified({ locations: [uri], files: declared });
    expect(gist(report)).toMatchObject({ outcomes: ["inconclusive"], codes: ["warning location-denied"], exit: 3 });
  }
});
