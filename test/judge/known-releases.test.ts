/**
 * Releases like well-known ones, from what is publicly known of them, with the verdicts that the published texts lead
 * to. The verdicts and their reasons were written before the code was run on them.
 */
import { describe, expect, test } from "vitest";
import { judgeOpenness } from "../../src/judge/openness.ts";
import type { CapabilityAnswer, DataKind, DefinitionVerdict } from "../../src/model/openness.ts";
import type { PieceReport } from "../../src/model/report.ts";
import { found, piece } from "./releases.ts";

interface Expected {
  readonly label: string;
  /** Verdict and what it is for want of. */
  readonly definitions: { readonly [id: string]: readonly [DefinitionVerdict, ...string[]] };
  readonly data: readonly DataKind[];
  readonly capabilities: { readonly [id: string]: CapabilityAnswer };
}

const apache = found("Apache-2.0");

/** Everything is published: data under ODC-By, code and weights under Apache-2.0, checkpoints, cards and a paper. */
const olmoLike: readonly PieceReport[] = [
  piece("dataset", "verified", found("ODC-By-1.0"), { id: "pretraining-mix" }),
  piece("dataset", "verified", found("ODC-By-1.0"), { id: "mid-training-mix" }),
  piece("evaluation-data", "verified", found("ODC-By-1.0")),
  piece("data-preprocessing-code", "verified", apache),
  piece("training-code", "verified", apache),
  piece("inference-code", "verified", apache),
  piece("evaluation-code", "verified", apache),
  piece("model-architecture", "verified", apache),
  piece("weights", "verified", apache),
  piece("intermediate-weights", "verified", apache),
  piece("tokenizer", "verified", apache),
  piece("configuration", "verified", apache),
  piece("model-card", "verified", apache),
  piece("data-card", "verified", found("ODC-By-1.0")),
  piece("research-paper", "verified", found("CC-BY-4.0")),
];

/** Weights, checkpoints and code under Apache-2.0; its dataset was taken down from where it was. */
const pythiaLike: readonly PieceReport[] = [
  piece("dataset", "broken", undefined),
  piece("data-preprocessing-code", "verified", found("MIT")),
  piece("training-code", "verified", apache),
  piece("inference-code", "verified", apache),
  piece("evaluation-code", "verified", found("MIT")),
  piece("model-architecture", "verified", apache),
  piece("weights", "verified", apache),
  piece("intermediate-weights", "verified", apache),
  piece("tokenizer", "verified", apache),
  piece("model-card", "verified", apache),
  piece("data-card", "verified", found("CC-BY-4.0")),
  piece("research-paper", "verified", found("CC-BY-4.0")),
  piece("evaluation-results", "verified", apache),
];

/** Weights behind terms that somebody has to grant, under a licence with a cap and a use policy; no data, no training code. */
const llamaLike: readonly PieceReport[] = [
  piece("dataset", "withheld", undefined),
  piece("inference-code", "verified", found("LicenseRef-llama3.1")),
  piece("weights", "gated", found("LicenseRef-llama3.1"), { availability: "gated", gated: "manual" }),
  piece("model-card", "verified", found("LicenseRef-llama3.1")),
  piece("technical-report", "verified", found("CC-BY-4.0")),
  piece("license", "verified", found("LicenseRef-llama3.1"), { id: "use-policy" }),
];

/** Weights and code to run them under Apache-2.0, a paper, and nothing of the training. */
const mistralLike: readonly PieceReport[] = [
  piece("inference-code", "verified", apache),
  piece("weights", "verified", apache),
  piece("model-card", "verified", apache),
  piece("research-paper", "verified", found("CC-BY-SA-4.0")),
];

const expected: readonly (readonly [name: string, release: readonly PieceReport[], Expected])[] = [
  [
    "OLMo-like",
    olmoLike,
    {
      label: "weights, training data and training code open",
      definitions: {
        // Everything is there; whether the card tells enough is for a person.
        "osaid-1.0": ["undetermined", "data information"],
        // Data, code and weights, all under open licences.
        "g7-open-source-ai-open-data": ["satisfied-verified"],
        "g7-open-source-ai": ["satisfied-verified"],
        "g7-open-weights-ai": ["satisfied-verified"],
        "g7-weights-available-ai": ["satisfied-verified"],
        // Results are in the paper, which is allowed, but nobody read it.
        "mof-class-1": ["undetermined", "evaluation results"],
        "mof-class-2": ["undetermined", "evaluation results"],
        "mof-class-3": ["undetermined", "evaluation results"],
        "mot-class-1": ["undetermined", "evaluation results"],
        "mot-class-2": ["undetermined", "evaluation results"],
        "mot-class-3": ["undetermined", "evaluation results"],
        "owd-0.3": ["satisfied-verified"],
        "osd-data-as-source": ["satisfied-verified"],
        // Its criteria are not published, so nobody can satisfy them.
        "fsf-free-ml": ["undetermined", "the FSF's own criteria"],
        // No list of Debian's names ODC-By, and no rebuild is on record.
        "debian-free-model": ["undetermined", "freely licensed training data", "a rebuild"],
        "debian-toxic-candy": ["satisfied-verified"],
        "debian-gr-2025-a": ["satisfied-verified"],
        // Money and systemic risk are not in the pieces.
        "eu-ai-act-53-2": ["undetermined", "no money for it", "no systemic risk"],
      },
      data: ["open", "open"],
      capabilities: {
        run: "yes",
        "fine-tune": "yes",
        "continue-pretraining": "yes",
        retrain: "yes",
        "change-architecture": "yes",
        "change-vocabulary": "yes",
        "audit-data": "yes",
        "check-contamination": "yes",
        "remove-data": "yes",
        redistribute: "yes",
        verify: "yes",
      },
    },
  ],
  [
    "Pythia-like",
    pythiaLike,
    {
      label: "weights open; training data not there as declared; training code open",
      definitions: {
        // The data is described, and its place is gone: whether the description still serves is for a person.
        "osaid-1.0": ["undetermined", "data information", "where the data can be had"],
        "g7-open-source-ai-open-data": ["not-satisfied", "training data"],
        // It is said to be open and is not there, so no reason is told.
        "g7-open-source-ai": ["not-satisfied", "training data or a reason"],
        "g7-open-weights-ai": ["satisfied-verified"],
        "g7-weights-available-ai": ["satisfied-verified"],
        "mof-class-1": ["not-satisfied", "evaluation data", "datasets"],
        "mof-class-2": ["not-satisfied", "evaluation data"],
        "mof-class-3": ["satisfied-verified"],
        "mot-class-1": ["not-satisfied", "evaluation data", "datasets"],
        "mot-class-2": ["not-satisfied", "evaluation data"],
        "mot-class-3": ["satisfied-verified"],
        "owd-0.3": ["satisfied-verified"],
        "osd-data-as-source": ["not-satisfied", "training data"],
        "fsf-free-ml": ["not-satisfied", "training data"],
        "debian-free-model": ["not-satisfied", "freely licensed training data"],
        "debian-toxic-candy": ["satisfied-verified"],
        "debian-gr-2025-a": ["not-satisfied", "accessible training data"],
        "eu-ai-act-53-2": ["undetermined", "no money for it", "no systemic risk"],
      },
      data: ["undisclosed"],
      capabilities: {
        run: "yes",
        "fine-tune": "yes",
        "continue-pretraining": "partly",
        retrain: "no",
        "change-architecture": "partly",
        "change-vocabulary": "partly",
        "audit-data": "no",
        "check-contamination": "no",
        "remove-data": "no",
        // The dataset is not there to be passed on.
        redistribute: "partly",
        verify: "partly",
      },
    },
  ],
  [
    "Llama-like",
    llamaLike,
    {
      label:
        "weights behind a gate, under restrictions (use-policy, user-cap); training data withheld; training code not declared",
      definitions: {
        "osaid-1.0": ["not-satisfied", "training code", "inference code", "model architecture", "parameters"],
        "g7-open-source-ai-open-data": [
          "not-satisfied",
          "weights",
          "deployment code",
          "training code",
          "training data",
        ],
        "g7-open-source-ai": [
          "not-satisfied",
          "weights",
          "deployment code",
          "training code",
          "training data or a reason",
        ],
        "g7-open-weights-ai": ["not-satisfied", "weights", "deployment code"],
        // Somebody chooses who gets the weights: whether that is "available" is for a person.
        "g7-weights-available-ai": ["undetermined", "weights"],
        "mof-class-3": ["not-satisfied", "model architecture", "final model parameters", "model card", "data card"],
        "owd-0.3": ["not-satisfied", "weights for free download", "open licence on the weights", "usable form"],
        "osd-data-as-source": [
          "not-satisfied",
          "training data",
          "training code",
          "inference code",
          "model architecture",
          "weights",
        ],
        "fsf-free-ml": ["not-satisfied", "training data", "training software", "inference software", "parameters"],
        "debian-toxic-candy": ["not-satisfied", "freely licensed weights"],
        "debian-gr-2025-a": [
          "not-satisfied",
          "freely licensed weights",
          "accessible training data",
          "original training program",
        ],
        // Above a number of users another licence is needed.
        "eu-ai-act-53-2": ["not-satisfied", "free and open-source licence"],
      },
      data: ["undisclosed"],
      capabilities: {
        run: "undetermined",
        retrain: "no",
        "audit-data": "no",
        "check-contamination": "no",
        "remove-data": "no",
        redistribute: "partly",
        verify: "partly",
      },
    },
  ],
  [
    "Mistral-like",
    mistralLike,
    {
      label: "weights open; training data and training code not declared",
      definitions: {
        "osaid-1.0": ["not-satisfied", "training code"],
        "g7-open-source-ai-open-data": ["not-satisfied", "training code", "training data"],
        "g7-open-source-ai": ["not-satisfied", "training code", "training data or a reason"],
        "g7-open-weights-ai": ["satisfied-verified"],
        "g7-weights-available-ai": ["satisfied-verified"],
        // The framework wants the architecture as a component of its own.
        "mof-class-3": ["not-satisfied", "model architecture"],
        "mot-class-3": ["not-satisfied", "model architecture"],
        "owd-0.3": ["satisfied-verified"],
        "osd-data-as-source": ["not-satisfied", "training data", "training code"],
        "fsf-free-ml": ["not-satisfied", "training data", "training software"],
        "debian-free-model": ["not-satisfied", "freely licensed training data", "free training program"],
        "debian-toxic-candy": ["satisfied-verified"],
        "debian-gr-2025-a": ["not-satisfied", "accessible training data", "original training program"],
        "eu-ai-act-53-2": ["undetermined", "no money for it", "no systemic risk"],
      },
      data: [],
      capabilities: {
        run: "yes",
        "fine-tune": "yes",
        "continue-pretraining": "partly",
        retrain: "no",
        "change-architecture": "partly",
        "change-vocabulary": "partly",
        "audit-data": "no",
        "check-contamination": "no",
        "remove-data": "no",
        redistribute: "yes",
        verify: "yes",
      },
    },
  ],
];

describe.each(expected)("%s", (_, release, wanted) => {
  const openness = judgeOpenness(release);

  test("label", () => {
    expect(openness.label).toBe(wanted.label);
  });

  test.each(Object.entries(wanted.definitions))("%s", (id, [verdict, ...reasons]) => {
    const result = openness.definitions.find((one) => one.id === id);
    const why = verdict === "not-satisfied" ? result?.missing : [...(result?.judge ?? []), ...(result?.untold ?? [])];
    expect([result?.verdict, ...(verdict.startsWith("satisfied") ? [] : (why ?? []))]).toEqual([verdict, ...reasons]);
  });

  test("kinds of data", () => {
    expect(openness.data.map(({ kind }) => kind)).toEqual(wanted.data);
  });

  test.each(Object.entries(wanted.capabilities))("%s", (id, answer) => {
    expect(openness.capabilities.find((one) => one.id === id)?.answer).toBe(answer);
  });
});
