/**
 * The 14 dimensions of the European Open Source AI Index as our own estimate from the pieces. The Index is made by people
 * who read each release; what only a reader can tell is undetermined here. A release that was made from another one has
 * base data and base weights that are not among its pieces.
 */
import { pieceKinds } from "../model/manifest.ts";
import type { DimensionResult } from "../model/openness.ts";
import { every, some } from "./components.ts";
import type { Test } from "./definition.ts";
import { type Grade, judgeGrade } from "./graded.ts";
import type { Release } from "./requirement.ts";
import { factText, piecesOf } from "./standing.ts";

interface Dimension extends Grade {
  readonly id: string;
  readonly name: string;
}

const data: Grade = {
  full: every("dataset", "open-content", { whole: true }),
  part: some(["dataset", "data-card"], undefined, { gate: "counts" }),
};
const weights: Grade = {
  full: every("weights", "open"),
  part: some(["weights"], undefined, { gate: "counts" }),
};
const told = (what: string, given: Test): Test => ({ person: what, given });

/** Every dimension, in the Index's order. */
export const dimensions: readonly Dimension[] = [
  { id: "base-model-data", name: "base model data", ...data },
  { id: "end-user-model-data", name: "end user model data", ...data },
  { id: "base-model-weights", name: "base model weights", ...weights },
  { id: "end-user-model-weights", name: "end user model weights", ...weights },
  {
    id: "training-code",
    name: "training code",
    full: every("training-code", "open", { whole: true }),
    part: some(["training-code", "data-preprocessing-code", "evaluation-code", "inference-code"], undefined, {
      gate: "counts",
    }),
  },
  {
    id: "code-documentation",
    name: "code documentation",
    full: told(
      "how well the code is documented",
      some(["training-code", "inference-code", "evaluation-code", "data-preprocessing-code"]),
    ),
  },
  {
    id: "hardware-architecture",
    name: "hardware architecture",
    full: told(
      "whether the texts tell of the hardware",
      some(["technical-report", "research-paper", "model-card", "training-code"]),
    ),
  },
  { id: "preprint", name: "preprint", full: some(["technical-report", "research-paper"]) },
  { id: "paper", name: "paper", full: told("whether the paper was reviewed", some(["research-paper"])) },
  { id: "modelcard", name: "model card", full: some(["model-card"]) },
  { id: "datasheet", name: "datasheet", full: some(["data-card"]) },
  {
    id: "package",
    name: "package",
    full: some(["inference-code", "libraries", "weights"], undefined, { packaged: true }),
    part: some(["inference-code"]),
  },
  { id: "api", name: "API and meta prompts", full: { person: "whether anybody may use an API of the model" } },
  {
    id: "licenses",
    name: "licences",
    full: { component: { kinds: pieceKinds, license: "open-content" } },
    part: { component: { kinds: pieceKinds, license: "open-content", quantity: "some" } },
  },
];

const estimateOf = { full: "open", part: "partial", none: "closed", undetermined: "undetermined" } as const;

/** Estimates every dimension. */
export function estimateDimensions(release: Release): readonly DimensionResult[] {
  return dimensions.map(({ id, name, ...needs }) => {
    const { grade, facts } = judgeGrade(needs, release);
    return { id, name, estimate: estimateOf[grade], pieces: piecesOf(facts), facts: facts.map(factText) };
  });
}
