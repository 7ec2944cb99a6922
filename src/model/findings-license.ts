/** What can be said of the licences: declared, published by the host, and found beside the bytes. */
import type { FindingRows } from "./findings.ts";
import { placeText } from "./findings-license-places.ts";

/** The rows for licences. */
export const licenseFindings: FindingRows<
  | "license-undeclared"
  | "license-malformed"
  | "license-ambiguous"
  | "license-absent"
  | "license-mismatch"
  | "license-published-differs"
  | "license-modified"
  | "license-extended"
  | "license-several"
  | "license-notice-only"
  | "license-unrecognized"
  | "license-unread"
  | "license-partly-found"
  | "license-places-disagree"
> = {
  "license-undeclared": {
    title: "No licence is declared",
    severity: "warning",
    message: () => "the piece has no `licenseDeclared`",
    meaning:
      "The manifest does not say under which terms this piece may be used. " +
      "Without a licence nobody may copy or change it, however freely it can be downloaded. " +
      "`NOASSERTION` says openly that the authors do not know, and `NONE` that there is no licence.",
    hint: "add `licenseDeclared` with an SPDX expression, or ask the authors for the terms",
  },
  "license-malformed": {
    title: "The declared licence is not a licence expression",
    severity: "error",
    message: ({ declared, detail }) => `\`${declared}\` is not an SPDX licence expression: ${detail}`,
    meaning:
      "Licences are declared with the names of the SPDX list, so that nobody has to guess which text is meant. " +
      "A free text, or a name with a spelling of its own, can be compared with nothing. " +
      "A licence that is not on the list is written as `LicenseRef-` and a name.",
    hint: "write an SPDX expression such as `Apache-2.0`, or `LicenseRef-` and a name for a licence of your own",
  },
  "license-ambiguous": {
    title: "The declared licence can mean several things",
    severity: "warning",
    message: ({ declared, detail, path, line }) =>
      `\`${declared}\`${path === undefined ? "" : ` in ${placeText(path, line)}`} does not name one licence: ${detail}`,
    meaning:
      "The name is used for more than one licence or version, and they grant different rights. " +
      "Which of them the authors meant could not be told, so it was not compared.",
    hint: "declare the exact SPDX id, with its version and `-only` or `-or-later` where the licence has them",
  },
  "license-absent": {
    title: "No licence was found beside the piece",
    severity: "warning",
    message: ({ declared, said, path, line }) =>
      said === undefined || path === undefined
        ? `\`${declared}\` is declared, but nothing beside the piece speaks of a licence`
        : `\`${declared}\` is declared, and of what is beside the piece only ${placeText(path, line)} hints at a licence: \`${said}\``,
    meaning:
      "The manifest names a licence, and the piece itself carries no licence text, and no field or tag that names one known here. " +
      "The claim was neither confirmed nor contradicted. " +
      "Many licences require their text to travel with the work, so people who pass this piece on may lack what they need.",
    hint: "ask the authors to put the licence text beside the piece as `LICENSE`",
  },
  "license-mismatch": {
    title: "Another licence was found than the declared one",
    severity: "error",
    message: ({ declared, found, path, line }) =>
      `\`${declared}\` is declared, but ${placeText(path, line)} says \`${found}\``,
    meaning:
      "The manifest promises one set of terms, and the piece itself carries another. " +
      "The terms beside the bytes may forbid what the declared ones allow, for instance commercial use. " +
      "It is a false alarm when the file found belongs to a bundled part and not to the piece as a whole.",
    hint: "follow the stricter of the two until the authors have said which one holds",
  },
  "license-published-differs": {
    title: "The host names another licence than the manifest",
    severity: "warning",
    message: ({ declared, published }) => `\`${declared}\` is declared, but the host publishes \`${published}\``,
    meaning:
      "The host's page or metadata and the manifest promise different terms. " +
      "Metadata is typed by hand and often out of date; the licence text beside the piece weighs more.",
    hint: "read the licence text beside the piece, and ask the authors to correct the other place",
  },
  "license-modified": {
    title: "The licence text was changed",
    severity: "error",
    message: ({ declared, path, resembles, score, change }) =>
      `\`${declared}\` is declared, but \`${path}\` only resembles \`${resembles}\` (${score} alike` +
      `${change === undefined ? "" : `; \`${change}\``})`,
    meaning:
      "The text looks like a known licence and is not the same: words were added, removed or replaced. " +
      "A single added sentence can take away rights that the name of the licence promises, so it does not count as that licence. " +
      "A harmless cause is a preamble or a list of other notices in the same file.",
    hint: "compare the text with the original licence before you rely on it",
  },
  "license-extended": {
    title: "Something stands beside the licence text",
    severity: "warning",
    message: ({ declared, path, found, added }) =>
      `\`${declared}\` is declared, and \`${path}\` holds \`${found}\` with an addition: \`${added}\``,
    meaning:
      "The whole licence is in the file, and so is something that is no part of it. " +
      "None of the added words was recognised as a term, but no program can promise that there is none. " +
      "So the file supports the claim only when a person has read the addition.",
    hint: "read the addition, or ask the authors to keep the licence in a file of its own",
  },
  "license-several": {
    title: "A file holds several licences",
    severity: "warning",
    message: ({ declared, path, found }) => `\`${declared}\` is declared, and \`${path}\` holds ${found}`,
    meaning:
      "The file has more than one licence, or a licence and another text that may be one. " +
      "Which of them holds for which part, and whether one may be chosen, is said in words that only a person can judge. " +
      "Texts of bundled parts are a usual cause.",
    hint: "read which licence holds for the piece itself, and declare all that do",
  },
  "license-notice-only": {
    title: "Only a notice was found, not the licence",
    severity: "warning",
    message: ({ declared, path, found }) =>
      `\`${declared}\` is declared, and \`${path}\` only points at \`${found}\` without its text`,
    meaning:
      "The file says under which licence the piece is, and does not carry the terms. " +
      "A reference is the authors' word, and no text that could be compared. " +
      "Most licences ask for their text to travel with the work.",
    hint: "ask the authors to put the whole licence text beside the piece",
  },
  "license-unrecognized": {
    title: "A licence text that is not known",
    severity: "warning",
    message: ({ declared, path }) =>
      `\`${declared}\` is declared, but the text in \`${path}\` is not a licence known here`,
    meaning:
      "There is a licence text beside the piece, and it is not one of the known ones. " +
      "It may be a licence of the authors' own with unusual terms, or a pointer to a text elsewhere. " +
      "Whether it agrees with the declared licence could not be told.",
    hint: "read the text yourself before you use the piece",
  },
  "license-unread": {
    title: "What may speak of the licence could not be read",
    severity: "warning",
    message: ({ declared, path, reason }) =>
      `\`${declared}\` is declared, and \`${path}\`, which may tell, could not be read (${reason})`,
    meaning:
      "The manifest names a licence, and nothing that was read confirms or contradicts it. " +
      "Something that may hold the licence did not answer or could not be opened, so it can not be called absent either.",
    hint: "check again when the host answers, or look at the file yourself",
  },
  "license-partly-found": {
    title: "Only part of the declared licence was found",
    severity: "warning",
    message: ({ declared, found, path }) =>
      `\`${declared}\` is declared, and only \`${found}\` was found, in \`${path}\``,
    meaning:
      "The manifest declares several licences together, and the piece carries the text of some of them only. " +
      "What was found does not contradict the claim, and does not confirm all of it. " +
      "Works under several licences usually carry each text, for example as `LICENSE-MIT` and `LICENSE-APACHE`.",
    hint: "ask the authors to put the text of each declared licence beside the piece",
  },
  "license-places-disagree": {
    title: "Two places in the piece name different licences",
    severity: "warning",
    message: ({ first, firstPath, firstLine, second, secondPath, secondLine }) =>
      `${placeText(firstPath, firstLine)} says \`${first}\`, but ${placeText(secondPath, secondLine)} says \`${second}\``,
    meaning:
      "The piece contradicts itself about its terms. " +
      "Either one place was forgotten when the licence changed, or different parts have different licences. " +
      "In the second case the declared licence should name all of them.",
    hint: "follow the stricter of the two until the authors have said which one holds",
  },
};
