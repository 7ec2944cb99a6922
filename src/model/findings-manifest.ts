/** What can be wrong with the manifest as text: seen before anything is fetched. */
import type { FindingRows } from "./findings.ts";
import { listingHint } from "./refusal-hints.ts";

/** A list of words, too long for a sentence that says more. */
const isChoice = (expected: string): boolean => expected.startsWith("one of ");

/** The rows for the manifest itself, its pieces and its listings. */
export const manifestFindings: FindingRows<
  | "manifest-syntax"
  | "manifest-invalid"
  | "manifest-key-unknown"
  | "manifest-key-duplicate"
  | "manifest-key-forbidden"
  | "manifest-limit"
  | "manifest-version-unsupported"
  | "manifest-text-suspicious"
  | "piece-id-duplicate"
  | "piece-reference-unknown"
  | "piece-reference-cycle"
  | "path-unsafe"
  | "path-duplicate"
  | "field-reserved"
  | "listing-malformed"
  | "listing-unread"
  | "listing-recommended"
  | "claim-unknown"
> = {
  "manifest-syntax": {
    title: "The manifest is neither YAML nor JSON",
    severity: "error",
    message: ({ detail }) => `the manifest can not be read as YAML or JSON: ${detail}`,
    meaning:
      "The text of the manifest does not follow the rules of YAML or JSON, so nothing in it was checked. " +
      "Usual causes are a wrong indentation, a missing quote or bracket, or a tab where YAML wants spaces. " +
      "It says nothing about the pieces of the release: they were not looked at.",
    hint: "correct the manifest at the place shown",
  },
  "manifest-invalid": {
    title: "An entry of the manifest has the wrong form",
    severity: "error",
    message: ({ path, expected, actual, nearest }) => {
      if (actual === undefined) return `\`${path}\` is missing`;
      if (actual === "") return `\`${path}\` has no value`;
      if (nearest !== undefined) return `\`${path}\` can not be \`${actual}\`, the nearest value is \`${nearest}\``;
      if (isChoice(expected)) return `\`${path}\` can not be \`${actual}\``;
      return `expected ${expected} ${path === "" ? "as the whole manifest" : `at \`${path}\``}, got \`${actual}\``;
    },
    meaning:
      "An entry is missing, or holds another kind of value than the manifest format asks for. " +
      "The manifest is not used until this is corrected, because a guess at what was meant could check the wrong thing.",
    hint: "give this entry the form that is expected",
    hintFor: ({ path, expected, actual }) => {
      if (actual === undefined) return `add \`${path.split("/").at(-1)}\`: ${expected}`;
      if (actual === "") return `give it a value: ${expected}`;
      return isChoice(expected) ? `write ${expected}` : undefined;
    },
  },
  "manifest-key-unknown": {
    title: "The manifest has a key that nobody reads",
    severity: "error",
    message: ({ key, nearest }) =>
      nearest === undefined
        ? `the key \`${key}\` is not part of the manifest format`
        : `the key \`${key}\` is not part of the manifest format, the nearest one is \`${nearest}\``,
    meaning:
      "A key that is not part of the format would be passed over in silence, and the claim behind it would never be checked. " +
      "It is nearly always a misspelling, or an entry that was indented to the wrong level. " +
      "Keys that begin with `x-` are left to you and are never an error.",
    hint: "correct the spelling, or begin the key with `x-` if it is a note of your own",
  },
  "manifest-key-duplicate": {
    title: "A key of the manifest is written twice",
    severity: "error",
    message: ({ key }) => `the key \`${key}\` is written more than once in the same place`,
    meaning:
      "Two entries with one name contradict each other, and different programs would read different ones. " +
      "A reviewer could see one claim while another is checked, so neither is used. " +
      "The usual cause is an entry that was copied and not renamed.",
    hint: "keep one of the two entries and remove the other",
  },
  "manifest-key-forbidden": {
    title: "The manifest uses a construction that is refused",
    severity: "error",
    message: ({ key }) => `\`${key}\` may not be used in a manifest`,
    meaning:
      "Some names and YAML features change how programs read the rest of the text, for example `__proto__`, merge keys and tags. " +
      "No honest manifest needs them, and a hostile one could use them to show people one thing and programs another.",
    hint: "write the entry out in plain keys and values",
  },
  "manifest-limit": {
    title: "The manifest is larger than what is read",
    severity: "error",
    message: ({ what, limit, actual }) =>
      actual === undefined
        ? `the limit for ${what} is \`${limit}\`, and the manifest goes beyond it`
        : `the limit for ${what} is \`${limit}\`, and the manifest has \`${actual}\``,
    meaning:
      "Reading stops at fixed limits, so that a hostile manifest can not use up the machine. " +
      "An honest manifest meets them only when it writes down very many files. " +
      "A listing has no such limit, because it is read line by line.",
    hint: "move the files of large pieces into a `listing`",
  },
  "manifest-version-unsupported": {
    title: "The manifest format has another version",
    severity: "error",
    message: ({ actual, supported }) =>
      `the manifest has schema version \`${actual}\`, this version reads \`${supported}\``,
    meaning:
      "The manifest is written for another version of the format, and its entries may mean something else there. " +
      "Reading it by the wrong rules could call things checked that were not.",
    hint: "update wholesource, or write the manifest for a version that it reads",
  },
  "manifest-text-suspicious": {
    title: "The manifest's text may mislead its readers",
    severity: "warning",
    message: ({ path, detail }) => `the text at \`${path}\` may be read as something else: ${detail}`,
    meaning:
      "The text holds invisible characters, characters that reverse the reading direction, or letters that imitate others. " +
      "A person can then read a different name or address from the one that is fetched. " +
      "It is a false alarm when the text belongs to a language that needs such characters, or was pasted from a formatted page.",
    hint: "look at the escaped form of the text, and write it again by hand if it was not meant",
  },
  "piece-id-duplicate": {
    title: "Two pieces have the same id",
    severity: "error",
    message: ({ id, first }) => `the id \`${id}\` is already the id of the piece at \`${first}\``,
    meaning:
      "Every piece is named by its id, in `builtFrom`, in findings and in reports. " +
      "With two pieces of one name, nobody could tell which of them a verdict is about.",
    hint: "give each piece an id of its own",
  },
  "piece-reference-unknown": {
    title: "A piece refers to one that is not declared",
    severity: "error",
    message: ({ id, nearest }) =>
      nearest === undefined
        ? `no piece has the id \`${id}\``
        : `no piece has the id \`${id}\`, the nearest one is \`${nearest}\``,
    meaning:
      "The manifest says that something was built from a piece which it does not describe. " +
      "The origin of the result is then unknown: what it was made from can be neither fetched nor checked. " +
      "A misspelt id is the usual cause.",
    hint: "declare the missing piece, or correct its id here",
  },
  "piece-reference-cycle": {
    title: "Pieces are built from each other in a circle",
    severity: "error",
    message: ({ cycle }) => `these pieces are built from each other: \`${cycle}\``,
    meaning:
      "A thing can not be made from something that was made from it. " +
      "One of these `builtFrom` entries is wrong, so the manifest does not tell how the pieces came to be.",
    hint: "remove the `builtFrom` entry that points backwards",
  },
  "path-unsafe": {
    title: "A declared path leads outside its piece",
    severity: "error",
    message: ({ path, reason }) => `the path \`${path}\` is refused: ${reason}`,
    meaning:
      "Paths in a manifest are relative to the location and stay below it. " +
      "An absolute path, a `..` or a control character could make a checker read or write files of the person who runs it. " +
      "In an honest manifest it comes from a path that was copied from the author's own machine.",
    hint: "write the path relative to the location, with `/` between its parts and without `..`",
  },
  "path-duplicate": {
    title: "A path is declared twice",
    severity: "error",
    message: ({ path, first }) => `the path \`${path}\` is already declared at \`${first}\``,
    meaning:
      "The same file has two entries, which may claim different sizes or digests. " +
      "Names that differ only in upper and lower case or in the way an accent is written also count, " +
      "because many file systems can not keep both.",
    hint: "keep the entry that is right and remove the other",
  },
  "field-reserved": {
    title: "A field is kept for later and not acted upon",
    severity: "note",
    message: ({ field }) => `\`${field}\` is read but not acted upon yet`,
    meaning:
      "The name belongs to the manifest format, but this version does nothing with it. " +
      "What it claims or asks for was not checked, and no verdict in this report rests on it.",
    hint: "leave it in place if it is meant for a later version, and do not rely on it now",
  },
  "listing-malformed": {
    title: "A listing has a line that can not be read",
    severity: "error",
    message: ({ uri, line, detail }) => `line ${line} of the listing \`${uri}\` can not be read: ${detail}`,
    meaning:
      "The piece's files are declared in a separate listing, and one of its lines does not follow the listing's format. " +
      "The file that this line declares can not be checked, so the piece is not checked whole. " +
      "Usual causes are a wrong `format` in the manifest, or a listing that was edited by hand or cut off.",
    hint: "write the listing again from the files, or correct its `format`",
  },
  "listing-unread": {
    title: "A listing could not be read",
    severity: "warning",
    message: ({ uri, reason, detail }) => `the listing \`${uri}\` could not be read (${reason}): ${detail}`,
    meaning:
      "The piece's files are declared in a separate listing, and that listing was not to be had. " +
      "Nobody can then say which files the piece should have, and none of them counts as verified. " +
      "The reason tells whether the listing is gone or whether its host merely did not answer.",
    hint: "see the reason: ask again later if the host did not answer, else ask the authors for the listing",
    hintFor: ({ reason }) => listingHint(reason),
  },
  "listing-recommended": {
    title: "So many files are easier to keep in a listing",
    severity: "note",
    message: ({ files, limit }) =>
      `\`${files}\` files are written into the manifest, a listing is advised from \`${limit}\``,
    meaning:
      "A manifest is made to be read by people, and is held in memory as a whole. " +
      "With very many files it becomes slow to read, while a listing is read line by line. " +
      "Nothing is wrong with the files.",
    hint: "move the files of this piece into a `listing`",
  },
  "claim-unknown": {
    title: "The release makes a claim that is not known here",
    severity: "warning",
    message: ({ claim, known }) => `the claim \`${claim}\` is not known here, known are \`${known}\``,
    meaning:
      "The release says of itself that it satisfies a definition which is not among those that are known here. " +
      "The claim was neither confirmed nor denied. " +
      "A misspelling or a missing version number is the usual cause.",
    hint: "correct the name of the claim, or judge it by hand",
  },
};
