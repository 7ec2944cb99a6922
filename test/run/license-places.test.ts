/** Releases whose places tell different things of their licence: real files, read and held against each other. */
import { describe, expect, test } from "vitest";
import { judgeLicense } from "../../src/judge/license.ts";
import { judgePlaces } from "../../src/judge/license-places.ts";
import { startWebServer } from "../resolve/web-server.ts";
import { apache, check, entry, folder, gist, write, writeManifest } from "./release.ts";

const bytes = "0.5\n";
const card = (front: string, body = "# A model\n") => `---\n${front}---\n${body}`;

async function released(files: { readonly [path: string]: string }, piece: object = {}) {
  const at = await folder();
  const all = { "w.txt": bytes, ...files };
  for (const [path, text] of Object.entries(all)) await write(at, `w/${path}`, text);
  const declared = Object.entries(all).map(([path, text]) => entry(path, text));
  const manifest = await writeManifest(at, [{ id: "weights", locations: ["./w"], files: declared, ...piece }]);
  const report = await check(manifest);
  const told = report.findings.filter(({ code }) => code.startsWith("license-"));
  return { report, told, codes: told.map(({ code, severity }) => `${severity} ${code}`) };
}

describe("two places that differ are told with file and line", () => {
  test("M1: the manifest and a card, where nothing else speaks", async () => {
    const { told, report } = await released({ "README.md": card("license: mit\n") });
    expect(told).toMatchObject([
      { code: "license-mismatch", args: { declared: "Apache-2.0", found: "MIT", path: "README.md", line: 2 } },
    ]);
    expect(gist(report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(told[0]).toMatchObject({ line: expect.any(Number), column: expect.any(Number) });
  });

  test("M2: the licence text and a card", async () => {
    const { told } = await released({ LICENSE: apache, "README.md": card("tags: []\nlicense: mit\n") });
    expect(told).toMatchObject([
      {
        code: "license-places-disagree",
        args: { first: "Apache-2.0", firstPath: "LICENSE", second: "MIT", secondPath: "README.md", secondLine: 3 },
      },
    ]);
  });

  test("M3: prose is weak: a note, and no verdict changes", async () => {
    const body = "# A model\n\nReleased under the MIT license.\n";
    const { codes, told, report } = await released({
      LICENSE: apache,
      "README.md": card("license: apache-2.0\n", body),
    });
    expect(codes).toEqual(["note license-prose-differs"]);
    expect(told[0]?.args).toEqual({ license: "Apache-2.0", found: "MIT", path: "README.md", line: 6 });
    expect(gist(report).outcomes).toEqual(["verified"]);
  });

  test("prose supports no claim, and silence with a hint is told as such", async () => {
    const { told, report } = await released({ "README.md": "Released under the Apache License 2.0.\n" });
    expect(report.pieces[0]?.license).toMatchObject({ concluded: "NOASSERTION", agreement: "unmeasured" });
    expect(told).toMatchObject([
      { code: "license-absent", args: { said: "Apache License 2.0", path: "README.md", line: 1 } },
    ]);
  });

  test("prose that agrees is no news", async () => {
    const { codes } = await released({ LICENSE: apache, "README.md": "Released under the Apache License 2.0.\n" });
    expect(codes).toEqual([]);
  });
});

test("M5: a card alone states it, and the text is nowhere", async () => {
  const { codes, report } = await released({ "README.md": card("license: apache-2.0\n") });
  expect(codes).toEqual(["note license-text-absent"]);
  expect(report.pieces[0]?.license).toMatchObject({
    flags: { basis: "stated", flags: ["attribution"] },
    duties: [{ duty: "license-text", state: "missing" }],
  });
});

describe("M6: a licence of the card's own", () => {
  const own = { licenseDeclared: "LicenseRef-ours" };
  test("without a link", async () => {
    const { codes } = await released({ "README.md": card("license: other\n") }, own);
    expect(codes).toContain("warning license-link-absent");
  });

  test("with its text beside it there is nothing to say of a link", async () => {
    const { codes } = await released({ LICENSE: "Use it kindly.\n", "README.md": card("license: other\n") }, own);
    expect(codes.filter((code) => code.includes("link"))).toEqual([]);
  });

  test("a path that is there, and one that is not", async () => {
    const front = (link: string) => card(`license: other\nlicense_name: ours\nlicense_link: ${link}\n`);
    const there = await released({ "terms.txt": "Use it kindly.\n", "README.md": front("./terms.txt") }, own);
    expect(there.codes.filter((code) => code.includes("link"))).toEqual([]);
    const gone = await released({ "README.md": front("terms.txt") }, own);
    expect(gone.told.find(({ code }) => code === "license-link-dead")?.args).toMatchObject({
      link: "terms.txt",
      path: "README.md",
      line: 2,
      detail: "not-found",
    });
    const out = await released({ "README.md": front("../../etc/passwd") }, own);
    expect(out.codes.filter((code) => code.includes("link"))).toEqual([]);
  });

  test("an address: gone is gone, and no answer is no absence", async () => {
    const server = await startWebServer((request, response) => {
      response.writeHead(request.url === "/there" ? 200 : request.url === "/busy" ? 503 : 404).end();
    });
    try {
      const at = async (path: string) => {
        const { codes } = await released(
          { "README.md": card(`license: other\nlicense_name: ours\nlicense_link: ${server.url}${path}\n`) },
          own,
        );
        return codes.filter((code) => code.includes("link"));
      };
      expect(await at("/there")).toEqual([]);
      expect(await at("/gone")).toEqual(["warning license-link-dead"]);
      expect(await at("/busy")).toEqual([]);
    } finally {
      await server.close();
    }
  });
});

describe("M7: a use policy", () => {
  test("beside an open licence", async () => {
    const { codes } = await released({ LICENSE: apache, "USE_POLICY.md": "No ferries.\n" });
    expect(codes).toEqual(["warning license-use-policy-beside"]);
  });

  test("belongs to a licence that speaks of one", async () => {
    const { codes, report } = await released({ "USE_POLICY.md": "No ferries.\n" }, { licenseDeclared: "llama3.1" });
    expect(codes).not.toContain("warning license-use-policy-beside");
    expect(report.pieces[0]?.license.duties).toContainEqual({
      duty: "use-policy",
      state: "met",
      path: "USE_POLICY.md",
    });
  });
});

test("M10: a family in a card is told where it stands, and not guessed", async () => {
  const { told } = await released({ LICENSE: apache, "README.md": card("license: bsd\n") });
  expect(told).toMatchObject([
    { code: "license-ambiguous", severity: "note", args: { declared: "bsd", path: "README.md", line: 2 } },
  ]);
});

describe("M11: a gate before an open licence", () => {
  const gated = (availability: "open" | "gated", declared: string) => {
    const { report } = judgeLicense({ piece: "weights", pointer: "/pieces/0" }, declared, undefined, [], {
      state: "not-done",
    });
    const around = { piece: { kind: "weights", availability }, gated: "auto", single: false, links: [] } as const;
    return judgePlaces({ piece: "weights", pointer: "/pieces/0" }, report, around).map(
      ({ code, severity }) => `${severity} ${code}`,
    );
  };
  test("is a surprise where the manifest says open, and worth a word where it does not", () => {
    expect(gated("open", "Apache-2.0")).toEqual(["warning license-gate-contradicts"]);
    expect(gated("gated", "Apache-2.0")).toEqual(["note license-gate-contradicts"]);
  });
  test("contradicts nothing where the licence has conditions or is not known", () => {
    expect(gated("gated", "llama3.1")).toEqual([]);
    expect(gated("gated", "LicenseRef-ours")).toEqual([]);
    expect(gated("gated", "cc")).toEqual([]);
  });
});

test("M12: a licence for databases on a dataset, and on nothing else", async () => {
  const odc = { licenseDeclared: "ODC-By-1.0" };
  expect((await released({}, { ...odc, kind: "dataset" })).codes).toContain("note license-compilation-only");
  expect((await released({}, odc)).codes).not.toContain("note license-compilation-only");
  expect((await released({}, { licenseDeclared: "CC-BY-4.0", kind: "dataset" })).codes).not.toContain(
    "note license-compilation-only",
  );
});

test("M13: the text beside another piece, under the same licence only", async () => {
  const at = await folder();
  await write(at, "a/LICENSE", apache);
  await write(at, "b/w.txt", bytes);
  await write(at, "c/w.txt", bytes);
  const piece = (id: string, licenseDeclared: string, path: string, text: string) => ({
    id,
    licenseDeclared,
    locations: [`./${id}`],
    files: [entry(path, text)],
  });
  const manifest = await writeManifest(at, [
    piece("a", "Apache-2.0", "LICENSE", apache),
    piece("b", "Apache-2.0", "w.txt", bytes),
    piece("c", "MIT", "w.txt", bytes),
  ]);
  const report = await check(manifest);
  expect(report.pieces.map(({ license }) => license.duties?.map(({ state, piece: from }) => [state, from]))).toEqual([
    [["met", undefined]],
    [["elsewhere", "a"]],
    [["missing", undefined]],
  ]);
  expect(report.findings.filter(({ code }) => code === "license-inherited")).toMatchObject([
    { piece: "b", pointer: "/pieces/1/licenseDeclared", args: { from: "a", path: "LICENSE" } },
  ]);
});

test("a changed text beside a piece is not made up for by the right one beside another", async () => {
  const at = await folder();
  const bytes = "words";
  // Letters that look alike, and one that nobody sees.
  const clause = "Use is gr\u0430nted for n\u200bon-comm\u0435rcial purposes only.\n\n   3. Grant of Patent License";
  await write(at, "a/LICENSE", apache);
  await write(at, "b/LICENSE", apache.replace("3. Grant of Patent License", clause));
  await write(at, "b/w.txt", bytes);
  const manifest = await writeManifest(at, [
    { id: "a", locations: ["./a"], files: [entry("LICENSE", apache)] },
    { id: "b", locations: ["./b"], files: [entry("w.txt", bytes)] },
  ]);
  const report = await check(manifest);
  const codes = report.findings.filter(({ piece }) => piece === "b").map(({ code }) => code);
  expect(codes).toContain("license-modified");
  expect(codes).not.toContain("license-inherited");
  expect(report.pieces[1]?.outcome).not.toBe("verified");
  expect(report.pieces[1]?.license.duties?.map(({ state }) => state)).toEqual(["missing"]);
});
