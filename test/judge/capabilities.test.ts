import { describe, expect, test } from "vitest";
import { capabilities, judgeCapabilities } from "../../src/judge/capabilities.ts";
import { labelOf } from "../../src/judge/label.ts";
import { judgeOpenness } from "../../src/judge/openness.ts";
import { type CapabilityAnswer, type CapabilityId, capabilityIds } from "../../src/model/openness.ts";
import type { PieceReport } from "../../src/model/report.ts";
import { complete, declared, found, piece, weightsIn } from "./releases.ts";

/** The complete release with these pieces in place of those of the same kinds. */
function having(...changed: readonly PieceReport[]): readonly PieceReport[] {
  return [...complete().filter(({ kind }) => !changed.some((one) => one.kind === kind)), ...changed];
}
const without = (...kinds: readonly string[]): readonly PieceReport[] =>
  complete().filter(({ kind }) => !kinds.includes(kind));

const answerOf = (id: CapabilityId, pieces: readonly PieceReport[]): CapabilityAnswer | undefined =>
  judgeCapabilities({ pieces }).find((one) => one.id === id)?.answer;

test("the table is in the order of the words", () => {
  expect(Object.keys(capabilities)).toEqual(capabilityIds);
});

test.each(capabilityIds)("%s: yes with everything, no with nothing, untold where no host answers", (id) => {
  expect(answerOf(id, complete())).toBe("yes");
  expect(answerOf(id, [])).toBe("no");
  const silent = complete().map((one) => piece(one.kind, "inconclusive", declared("Apache-2.0")));
  expect(answerOf(id, silent)).toBe("undetermined");
  const told = complete().map((one) => piece(one.kind, "resolved", declared("Apache-2.0"), { files: one.files }));
  expect(judgeCapabilities({ pieces: told }).find((one) => one.id === id)?.basis).not.toBe("verified");
});

describe("what decides", () => {
  test.each<[CapabilityId, string, readonly PieceReport[], CapabilityAnswer]>([
    ["run", "weights with restrictions", having(piece("weights", "verified", found("CC-BY-NC-4.0"))), "partly"],
    ["run", "weights without a licence", having(piece("weights", "verified", undefined)), "no"],
    ["run", "weights of a form to run", having(weightsIn(["model-Q4_K_M.gguf", "gguf"])), "yes"],
    ["run", "weights of no known form", having(weightsIn(["model.xyz"])), "undetermined"],
    ["run", "a gguf file alone holds its tokenizer", [weightsIn(["model-Q4_K_M.gguf", "gguf"])], "yes"],
    [
      "run",
      "no code and no tokenizer",
      [weightsIn(["model.safetensors", "safetensors"], ["config.json"])],
      "undetermined",
    ],
    ["fine-tune", "quantised weights", having(weightsIn(["model-Q4_K_M.gguf", "gguf"])), "partly"],
    ["fine-tune", "a gguf file of whole numbers", having(weightsIn(["model-f16.gguf", "gguf"])), "yes"],
    ["fine-tune", "no derivatives", having(piece("weights", "verified", found("CC-BY-ND-4.0"))), "no"],
    ["fine-tune", "non-commercial", having(piece("weights", "verified", found("CC-BY-NC-4.0"))), "partly"],
    ["continue-pretraining", "no checkpoints", without("intermediate-weights"), "partly"],
    ["retrain", "no data", without("dataset"), "no"],
    ["retrain", "no code", without("training-code", "data-preprocessing-code"), "no"],
    ["retrain", "perhaps no preprocessing", without("data-preprocessing-code"), "undetermined"],
    [
      "retrain",
      "data that may not be used in trade",
      having(piece("dataset", "verified", found("CC-BY-NC-4.0"))),
      "partly",
    ],
    ["change-architecture", "weights alone", [weightsIn(["model.safetensors", "safetensors"])], "partly"],
    ["change-vocabulary", "weights alone", [weightsIn(["model.safetensors", "safetensors"])], "partly"],
    [
      "audit-data",
      "one dataset of two",
      having(piece("dataset", "verified", found("MIT")), piece("dataset", "withheld", undefined, { id: "other" })),
      "partly",
    ],
    ["audit-data", "data behind a gate", having(piece("dataset", "gated", found("MIT"))), "partly"],
    ["check-contamination", "no evaluation data", without("evaluation-data"), "partly"],
    ["remove-data", "withheld data", having(piece("dataset", "withheld", undefined)), "no"],
    [
      "redistribute",
      "no licence's text beside one piece",
      having(piece("weights", "resolved", { ...declared("MIT"), searched: "complete" })),
      "partly",
    ],
    ["redistribute", "nothing may be passed on", [piece("weights", "verified", undefined)], "no"],
    ["verify", "one piece not measured", having(piece("weights", "resolved", found("MIT"))), "partly"],
    ["verify", "one host silent", having(piece("weights", "inconclusive", declared("MIT"))), "undetermined"],
  ])("%s: %s", (id, _, pieces, answer) => {
    expect(answerOf(id, pieces)).toBe(answer);
  });

  test.each<[string, object | undefined, CapabilityAnswer]>([
    ["kept terms", { verdict: "kept" }, "yes"],
    ["terms that are dropped", { verdict: "dropped", dropped: ["use-policy"] }, "partly"],
    ["a chain that breaks off", { verdict: "undetermined" }, "undetermined"],
    ["data, of which nothing follows", { verdict: "dropped", relation: "trained-on" }, "yes"],
  ])("it is passed on with a parent's terms: %s", (_, parent, answer) => {
    const named = { uri: "hf:a/b", relation: "finetune", said: "card", child: "", depth: 1, status: "found" } as const;
    const lineage = { verdict: "kept", parents: [{ ...named, verdict: "kept", ...parent }] } as const;
    const judged = judgeCapabilities({ pieces: complete(), lineage }).find(({ id }) => id === "redistribute");
    expect(judged?.answer).toBe(answer);
  });

  test("it is passed on with what its licence asks for beside its text", () => {
    const [first, ...rest] = complete();
    if (first === undefined) throw new Error("no piece");
    const withDuty = (duty: "notices" | "use-policy", state: "missing" | "undetermined" | "met") =>
      answerOf("redistribute", [{ ...first, license: { ...first.license, duties: [{ duty, state }] } }, ...rest]);
    expect(withDuty("notices", "met")).toBe("yes");
    expect(withDuty("use-policy", "missing")).toBe("partly");
    expect(withDuty("notices", "undetermined")).toBe("undetermined");
  });

  test("a list of addresses is not the data itself", () => {
    const share = { count: 1, share: 1, low: 1, high: 1 };
    const records = {
      rows: 1,
      asked: 1,
      lists: 1,
      columns: { url: "url", digest: {}, guessed: false },
      confidence: 0.95,
      compared: 0,
      suspicious: 0,
      resolves: share,
      gone: share,
      unusable: share,
      inconclusive: share,
      reasons: {},
      examples: [],
      bytes: 0,
    };
    const pieces = having(piece("dataset", "verified", found("MIT"), { records }));
    expect(answerOf("audit-data", pieces)).toBe("partly");
  });

  test("the pieces and facts that decide are named", () => {
    const pieces = having(piece("weights", "verified", found("CC-BY-NC-4.0")));
    expect(judgeCapabilities({ pieces }).find(({ id }) => id === "run")).toEqual({
      id: "run",
      answer: "partly",
      basis: "verified",
      pieces: ["weights"],
      facts: ["`weights` is under `CC-BY-NC-4.0` (found word for word), which is not a licence without restrictions"],
    });
  });
});

describe("label", () => {
  test.each<[string, readonly PieceReport[]]>([
    ["weights, training data and training code open", complete()],
    ["weights, training data and training code not declared", []],
    [
      "weights available under restrictions (field-of-use); training data described, not available; training code not declared",
      [
        piece("weights", "verified", found("LicenseRef-openrail")),
        piece("dataset", "withheld", undefined),
        piece("data-card", "verified", found("CC-BY-4.0")),
      ],
    ],
    [
      "weights open as declared; training data and training code not declared",
      [piece("weights", "resolved", declared("Apache-2.0"))],
    ],
    [
      "weights there without a licence; training data open in part (1 of 2 pieces); training code that could not be told",
      [
        piece("weights", "verified", undefined),
        piece("dataset", "verified", found("CC0-1.0")),
        piece("dataset", "withheld", undefined, { id: "rest" }),
        piece("training-code", "inconclusive", declared("MIT")),
      ],
    ],
    [
      "weights not all there as declared (1 of 2 pieces); training data on request only; training code there, under terms that a person must read",
      [
        piece("weights", "verified", found("MIT")),
        piece("weights", "broken", found("MIT"), { id: "large" }),
        piece("dataset", "withheld", undefined, { availability: "on-request" }),
        piece("training-code", "verified", found("LicenseRef-own")),
      ],
    ],
  ])("%s", (label, pieces) => {
    expect(labelOf({ pieces })).toBe(label);
  });

  test("what it was made from is told", () => {
    expect(labelOf({ pieces: [], bases: ["hf:a/b"] })).toContain("made from another release");
  });
});

test("kinds of data", () => {
  const pieces = [
    piece("dataset", "verified", found("CC-BY-4.0"), { id: "a" }),
    piece("dataset", "verified", undefined, { id: "b" }),
    piece("dataset", "gated", declared("MIT"), { id: "c" }),
    piece("dataset", "withheld", undefined, { id: "d", availabilityReason: "patients' records" }),
    piece("dataset", "withheld", undefined, { id: "e" }),
    piece("dataset", "broken", undefined, { id: "f" }),
    piece("dataset", "inconclusive", declared("MIT"), { id: "g" }),
    piece("dataset", "withheld", undefined, { id: "h", availability: "on-request" }),
    piece("dataset", "verified", found("LicenseRef-own"), { id: "i" }),
  ];
  expect(judgeOpenness(pieces).data.map(({ piece: id, kind }) => [id, kind])).toEqual([
    ["a", "open"],
    ["b", "public"],
    ["c", "obtainable"],
    ["d", "unshareable"],
    ["e", "undisclosed"],
    ["f", "undisclosed"],
    ["g", "undetermined"],
    ["h", "obtainable"],
    ["i", "undetermined"],
  ]);
});

test("the Index's 14 dimensions, from open to closed", () => {
  const whole = judgeOpenness(complete()).dimensions;
  expect(whole).toHaveLength(14);
  expect(whole.filter(({ estimate }) => estimate === "undetermined").map(({ id }) => id)).toEqual([
    "code-documentation",
    "hardware-architecture",
    "paper",
    "api",
  ]);
  const nothing = judgeOpenness([]).dimensions.filter(({ estimate }) => estimate !== "closed");
  expect(nothing.map(({ id }) => id)).toEqual(["api"]);
  const gated = judgeOpenness([piece("weights", "gated", declared("MIT"))]).dimensions;
  expect(gated.find(({ id }) => id === "base-model-weights")?.estimate).toBe("partial");
});

test("the same reports give the same judgement, byte for byte", () => {
  const once = JSON.stringify(judgeOpenness(complete()));
  expect(JSON.stringify(judgeOpenness(structuredClone(complete())))).toBe(once);
});
