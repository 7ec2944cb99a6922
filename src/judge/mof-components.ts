/** The components of the Model Openness Framework's three classes, for its two readings. */

import type { PieceKind } from "../model/manifest.ts";
import type { Component, Definition, Requirement, Test } from "./definition.ts";
import type { LicenseRule } from "./license-rule.ts";

/** What a reading of the framework asks of licences; `undefined`: none is needed. */
export interface MofLicenses {
  readonly code: LicenseRule;
  readonly data: LicenseRule;
  readonly document: LicenseRule;
  readonly dataset: LicenseRule | undefined;
}

/** Classes III, II and I, which build on each other, from I down. */
export function mofClasses(prefix: string, licenses: MofLicenses): readonly Definition[] {
  const { code, data, document } = licenses;
  const row = (
    kind: PieceKind,
    name: string,
    section: string,
    license: LicenseRule | undefined,
    more: Partial<Component> = {},
  ): Requirement => ({
    id: kind,
    name,
    section,
    text: `${name}${license === undefined ? ", under any licence or none" : ", under an open licence"}`,
    test: component(kind, license, more),
  });
  const three = [
    row("model-architecture", "model architecture", "Class III", code),
    row("weights", "final model parameters", "Class III", data),
    {
      id: "technical-report",
      name: "technical report",
      section: "Class III",
      text: "technical report under an open licence; a research paper stands in for it",
      test: { any: [component("technical-report", document), component("research-paper", document)] },
    },
    // Results may stand in a report, a paper or a card, and a model card that tells of the data counts as a data card.
    row("evaluation-results", "evaluation results", "Class III", document, {
      within: ["technical-report", "research-paper", "model-card"],
    }),
    row("model-card", "model card", "Class III", document),
    row("data-card", "data card", "Class III", document, { within: ["model-card"] }),
  ];
  const two = [
    row("training-code", "training code", "Class II", code),
    row("inference-code", "inference code", "Class II", code),
    row("evaluation-code", "evaluation code", "Class II", code),
    row("evaluation-data", "evaluation data", "Class II", data),
  ];
  const one = [
    row("dataset", "datasets", "Class I", licenses.dataset),
    row("data-preprocessing-code", "data preprocessing code", "Class I", code),
    row("intermediate-weights", "intermediate model parameters", "Class I", data),
    // A detailed report may be recorded as the paper.
    row("research-paper", "research paper", "Class I", document, { within: ["technical-report"] }),
  ];
  return [
    { id: `${prefix}-class-1`, name: "Class I, Open Science Model", requirements: [...three, ...two, ...one] },
    { id: `${prefix}-class-2`, name: "Class II, Open Tooling Model", requirements: [...three, ...two] },
    { id: `${prefix}-class-3`, name: "Class III, Open Model", requirements: three },
  ];
}

function component(kind: PieceKind, license: LicenseRule | undefined, more: Partial<Component> = {}): Test {
  return { component: { kinds: [kind], ...(license === undefined ? {} : { license }), ...more } };
}
