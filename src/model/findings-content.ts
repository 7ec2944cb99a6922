/** What can be said of the bytes that arrived, whatever their digest is. */
import type { FindingRows } from "./findings.ts";

/** The rows for contents and archives. */
export const contentFindings: FindingRows<
  | "content-lfs-pointer"
  | "content-html"
  | "content-login-page"
  | "content-error-body"
  | "content-empty"
  | "content-type-differs"
  | "content-truncated"
  | "content-corrupt"
  | "archive-truncated"
  | "archive-corrupt"
  | "archive-ambiguous"
  | "archive-unsafe"
  | "archive-trailing"
  | "archive-limit"
  | "archive-encrypted"
  | "archive-unsupported"
> = {
  "content-lfs-pointer": {
    title: "A git-lfs pointer stands in place of the file",
    severity: "error",
    message: ({ path, detail }) => `\`${path}\` is a git-lfs pointer, not the file itself: ${detail}`,
    meaning:
      "The file is a note of three lines that names the real file on a large-file server. " +
      "Somebody fetched or uploaded the repository without git-lfs, so the real bytes are not here. " +
      "The digest in the note says which bytes are meant.",
    hint: "fetch the file with git-lfs, or give a location that serves the real bytes",
  },
  "content-html": {
    title: "A web page stands in place of the file",
    severity: "error",
    message: ({ path, detail }) => `\`${path}\` is a web page, not the declared file: ${detail}`,
    meaning:
      "The address answered with a page made for a browser. " +
      "Usual causes are the address of a file's page in place of the file's own, " +
      "a page that says in words that the file is gone, or a network that shows its own page to everybody.",
    hint: "use the address that downloads the file itself",
  },
  "content-login-page": {
    title: "A login page stands in place of the file",
    severity: "error",
    message: ({ path, detail }) => `\`${path}\` is a login page, not the declared file: ${detail}`,
    meaning:
      "The host answered with a page that asks for a name and password. " +
      "The file may be there for those who log in, but what everybody else gets is this page.",
    hint: "provide credentials for the host, or declare the piece `gated`",
  },
  "content-error-body": {
    title: "An error message stands in place of the file",
    severity: "error",
    message: ({ path, detail }) => `\`${path}\` is an error message of the host, not the declared file: ${detail}`,
    meaning:
      "The host reported an error, but sent it as if it were the file. " +
      "Object stores do so when a name or a permission is wrong, and an upload script can save such a message under the file's name.",
    hint: "read the message, and ask the authors to upload the file again",
  },
  "content-empty": {
    title: "The file is empty",
    severity: "error",
    message: ({ path }) => `\`${path}\` has no bytes, but is declared as a file with contents`,
    meaning:
      "There is a file of this name, and nothing in it. " +
      "An upload that failed or a full disk is the usual cause. " +
      "A file that is meant to be empty is declared with `size: 0`.",
    hint: "ask the authors to upload the file again, or declare `size: 0` if it is meant to be empty",
  },
  "content-type-differs": {
    title: "The contents do not fit the name",
    severity: "warning",
    message: ({ path, detail }) => `\`${path}\` does not hold what its name says: ${detail}`,
    meaning:
      "The first bytes belong to another format than the file's name promises. " +
      "Programs that go by the name will fail or be misled, and a harmful file can hide behind a harmless name. " +
      "It is a false alarm when people simply use this ending for several formats.",
    hint: "find out what the file is before you open it",
  },
  "content-truncated": {
    title: "The file is cut off",
    severity: "error",
    message: ({ path, detail }) => `\`${path}\` ends before its contents do: ${detail}`,
    meaning:
      "The file's own header promises more than the file holds. " +
      "It was cut off on the way to the host, since the transfer to you was complete. " +
      "Programs will fail to read it, or read part of it without a word.",
    hint: "do not use this file; ask the authors to upload it again",
  },
  "content-corrupt": {
    title: "The file is damaged",
    severity: "error",
    message: ({ path, detail }) => `\`${path}\` breaks the rules of its own format: ${detail}`,
    meaning:
      "The file's inner structure contradicts itself, so different programs may read different things from it or fail. " +
      "Damage in storage and a faulty program that wrote it are the usual causes. " +
      "A matching digest means only that the authors published it in this state.",
    hint: "do not use this file; ask the authors for a sound copy",
  },
  "archive-truncated": {
    title: "The archive is cut off",
    severity: "error",
    message: ({ path, detail }) => `the archive \`${path}\` ends too early: ${detail}`,
    meaning:
      "The archive stops before its end, so the files at its end are missing or cut short. " +
      "Some programs unpack such an archive without saying a word. " +
      "An upload or a packing step that stopped halfway is the usual cause.",
    hint: "do not use this archive; ask the authors to upload it again",
  },
  "archive-corrupt": {
    title: "The archive is damaged",
    severity: "error",
    message: ({ path, detail }) => `the archive \`${path}\` is damaged: ${detail}`,
    meaning:
      "A checksum or a header inside the archive is wrong, so what comes out of it can not be trusted. " +
      "Damage in storage or on the way to the host is the usual cause.",
    hint: "do not use this archive; ask the authors for a sound copy",
  },
  "archive-ambiguous": {
    title: "The archive can be read in two ways",
    severity: "error",
    message: ({ path, at, detail }) => `the archive \`${path}\` can be read in two ways at \`${at}\`: ${detail}`,
    meaning:
      "Two programs would take different files out of this archive, for instance because a name occurs twice " +
      "or its table of contents disagrees with its contents. " +
      "A checker can then see something harmless while the user unpacks something else. " +
      "Careless packing tools produce this too.",
    hint: "do not unpack this archive; ask the authors to pack it anew",
  },
  "archive-unsafe": {
    title: "The archive would write outside its folder",
    severity: "error",
    message: ({ path, at, detail }) => `the archive \`${path}\` has an unsafe member \`${at}\`: ${detail}`,
    meaning:
      "Unpacking it could overwrite files elsewhere on your machine, through a path with `..`, an absolute path, a link or a device. " +
      "Nothing was unpacked here: members are only read. " +
      "Links that stay inside the folder are mostly harmless, but they are reported as well where they can not be followed safely.",
    hint: "do not unpack this archive; ask the authors for one without such members",
  },
  "archive-trailing": {
    title: "Something follows the end of the archive",
    severity: "warning",
    message: ({ path, detail }) => `there are bytes after the end of the archive \`${path}\`: ${detail}`,
    meaning:
      "Most programs pass over what stands behind the end mark, while some read it as more files. " +
      "Padding is harmless; a second archive in that place is hidden from most readers. " +
      "Only what stands before the end mark was checked as a member.",
    hint: "ask the authors to pack the archive anew, unless the rest is known to be padding",
  },
  "archive-limit": {
    title: "The archive is larger than what is read",
    severity: "warning",
    message: ({ path, detail }) => `the archive \`${path}\` was not read to its end: ${detail}`,
    meaning:
      "Unpacked, the archive goes beyond a fixed limit of size, ratio, depth or number of members. " +
      "Reading stopped there, so what lies behind could not be told. " +
      "Small archives that unpack to enormous sizes are an old way to fill up a machine.",
    hint: "look at the archive by hand in a place where it can do no harm",
  },
  "archive-encrypted": {
    title: "The archive is encrypted",
    severity: "warning",
    message: ({ path, at }) => `the archive \`${path}\` holds \`${at}\` encrypted, so it can not be read`,
    meaning:
      "Without the password nobody can say what this member holds. " +
      "A digest of the whole archive still shows that it is the declared one, but not what is inside. " +
      "What only some people can read is not openly available.",
    hint: "ask the authors for an archive without a password",
  },
  "archive-unsupported": {
    title: "The archive is of a kind that is not read here",
    severity: "warning",
    message: ({ path, detail }) => `the archive \`${path}\` can not be looked into: ${detail}`,
    meaning:
      "The archive uses a format or a compression that this version does not read. " +
      "Its own digest can still be compared, but its members were neither counted nor checked.",
    hint: "look into the archive by hand, or ask for a tar.gz or zip of the same files",
  },
};
