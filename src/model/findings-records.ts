/** What can be said of the rows of a list of addresses. Shares are of all rows, with their intervals. */
import type { FindingRows } from "./findings.ts";
import { countText, highEnd, lowEnd, percentText } from "./quantity.ts";
import { refusalHint } from "./refusal-hints.ts";

/** The facts of a share that a finding tells. */
export interface ShareArgs {
  /** Rows asked that came to this. */
  count: number;
  asked: number;
  rows: number;
  /** Of all rows, 0 to 1. */
  share: number;
  low: number;
  high: number;
  /** One address of them. */
  example: string;
}

/** `4.8 %` of the rows asked do so, such as one; then the counts, and what follows for all rows. */
const tell = (args: Readonly<ShareArgs>, does: string): string => {
  const { count, asked, rows, share, low, high, example } = args;
  const who = asked === rows ? "the rows" : "the rows asked";
  const counts = `\`${countText(count)}\` of \`${countText(asked)}\``;
  const range =
    low === high ? "" : `; of all \`${countText(rows)}\` between \`${lowEnd(low)}\` and \`${highEnd(high)} %\``;
  return `\`${percentText(share)}\` of ${who} ${does}, such as \`${example}\`: ${counts}${range}`;
};

/** The rows for lists of addresses. */
export const recordFindings: FindingRows<
  | "records-gone"
  | "records-changed"
  | "records-unusable"
  | "records-inconclusive"
  | "records-suspicious"
  | "records-undeclared"
  | "records-unread"
> = {
  "records-gone": {
    title: "Records of the dataset are gone",
    severity: "error",
    message: (args) => tell(args, "lead to nothing"),
    meaning:
      "The dataset is a list of addresses, and the hosts of some of them say that nothing is there any more. " +
      "Nobody who starts from the list gets the dataset that was meant: it is smaller now. " +
      "The share is an estimate where only a sample was asked, and the interval says how good it is; " +
      "hosts that did not answer are not counted here.",
    hint: "ask the authors for an archived copy, or say in your own work which part was still there",
  },
  "records-changed": {
    title: "Records of the dataset have changed",
    severity: "error",
    message: (args) => tell(args, "have other bytes than declared"),
    meaning:
      "The list declares a digest or a size for each address, and some addresses give other bytes now. " +
      "Hosts scale, recompress and replace images, or put a page or a notice in their place, and somebody who buys a lapsed domain " +
      "can put anything there. Whoever builds the dataset from the list gets something else than its authors had.",
    hint: "leave out the rows whose digests differ when you build the dataset, and do not train on their bytes",
  },
  "records-unusable": {
    title: "Rows of the dataset name no address",
    severity: "error",
    message: (args) => tell(args, "name no usable address"),
    meaning:
      "The dataset is a list of addresses, and these rows have none, or a text that is not one. " +
      "Nobody can get what they stand for. " +
      "A wrong column, a damaged list or rows that were blanked on request are the usual causes.",
    hint: "check which column holds the address, and ask the authors for the missing ones",
  },
  "records-inconclusive": {
    title: "Records of the dataset could not be told",
    severity: "warning",
    message: (args) => tell(args, "could not be told"),
    meaning:
      "Their hosts did not answer, refused, or answered nonsense, or a limit of this run was reached. " +
      "They are counted neither as there nor as gone: each other share's interval is wide enough for whatever they are.",
    hint: "check again later, with the same `--seed` to ask the same rows",
  },
  "records-suspicious": {
    title: "Records of the dataset answer with something else",
    severity: "warning",
    message: (args) => tell(args, "give a page, an error text or nothing"),
    meaning:
      "The host says that all is well, and what it sends is no file of the kind that the address promises. " +
      "Pages that say `not found`, and logins, look like this. " +
      "The list declares no digest for these rows, so nobody can be sure, and they are counted as resolving.",
    hint: "look at the example, and ask the authors for a list with digests",
  },
  "records-undeclared": {
    title: "Rows of the dataset have no strong digest",
    severity: "warning",
    message: ({ count, asked, rows }) =>
      `\`${countText(count)}\` of \`${countText(asked)}\` ${asked === rows ? "rows" : "rows asked"} declare no strong digest`,
    meaning:
      "The list does not say which bytes an address gave when the dataset was made, or says it with a digest that can be forged. " +
      "Whatever is there today passes, so the dataset is not called verified.",
    hint: "ask the authors for a list with a `sha256` for each row; tools that download such lists can write it",
  },
  "records-unread": {
    title: "The list of addresses could not be read",
    severity: "warning",
    message: ({ list, reason, detail }) => `the rows of \`${list}\` could not be read (${reason}): ${detail}`,
    meaning:
      "The piece is declared to be a list of addresses, and its rows could not be read to their end. " +
      "So no row was asked for, and no share can be told.",
    hint: "name the list's `format` and columns under `records`, or ask the authors for a sound list",
    hintFor: ({ reason }) => refusalHint(reason) ?? unreadHints[reason],
  },
};

const unreadHints: { readonly [reason: string]: string | undefined } = {
  "list-differs": "ask the authors for the list that was declared: what another one holds says nothing of this dataset",
  "list-unavailable": "see what is said of the piece's files",
  "list-missing": "name the files that hold the rows under `records`, `files`",
  limit: "ask the authors for the list in smaller files",
  malformed: "ask the authors for a sound list",
};
