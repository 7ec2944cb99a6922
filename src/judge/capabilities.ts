/**
 * What anybody can do with a release: one row for each wish, with what it needs in full and what is enough for a part.
 * A restriction in a licence makes a yes a partial one: somebody, or some use, is left out.
 */
import { pieceKinds } from "../model/manifest.ts";
import type { CapabilityId, CapabilityResult } from "../model/openness.ts";
import { every, some } from "./components.ts";
import type { Test } from "./definition.ts";
import { type Grade, judgeGrade } from "./graded.ts";
import type { LicenseRule } from "./license-rule.ts";
import type { Release } from "./requirement.ts";
import { factText, piecesOf } from "./standing.ts";

const configFile = /(?:^|\/)(?:config|params|model_index|hparams)\.(?:json|ya?ml)$|\.gguf$/i;
const tokenizerFile = /(?:^|\/)(?:tokenizer[^/]*|vocab\.(?:json|txt)|spiece\.model|merges\.txt)$|\.gguf$/i;

const weights = (license: LicenseRule, format: "loadable" | "trainable", gate?: "counts"): Test =>
  some(["weights"], license, { format, ...(gate === undefined ? {} : { gate }) });

/** How the weights are to be read: a description of the model beside them, or code that has it. */
const config: Test = {
  any: [
    some(["configuration", "model-architecture", "inference-code", "training-code"], "granted"),
    some(["weights"], undefined, { file: configFile }),
  ],
};
const tokenizer: Test = {
  any: [
    some(["tokenizer"], "granted"),
    some(["weights", "configuration"], undefined, { file: tokenizerFile }),
    { person: "whether the model needs a tokenizer" },
  ],
};

/** Everything that training starts from. Licences must let the data be copied. */
const retrain: Test = {
  all: [
    every("dataset", "unrestricted", { whole: true, itself: true }),
    every("training-code", "unrestricted", { whole: true }),
    every("data-preprocessing-code", "granted", { whole: true, within: ["training-code"], ifUsed: true }),
    every("configuration", "granted", { within: ["training-code"], ifUsed: true }),
    every("tokenizer", "granted", { within: ["training-code"], ifUsed: true }),
  ],
};
const retrainPart: Test = {
  all: [every("dataset", "granted", { gate: "counts" }), some(["training-code"], "granted", { gate: "counts" })],
};

const fineTune: Test = { all: [weights("unrestricted", "trainable"), config] };
const fineTunePart = weights("changeable", "loadable", "counts");
const trainablePart = weights("changeable", "trainable", "counts");

/** Pieces of any kind. */
const anything = { kinds: pieceKinds };

/** Every row; the compiler asks for one for each capability. */
export const capabilities: { readonly [Id in CapabilityId]: Grade } = {
  run: {
    full: {
      all: [
        weights("unrestricted", "loadable"),
        { any: [some(["inference-code"], "granted"), { all: [config, tokenizer] }] },
      ],
    },
    part: weights("granted", "loadable", "counts"),
  },
  "fine-tune": { full: fineTune, part: fineTunePart },
  // Without the state of the optimizer and the order of the data it is a cold restart.
  "continue-pretraining": {
    full: {
      all: [
        fineTune,
        some(["intermediate-weights"], "unrestricted"),
        every("dataset", "unrestricted", { whole: true, itself: true }),
        every("training-code", "unrestricted", { whole: true }),
      ],
    },
    part: trainablePart,
  },
  retrain: { full: retrain, part: retrainPart },
  "change-architecture": {
    full: {
      all: [retrain, { any: [some(["model-architecture"], "unrestricted"), some(["training-code"], "unrestricted")] }],
    },
    // With the weights alone: surgery on layers, or distillation.
    part: trainablePart,
  },
  "change-vocabulary": {
    full: retrain,
    // With the weights alone: new rows in the embeddings.
    part: trainablePart,
  },
  "audit-data": {
    full: every("dataset", undefined, { whole: true, itself: true }),
    part: some(["dataset"], undefined, { gate: "counts" }),
  },
  "check-contamination": {
    full: { all: [every("dataset", undefined, { whole: true, itself: true }), every("evaluation-data")] },
    part: some(["dataset"], undefined, { gate: "counts" }),
  },
  "remove-data": { full: retrain, part: retrainPart },
  redistribute: {
    full: { all: [{ component: { ...anything, license: "unrestricted", text: true } }, { passOn: true }] },
    part: { component: { ...anything, license: "granted", quantity: "some" } },
  },
  verify: {
    full: { component: { ...anything, measured: true } },
    part: { component: { ...anything, measured: true, quantity: "some" } },
  },
};

const answers = { full: "yes", part: "partly", none: "no", undetermined: "undetermined" } as const;

/** Judges every capability, in the table's order. */
export function judgeCapabilities(release: Release): readonly CapabilityResult[] {
  return entries(capabilities).map(([id, needs]) => {
    const { grade, basis, facts } = judgeGrade(needs, release);
    return { id, answer: answers[grade], basis, pieces: piecesOf(facts), facts: facts.map(factText) };
  });
}

function entries<Key extends string, Value>(
  table: { readonly [Each in Key]: Value },
): readonly (readonly [Key, Value])[] {
  return Object.entries<Value>(table) as [Key, Value][];
}
