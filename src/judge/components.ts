/** Components that several definitions ask for in the same way. */
import type { PieceKind } from "../model/manifest.ts";
import type { Component, Test } from "./definition.ts";
import type { LicenseRule } from "./license-rule.ts";

/** Every piece of one kind, under a licence of some kind. */
export function every(kind: PieceKind, license?: LicenseRule, more: Partial<Component> = {}): Test {
  return { component: { kinds: [kind], ...(license === undefined ? {} : { license }), ...more } };
}

/** At least one piece of some kinds, under a licence of some kind. */
export function some(kinds: readonly PieceKind[], license?: LicenseRule, more: Partial<Component> = {}): Test {
  return { component: { kinds, quantity: "some", ...(license === undefined ? {} : { license }), ...more } };
}

/** Texts that may describe training data. */
export const descriptions = ["data-card", "technical-report", "research-paper"] as const satisfies readonly PieceKind[];

/** The program that made the weights, all of it. */
export const trainingCode = (license: LicenseRule): Test => every("training-code", license, { whole: true });

/** The program that made the training data what it is; it may be a part of the training code. */
export const preprocessingCode = (license: LicenseRule): Test =>
  every("data-preprocessing-code", license, { whole: true, within: ["training-code"], ifUsed: true });

/** The program that runs the model; a training program runs it too, so it may be in there. */
export const inferenceCode = (license: LicenseRule): Test =>
  every("inference-code", license, { within: ["training-code"] });

/** What the model is made of; whatever trains or runs a model may hold it. */
export const architecture = (license: LicenseRule): Test =>
  every("model-architecture", license, { within: ["inference-code", "training-code"] });

/** Everything that the model was trained on, in full. */
export const trainingData = (license: LicenseRule): Test => every("dataset", license, { whole: true });
