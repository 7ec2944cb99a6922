/** What can be said of the definitions that a release says it satisfies. */
import type { FindingRows } from "./findings.ts";

/** The rows for claims. */
export const claimFindings: FindingRows<"claim-false" | "claim-undetermined"> = {
  "claim-false": {
    title: "The release claims what it does not satisfy",
    severity: "error",
    message: ({ claim, missing }) => `the release claims \`${claim}\`, and does not satisfy it for lack of: ${missing}`,
    meaning:
      "The release says of itself that it satisfies a published definition, and on the evidence it does not. " +
      "A component counts only where its piece resolves and its licence is of the kind that the definition asks for. " +
      "Usual causes are a piece that is missing from the manifest, one that is not there, and a licence with restrictions.",
    hint: "see what is missing with `wholesource openness --definition` and the claim, then add it or drop the claim",
  },
  "claim-undetermined": {
    title: "A claim is neither confirmed nor denied",
    severity: "warning",
    message: ({ claim, judge, untold }) => {
      const parts = [
        ...(judge === undefined ? [] : [`a person must judge: ${judge}`]),
        ...(untold === undefined ? [] : [`nothing could be told of: ${untold}`]),
      ];
      return `the claim \`${claim}\` is neither confirmed nor denied, ${parts.join("; ")}`;
    },
    meaning:
      "Nothing that was found contradicts the claim, and something that the definition asks for can not be told. " +
      "Some requirements are a matter of judgement, such as whether a description of the data is detailed enough. " +
      "Others depend on pieces that were not asked for, or whose hosts did not answer.",
    hint: "see what is open with `wholesource openness --definition` and the claim, and judge it by hand",
    hintFor: ({ judge, untold }) =>
      judge === undefined && untold !== undefined ? "ask again later, and for every piece" : undefined,
  },
};
