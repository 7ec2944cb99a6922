/** What can be said of the models and the data that a release was made from. */
import type { FindingRows } from "./findings.ts";
import { refusalHint } from "./refusal-hints.ts";

/** The rows for lineage. */
export const lineageFindings: FindingRows<
  "license-parent-forbids" | "license-data-forbids" | "lineage-undetermined" | "lineage-unresolved"
> = {
  "license-parent-forbids": {
    title: "The terms of the parent model are dropped",
    severity: "error",
    message: ({ license, parent, parentLicense, flags, relation }) =>
      `\`${license}\` drops what \`${parent}\` asks for under \`${parentLicense}\` (${relation}): ${flags}`,
    meaning:
      "A model that is made from another one stays under those terms of it that must be passed on: " +
      "no commercial use, a use policy, a cap on users, the same licence, a name. " +
      "This release names a licence without them, so it promises rights that its authors do not have. " +
      "The comparison goes by kinds of terms and is no legal advice: a separate agreement can allow what it can not see.",
    hint: "follow the stricter licence, and ask the authors for their permission or for the parent's terms in the release",
  },
  "license-data-forbids": {
    title: "The terms of the training data are dropped",
    severity: "warning",
    message: ({ license, dataset, dataLicense, flags }) =>
      `\`${license}\` drops what the dataset \`${dataset}\` asks for under \`${dataLicense}\`: ${flags}`,
    meaning:
      "The model was trained on data whose licence limits its use, and the model's own licence does not. " +
      "Whether the terms of training data reach a model is unsettled law and differs between countries. " +
      "So this is no verdict: it is what a careful user wants to know.",
    hint: "ask the authors on what ground they trained on this data, or take legal advice before a commercial use",
  },
  "lineage-undetermined": {
    title: "Whether a parent's terms are kept is unknown",
    severity: "warning",
    message: ({ uri, detail }) => `whether the terms of \`${uri}\` are kept could not be told: ${detail}`,
    meaning:
      "The release was made from something whose licence is missing, unknown here or open to several readings. " +
      "Without its terms nobody can say whether this release keeps them, so the lineage is neither clean nor in breach.",
    hint: "read the licence of the parent yourself, or ask its authors for one",
  },
  "lineage-unresolved": {
    title: "A parent of the release could not be looked at",
    severity: "warning",
    message: ({ uri, reason, detail }) => `the parent \`${uri}\` could not be looked at (${reason}): ${detail}`,
    meaning:
      "The release says what it was made from, and its host did not show it: removed, private, renamed, or without an answer. " +
      "What cannot be seen has terms all the same, so everything above this parent is undetermined and nothing is clean.",
    hint: "ask the authors of the release for the parent's licence",
    hintFor: ({ reason }) => refusalHint(reason),
  },
};
