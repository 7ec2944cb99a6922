/** What a host tells beside the files: words of its own that a reader should know. */
import type { FindingRows } from "./findings.ts";

/** The rows for what a host says of a location. */
export const signFindings: FindingRows<
  | "location-archive-unstable"
  | "location-deprecated"
  | "location-renamed"
  | "location-submodule"
  | "location-tag-moved"
  | "location-tag-signed"
  | "location-version-chosen"
  | "location-yanked"
> = {
  "location-archive-unstable": {
    title: "The host makes this archive anew for each download",
    severity: "warning",
    message: ({ uri, detail }) => `\`${uri}\` is made by the host when it is asked for: ${detail}`,
    meaning:
      "Source archives that a forge packs by itself hold the same files each time, but not always the same bytes: " +
      "a newer compressor or archiver at the host gives another digest. " +
      "A digest of such an archive can fail although nobody changed a file.",
    hint: "name the repository at a commit, or an archive that was uploaded to the release",
  },
  "location-deprecated": {
    title: "The publisher advises against this version",
    severity: "note",
    message: ({ uri, detail }) => `the publisher of \`${uri}\` calls it deprecated: ${detail}`,
    meaning:
      "The files are there and are what was published. " +
      "Whoever published them says that something else should be used, often because of a fault that was found since.",
    hint: "read the notice, and see whether a newer release of the model names another version",
  },
  "location-renamed": {
    title: "The host calls it by another name now",
    severity: "warning",
    message: ({ uri, at, detail }) => `\`${uri}\` leads to \`${at}\` now: ${detail}`,
    meaning:
      "The name in the manifest is an old one, and the host sends whoever uses it to another. " +
      "As a rule the owner renamed it; but an old name can be taken by somebody else, and then leads to their files.",
    hint: "see that it is what was meant, and write the new name",
  },
  "location-submodule": {
    title: "Part of the repository lives in another one",
    severity: "note",
    message: ({ uri, at, detail }) =>
      `\`${at}\` in \`${uri}\` is another repository, which was not looked at: ${detail}`,
    meaning:
      "The repository refers to a commit of another one. " +
      "Its files are not part of this location, so nothing was checked of them.",
    hint: "declare the other repository as a piece or a location of its own when the release needs it",
  },
  "location-tag-moved": {
    title: "The tag has left the digest beside it",
    severity: "note",
    message: ({ uri, at, detail }) => `the tag \`${at}\` of \`${uri}\` stands for something else now: ${detail}`,
    meaning:
      "The location names a tag and a digest, and the digest decides: its files are what was looked at. " +
      "Since it was written, the owner has moved the tag to another artifact. " +
      "Whoever asks for the tag alone gets other files.",
    hint: "see whether the release means the newer one, and leave the tag out if it does not",
  },
  "location-tag-signed": {
    title: "The tag carries a signature",
    severity: "note",
    message: ({ uri, at, detail }) =>
      `the tag \`${at}\` of \`${uri}\` is signed, and by whom was not checked: ${detail}`,
    meaning:
      "Somebody signed this tag. " +
      "Whether the signature is good, and whose key it was made with, was not looked at: it proves nothing here.",
    hint: "check it with `git tag --verify` and a key that you trust",
  },
  "location-version-chosen": {
    title: "The identifier stands for all versions",
    severity: "note",
    message: ({ uri, at, detail }) => `\`${uri}\` stands for more than one version, and \`${at}\` was taken: ${detail}`,
    meaning:
      "The location names a work and not one of its versions, so the host chose: the newest one, as a rule. " +
      "Somebody who asks later may get another.",
    hint: "name the version that is meant",
  },
  "location-yanked": {
    title: "The publisher took this version back",
    severity: "warning",
    message: ({ uri, detail }) => `\`${uri}\` was taken back by its publisher and can still be had: ${detail}`,
    meaning:
      "The version stays for those who name it exactly, and is hidden from everybody else. " +
      "Publishers do this when a version is broken or unsafe, and such files may disappear for good.",
    hint: "read the reason, and ask the authors which version the release should name",
  },
};
