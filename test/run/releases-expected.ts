/**
 * The verdicts on the releases of `releases.ts`, and their reasons, as they were written down before the code was run on
 * them. Where the servers are more particular than `test/judge/known-releases.test.ts`, whose pieces are reports, it says
 * why. A paper as a PDF shows no licence: nobody confirms what the manifest says of it.
 */
import type { CapabilityAnswer, CapabilityId, DataKind, DefinitionVerdict } from "../../src/model/openness.ts";
import type { Outcome } from "../../src/model/report.ts";

/** What is to be told of one release. */
export interface Expected {
  readonly outcomes: { readonly [piece: string]: Outcome };
  readonly exit: 0 | 1 | 3;
  readonly label: string;
  /** Verdict and what it is for want of, of every definition. */
  readonly definitions: { readonly [id: string]: readonly [DefinitionVerdict, ...string[]] };
  readonly data: readonly DataKind[];
  readonly capabilities: { readonly [Id in CapabilityId]: CapabilityAnswer };
  /** Descriptions by path and sources by state, where data is not all shipped. */
  readonly information:
    | { readonly descriptions: readonly (string | undefined)[]; readonly sources: readonly string[] }
    | undefined;
  readonly sourcesDead: number;
}

const satisfied = ["satisfied-verified"] as const;
const byWord = ["satisfied-declared"] as const;
// Money and systemic risk are in no piece.
const euAiAct = ["undetermined", "no money for it", "no systemic risk"] as const;
const all = (pieces: string, outcome: Outcome) => Object.fromEntries(pieces.split(" ").map((id) => [id, outcome]));

/** By release; `releases.ts` says what each is made of. */
export const expected: { readonly [name: string]: Expected } = {
  "OLMo-like": {
    outcomes: {
      ...all(
        "pretraining-mix mid-training-mix evaluation-data data-preprocessing-code training-code inference-code",
        "verified",
      ),
      ...all("evaluation-code model-architecture weights intermediate-weights tokenizer configuration", "verified"),
      ...all("model-card data-card", "verified"),
      // Its bytes are right; of its licence there is only the manifest's word.
      "research-paper": "resolved",
    },
    exit: 0,
    label: "weights, training data and training code open",
    definitions: {
      // Whether the cards tell enough is for a person.
      "osaid-1.0": ["undetermined", "data information"],
      "g7-open-source-ai-open-data": satisfied,
      "g7-open-source-ai": satisfied,
      "g7-open-weights-ai": satisfied,
      "g7-weights-available-ai": satisfied,
      // Results are in the paper, which is allowed, but nobody read it.
      "mof-class-1": ["undetermined", "evaluation results"],
      "mof-class-2": ["undetermined", "evaluation results"],
      "mof-class-3": ["undetermined", "evaluation results"],
      "mot-class-1": ["undetermined", "evaluation results"],
      "mot-class-2": ["undetermined", "evaluation results"],
      "mot-class-3": ["undetermined", "evaluation results"],
      "owd-0.3": satisfied,
      "osd-data-as-source": satisfied,
      // Its criteria are not published, so nobody can satisfy them.
      "fsf-free-ml": ["undetermined", "the FSF's own criteria"],
      // No list of Debian's names ODC-By, and no rebuild is on record.
      "debian-free-model": ["undetermined", "freely licensed training data", "a rebuild"],
      "debian-toxic-candy": satisfied,
      "debian-gr-2025-a": satisfied,
      "eu-ai-act-53-2": euAiAct,
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
      // All but the paper, which has no licence text beside it, and whose licence was not confirmed.
      redistribute: "partly",
      verify: "partly",
    },
    information: undefined,
    sourcesDead: 0,
  },
  "Pythia-like": {
    outcomes: {
      // Taken down from where the manifest says that it is.
      dataset: "broken",
      ...all(
        "data-preprocessing-code training-code inference-code evaluation-code model-architecture weights",
        "verified",
      ),
      ...all("intermediate-weights tokenizer model-card data-card evaluation-results", "verified"),
      "research-paper": "resolved",
    },
    exit: 1,
    label: "weights open; training data not there as declared; training code open",
    definitions: {
      // The data is described, and its place is gone: whether the description still serves is for a person.
      "osaid-1.0": ["undetermined", "data information", "where the data can be had"],
      "g7-open-source-ai-open-data": ["not-satisfied", "training data"],
      // It is said to be open and is not there, so no reason is told.
      "g7-open-source-ai": ["not-satisfied", "training data or a reason"],
      "g7-open-weights-ai": satisfied,
      "g7-weights-available-ai": satisfied,
      "mof-class-1": ["not-satisfied", "evaluation data", "datasets"],
      "mof-class-2": ["not-satisfied", "evaluation data"],
      // The paper's licence is the manifest's word.
      "mof-class-3": byWord,
      "mot-class-1": ["not-satisfied", "evaluation data", "datasets"],
      "mot-class-2": ["not-satisfied", "evaluation data"],
      "mot-class-3": byWord,
      "owd-0.3": satisfied,
      "osd-data-as-source": ["not-satisfied", "training data"],
      "fsf-free-ml": ["not-satisfied", "training data"],
      "debian-free-model": ["not-satisfied", "freely licensed training data"],
      "debian-toxic-candy": satisfied,
      "debian-gr-2025-a": ["not-satisfied", "accessible training data"],
      "eu-ai-act-53-2": euAiAct,
    },
    data: ["undisclosed"],
    capabilities: {
      run: "yes",
      "fine-tune": "yes",
      // From the weights and the checkpoints, without the data.
      "continue-pretraining": "partly",
      retrain: "no",
      "change-architecture": "partly",
      "change-vocabulary": "partly",
      "audit-data": "no",
      "check-contamination": "no",
      "remove-data": "no",
      redistribute: "partly",
      verify: "partly",
    },
    // The datasheet lists two sources, one of which was taken down; the paper is no text with headings.
    information: { descriptions: ["DATASHEET.md", undefined], sources: ["resolves", "gone"] },
    sourcesDead: 1,
  },
  "Llama-like": {
    outcomes: {
      dataset: "withheld",
      // The licence is the maker's own and its text is not beside the code.
      ...all("inference-code model-card technical-report use-policy", "resolved"),
      weights: "gated",
    },
    exit: 0,
    label:
      "weights behind a gate, under restrictions (use-policy, user-cap); training data withheld; training code not declared",
    definitions: {
      "osaid-1.0": ["not-satisfied", "training code", "inference code", "model architecture", "parameters"],
      "g7-open-source-ai-open-data": ["not-satisfied", "weights", "deployment code", "training code", "training data"],
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
      ...Object.fromEntries(
        // Both readings miss the same: none of the licences is open, and the rest is not there.
        ["mof", "mot"].flatMap((reading) => {
          const three = ["model architecture", "final model parameters", "model card", "data card"];
          const two = [...three, "training code", "inference code", "evaluation code", "evaluation data"];
          const one = [...two, "datasets", "data preprocessing code", "intermediate model parameters"];
          return [one, two, three].map((missing, at) => [`${reading}-class-${at + 1}`, ["not-satisfied", ...missing]]);
        }),
      ),
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
      "debian-free-model": [
        "not-satisfied",
        "freely licensed weights",
        "freely licensed training data",
        "free training program",
      ],
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
      // Nobody saw behind the gate in which form the weights are.
      run: "undetermined",
      "fine-tune": "undetermined",
      "continue-pretraining": "undetermined",
      retrain: "no",
      "change-architecture": "undetermined",
      "change-vocabulary": "undetermined",
      "audit-data": "no",
      "check-contamination": "no",
      "remove-data": "no",
      // Under the licence's terms.
      redistribute: "partly",
      // No piece is verified: of each one some fact is somebody's word.
      verify: "no",
    },
    // The report is no text with headings, so the model card's words on the data are what there is.
    information: { descriptions: ["MODEL_CARD.md", undefined], sources: [] },
    sourcesDead: 0,
  },
  "Mistral-like": {
    outcomes: { ...all("inference-code weights model-card", "verified"), "research-paper": "resolved" },
    exit: 0,
    label: "weights open; training data and training code not declared",
    definitions: {
      "osaid-1.0": ["not-satisfied", "training code"],
      "g7-open-source-ai-open-data": ["not-satisfied", "training code", "training data"],
      "g7-open-source-ai": ["not-satisfied", "training code", "training data or a reason"],
      "g7-open-weights-ai": satisfied,
      "g7-weights-available-ai": satisfied,
      ...Object.fromEntries(
        // The framework wants the architecture as a component of its own; what the card and the paper hold is for a person.
        ["mof", "mot"].flatMap((reading) => {
          const three = ["model architecture"];
          const two = [...three, "training code", "evaluation code", "evaluation data"];
          const one = [...two, "datasets", "data preprocessing code", "intermediate model parameters"];
          return [one, two, three].map((missing, at) => [`${reading}-class-${at + 1}`, ["not-satisfied", ...missing]]);
        }),
      ),
      "owd-0.3": satisfied,
      "osd-data-as-source": ["not-satisfied", "training data", "training code"],
      "fsf-free-ml": ["not-satisfied", "training data", "training software"],
      "debian-free-model": ["not-satisfied", "freely licensed training data", "free training program"],
      "debian-toxic-candy": satisfied,
      "debian-gr-2025-a": ["not-satisfied", "accessible training data", "original training program"],
      "eu-ai-act-53-2": euAiAct,
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
      // All but the paper.
      redistribute: "partly",
      verify: "partly",
    },
    // Nothing but a model card without a word on data, and a paper.
    information: { descriptions: ["README.md", undefined], sources: [] },
    sourcesDead: 0,
  },
};
