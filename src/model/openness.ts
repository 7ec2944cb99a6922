/** What a release may be called, and what anybody can do with it: the words of the judgement, without opinions. */
import type { DataInformation } from "./described.ts";
import type { Availability, PieceKind } from "./manifest.ts";

/**
 * How far something holds, from best to worst. `verified`: measured. `declared`: by somebody's word alone. `person`: a
 * person must judge it. `unknown`: nobody answered, or nobody was asked. Of several that must all hold the worst counts,
 * of several of which one is enough the best.
 */
export const holdings = ["verified", "declared", "person", "unknown", "no"] as const;
export type Holding = (typeof holdings)[number];

/** Whether a release satisfies a definition. */
export const verdicts = ["satisfied-verified", "satisfied-declared", "undetermined", "not-satisfied"] as const;
export type DefinitionVerdict = (typeof verdicts)[number];

/** One requirement of a definition, and what decided it. Facts hold foreign text between backticks. */
export interface RequirementResult {
  readonly id: string;
  /** A few words for lists. */
  readonly name: string;
  /** Where in the published text it stands. */
  readonly section: string;
  /** What is asked for, in our words. */
  readonly text: string;
  readonly holds: Holding;
  readonly pieces: readonly string[];
  readonly facts: readonly string[];
}

/** The verdict on one definition. */
export interface DefinitionSummary {
  /** What a manifest writes under `claims`. */
  readonly id: string;
  readonly name: string;
  /** The published text that it is from, in short; its definitions stand from the most to the least demanding. */
  readonly family: string;
  readonly verdict: DefinitionVerdict;
  /** Requirements that do not hold. */
  readonly missing: readonly string[];
  /** Requirements that a person must judge. */
  readonly judge: readonly string[];
  /** Requirements of which nothing could be told. */
  readonly untold: readonly string[];
}

/** The verdict with everything that it rests on. */
export interface DefinitionResult extends DefinitionSummary {
  /** The published text. */
  readonly title: string;
  readonly version: string;
  /** ISO 8601. */
  readonly date: string;
  readonly url: string;
  /** How to read the verdict. */
  readonly note?: string | undefined;
  /** What of the text nobody confirmed at its source. */
  readonly unconfirmed?: string | undefined;
  readonly requirements: readonly RequirementResult[];
}

/** Something a person wants to do with a release. */
export const capabilityIds = [
  "run",
  "fine-tune",
  "continue-pretraining",
  "retrain",
  "change-architecture",
  "change-vocabulary",
  "audit-data",
  "check-contamination",
  "remove-data",
  "redistribute",
  "verify",
] as const;
export type CapabilityId = (typeof capabilityIds)[number];

/** What a person would say of it: ends "you can". */
export const capabilityNames: { readonly [Id in CapabilityId]: string } = {
  run: "run it",
  "fine-tune": "fine-tune it",
  "continue-pretraining": "continue its pretraining",
  retrain: "retrain it",
  "change-architecture": "change its architecture",
  "change-vocabulary": "change its vocabulary",
  "audit-data": "audit its training data",
  "check-contamination": "look for test data in its training data",
  "remove-data": "remove data and retrain it",
  redistribute: "pass it on",
  verify: "verify it",
};

export const capabilityAnswers = ["yes", "partly", "no", "undetermined"] as const;
export type CapabilityAnswer = (typeof capabilityAnswers)[number];

/** Whether it can be done. */
export interface CapabilitySummary {
  readonly id: CapabilityId;
  readonly answer: CapabilityAnswer;
  /** What a `yes` or `partly` rests on. */
  readonly basis: "verified" | "declared" | "none";
  /** The pieces that decide. */
  readonly pieces: readonly string[];
}

/** The same with why. */
export interface CapabilityResult extends CapabilitySummary {
  readonly facts: readonly string[];
}

/** The Open Source Initiative's kinds of training data, and two of ours for what is none of them. */
export const dataKinds = ["open", "public", "obtainable", "unshareable", "undisclosed", "undetermined"] as const;
export type DataKind = (typeof dataKinds)[number];

/** What kind of data one dataset is. */
export interface DataResult {
  readonly piece: string;
  readonly kind: DataKind;
  readonly facts: readonly string[];
}

export const estimates = ["open", "partial", "closed", "undetermined"] as const;
export type Estimate = (typeof estimates)[number];

/** One of the 14 dimensions of the European Open Source AI Index, as we would put it. */
export interface DimensionResult {
  readonly id: string;
  readonly name: string;
  readonly estimate: Estimate;
  readonly pieces: readonly string[];
  readonly facts: readonly string[];
}

/** A piece that the manifest has and that was not asked for. */
export interface UnaskedPiece {
  readonly id: string;
  readonly kind: PieceKind;
  readonly availability: Availability;
}

/** What a judgement needs to know beside the pieces' reports. */
export interface OpennessFrame {
  /** Absent when every piece was asked for. */
  readonly unasked?: readonly UnaskedPiece[] | undefined;
  /** The releases that this one was made from; absent when there is none. */
  readonly bases?: readonly string[] | undefined;
  /** What stands in place of training data that is not shipped; absent where all of it is, or where nothing is told. */
  readonly information?: DataInformation | undefined;
}

/** The whole judgement. */
export interface Openness {
  /** The release in one honest line. */
  readonly label: string;
  readonly definitions: readonly DefinitionResult[];
  readonly data: readonly DataResult[];
  /** What descriptions of the training data have, where it is not all shipped. */
  readonly information: readonly string[];
  readonly dimensions: readonly DimensionResult[];
  readonly capabilities: readonly CapabilityResult[];
}

/** What a report says of it: the verdicts, without what each rests on. */
export interface OpennessSummary extends OpennessFrame {
  readonly label: string;
  readonly definitions: readonly DefinitionSummary[];
  readonly data: readonly { readonly piece: string; readonly kind: DataKind }[];
  readonly capabilities: readonly CapabilitySummary[];
}

/** The forms in which the whole judgement is written. */
export const opennessFormats = ["text", "json", "markdown"] as const;
export type OpennessFormat = (typeof opennessFormats)[number];
