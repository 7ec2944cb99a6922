/** What can be said of the places that speak of a licence, beyond whether they name the declared one. */
import type { FindingRows } from "./findings.ts";

/** `README.md` or `README.md` line 3: where something stands. */
export const placeText = (path: string, line: number | undefined): string =>
  `\`${path}\`${line === undefined ? "" : ` line ${line}`}`;

const covered: { readonly [covers: string]: string } = {
  database: "a database as a whole, not what is in it",
  list: "the list, not what its addresses lead to",
};

/** The rows for places that speak of licences. */
export const licensePlaceFindings: FindingRows<
  | "license-prose-differs"
  | "license-text-absent"
  | "license-link-absent"
  | "license-link-dead"
  | "license-use-policy-beside"
  | "license-gate-contradicts"
  | "license-compilation-only"
  | "license-inherited"
> = {
  "license-prose-differs": {
    title: "A sentence names another licence",
    severity: "note",
    message: ({ license, found, path, line }) =>
      `the piece is under \`${license}\`, but a sentence in ${placeText(path, line)} speaks of \`${found}\``,
    meaning:
      "A README says in prose that something is under a licence which is not that of the piece. " +
      "The sentence may mean a part, an older version or another project, so it is weak evidence and changes no verdict. " +
      "It is also how a forgotten change of licence looks.",
    hint: "read the sentence, and ask the authors to mend it if it means the piece itself",
  },
  "license-text-absent": {
    title: "The licence is named, and its text is not there",
    severity: "note",
    message: ({ license, path, line }) =>
      `${placeText(path, line)} says \`${license}\`, but no licence text lies beside the piece`,
    meaning:
      "A field or a tag names the licence and nothing beside the piece carries its words. " +
      "The licence asks for its text or notices to travel with the work, so whoever passes the piece on has to find them first. " +
      "This holds for most models and datasets that are published today.",
    hint: "ask the authors to put the licence text beside the piece as `LICENSE`",
  },
  "license-link-absent": {
    title: "A card's own licence has no link to its text",
    severity: "warning",
    message: ({ license, path, line }) =>
      `${placeText(path, line)} says \`${license}\`, which is no known licence, and links to no text`,
    meaning:
      "The card says that the licence is none of the usual ones and leads to no text of it. " +
      "Nobody can know the terms, so in most places of the world nobody may use the piece beyond looking at it.",
    hint: "ask the authors for the licence text, and for `license_name` and `license_link` in the card",
  },
  "license-link-dead": {
    title: "The link to the licence leads nowhere",
    severity: "warning",
    message: ({ link, path, line, detail }) =>
      `${placeText(path, line)} says that the licence is at \`${link}\`, and nothing is there (${detail})`,
    meaning:
      "A card keeps its licence behind a link, and whoever follows it finds nothing. " +
      "The terms were removed, moved or never published, so nobody can know them.",
    hint: "ask the authors where the licence is, and to put its text beside the piece",
  },
  "license-use-policy-beside": {
    title: "A use policy lies beside an open licence",
    severity: "warning",
    message: ({ license, path }) => `the piece is under \`${license}\`, but \`${path}\` can forbid uses of it`,
    meaning:
      "The licence allows every use, and a policy in the same place can take some away. " +
      "If the policy binds, the piece is not under the plain licence that it names. " +
      "It is a false alarm when the policy concerns a hosted service and not the piece.",
    hint: "read the policy, and ask the authors whether it restricts the licence",
  },
  "license-gate-contradicts": {
    title: "A gate stands before an open licence",
    severity: "note",
    message: ({ license, gated }) =>
      `\`${license}\` lets everybody use the piece, but a gate (\`${gated}\`) asks first`,
    meaning:
      "The licence has no conditions on who may have the piece, and the host hands it only to people who log in, agree or are approved. " +
      "That is no breach of the licence, but what people agree to there can bind them beyond it, and some definitions of openness rule it out.",
    hint: "read what the gate asks people to agree to before you call the piece open",
  },
  "license-compilation-only": {
    title: "The licence covers the collection alone",
    severity: "note",
    message: ({ license, covers }) => `\`${license}\` covers ${covered[covers] ?? `\`${covers}\` only`}`,
    meaning:
      "A dataset can be collected under one licence from works that are each under their own. " +
      "The declared licence says what may be done with the collection, and nothing of the texts or pictures in it. " +
      "Their rights have to be looked at by themselves.",
    hint: "look for what the data card says of the licences of the contents",
  },
  "license-inherited": {
    title: "The licence text lies beside another piece",
    severity: "note",
    message: ({ license, path, from }) =>
      `\`${license}\` is declared without a text of its own; \`${path}\` of the piece \`${from}\` has it`,
    meaning:
      "The piece takes the licence of its release, and the text lies in another part of it. " +
      "Whoever gets this piece alone does not get the text. " +
      "That the licence of the other part is meant for this one too rests on the manifest alone.",
    hint: "ask the authors to put the licence text beside this piece too",
  },
};
