/** What can be said of training data that is described. */
import type { FindingRows } from "./findings.ts";

/** The rows for descriptions of data. */
export const dataFindings: FindingRows<"data-source-dead"> = {
  "data-source-dead": {
    title: "A listed source of training data is gone",
    several: "listed sources of training data are gone",
    severity: "warning",
    message: ({ source, path, at, detail }) =>
      `\`${path}\` lists \`${source}\` in line ${at} as a source of training data, and it is gone (${detail})`,
    meaning:
      "The release does not ship all of its training data and describes it instead. " +
      "A source that this description lists was asked for, and its host says that there is nothing. " +
      "Whoever wants to build the same system can not get that data from there. " +
      "A source that merely did not answer is not told here.",
    hint: "name a source that is there, or say in the description that this one is no longer to be had",
  },
};
