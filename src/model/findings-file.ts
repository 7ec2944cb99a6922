/** What can be said of the files of a piece: are they there, and are they the declared bytes? */
import type { FindingRows } from "./findings.ts";
import { refusalHint } from "./refusal-hints.ts";

/** The rows for files, sizes and digests. */
export const fileFindings: FindingRows<
  | "file-missing"
  | "file-denied"
  | "file-unreachable"
  | "file-malformed"
  | "file-undeclared"
  | "file-length-unproven"
  | "size-invalid"
  | "size-mismatch"
  | "size-published-differs"
  | "size-undeclared"
  | "digest-malformed"
  | "digest-unquoted"
  | "digest-algorithm-unknown"
  | "digest-placeholder"
  | "digest-of-nothing"
  | "digest-mismatch"
  | "digest-published-differs"
  | "digest-undeclared"
  | "digest-weak"
  | "digest-unmeasured"
> = {
  "file-missing": {
    title: "A declared file is not there",
    severity: "error",
    message: ({ path, reason }) => `\`${path}\` is declared, but not there (${reason})`,
    meaning:
      "The place that should hold the file answered, and does not have it. " +
      "The piece is incomplete: whoever uses it will miss this file. " +
      "Usual causes are a renamed or moved file, a wrong `path` in the location, or an upload that stopped halfway.",
    hint: "ask the authors for the file, or correct its path in the manifest",
  },
  "file-denied": {
    title: "A declared file is refused",
    severity: "warning",
    message: ({ path, reason, detail }) => `\`${path}\` was refused (${reason}): ${detail}`,
    meaning:
      "The host, or a safety rule of this tool, did not give the file. " +
      "Whether it is there, and whether it is right, could not be told.",
    hint: "provide credentials for the host or see to the permission, then check again",
    hintFor: ({ reason }) => refusalHint(reason),
  },
  "file-unreachable": {
    title: "A declared file could not be fetched",
    severity: "warning",
    message: ({ path, reason, detail, retryAt }) =>
      `\`${path}\` could not be fetched (${reason}): ${detail}${retryAt === undefined ? "" : `, the host asks to be left alone until \`${retryAt}\``}`,
    meaning:
      "The connection failed, stalled or took too long while this file was asked for. " +
      "The file is neither confirmed nor missing. " +
      "Most such faults pass by themselves.",
    hint: "check again later",
    hintFor: ({ reason }) => refusalHint(reason),
  },
  "file-malformed": {
    title: "A declared file arrived in an unusable way",
    severity: "warning",
    message: ({ path, reason, detail }) => `\`${path}\` arrived in an unusable way (${reason}): ${detail}`,
    meaning:
      "The transfer was cut short, went on beyond its announced length, or broke the rules of its protocol. " +
      "What arrived is not taken for the file, so the file is neither confirmed nor called wrong. " +
      "A faulty proxy or an overloaded host is the usual cause.",
    hint: "check again later or from another network, and report it to the host if it stays so",
    hintFor: ({ reason }) => refusalHint(reason),
  },
  "file-undeclared": {
    title: "A file is there that nobody declared",
    several: "files are there that nobody declared",
    severity: "note",
    message: ({ path }) => `\`${path}\` is there, but is not declared`,
    meaning:
      "The location holds a file that the manifest does not mention. " +
      "Its bytes were compared with nothing, so no verdict covers it. " +
      "It is harmless when it is a readme or a cache file, and worth a look when it is code or weights.",
    hint: "declare the file, or narrow the location's `path` so that it does not belong to the piece",
  },
  "file-length-unproven": {
    title: "Nothing proves that the whole file arrived",
    several: "files may be cut short, for the host announced no length",
    severity: "note",
    message: ({ path, size }) =>
      `\`${path}\` ended after ${size} bytes, and nothing but the end of the connection says so`,
    meaning:
      "The host announced no length, so a transfer that broke off looks the same as a complete one. " +
      "A declared size or digest decides it; without either, the file may be cut short.",
    hint: "declare the size and a `sha256` digest of the file",
  },
  "size-invalid": {
    title: "A declared size can not be a size",
    severity: "error",
    message: ({ actual, reason }) => `\`${actual}\` can not be the size of a file: ${reason}`,
    meaning:
      "A size is a whole number of bytes. " +
      "Fractions, negative numbers, units such as `3 GB` and numbers too large to be exact are refused, " +
      "because a rounded size would be compared with the true one and fail, or worse, pass.",
    hint: "write the exact number of bytes, without a unit",
  },
  "size-mismatch": {
    title: "The size differs",
    severity: "error",
    message: ({ path, declared, measured, published }) =>
      measured === undefined
        ? `\`${path}\` is declared with \`${declared}\` bytes, and the host says \`${published}\``
        : `\`${path}\` is declared with \`${declared}\` bytes, and has \`${measured}\``,
    meaning:
      "The file that was found is not the file that the manifest describes. " +
      "Usual causes are a replaced or shortened file, line endings that were converted, " +
      "or an error page in its place.",
    hint: "do not use this file; ask the authors which one they meant",
  },
  "size-published-differs": {
    title: "The host announces another size than it delivers",
    severity: "warning",
    message: ({ path, published, measured }) =>
      `the host announces \`${published}\` bytes for \`${path}\`, and delivered \`${measured}\``,
    meaning:
      "The host's own listing and the bytes that it sends do not agree. " +
      "The file may have been replaced between the two answers, or the listing is out of date. " +
      "What was read still counts by the sizes and digests in the manifest.",
    hint: "check again; if it stays so, trust only what the manifest's digests confirm",
  },
  "size-undeclared": {
    title: "No size is declared",
    several: "files have no declared size",
    severity: "note",
    message: ({ path }) => `\`${path}\` has no declared size`,
    meaning:
      "Without a size nobody can tell beforehand how much will be fetched, " +
      "and a cut-off file is noticed only by its digest. " +
      "It is no fault when a strong digest is declared.",
    hint: "add the `size` in bytes; `wholesource hash --format json` prints it",
  },
  "digest-malformed": {
    title: "A declared digest can not be one",
    severity: "error",
    message: ({ algorithm, actual, reason }) => `\`${actual}\` can not be a ${algorithm} digest: ${reason}`,
    meaning:
      "The value has the wrong length or holds characters that a digest never has. " +
      "No file can match it, so it protects nothing. " +
      "Usual causes are a digest that was cut when it was copied, or one that stands under the wrong algorithm's name.",
    hint: "copy the whole digest again; `wholesource hash` prints it",
  },
  "digest-unquoted": {
    title: "A digest was read as a number",
    severity: "error",
    message: ({ algorithm, actual }) => `the ${algorithm} digest was read as the number \`${actual}\``,
    meaning:
      "YAML takes a digest that consists of digits for a number, and one such as `12e45` for a power of ten. " +
      "Its digits are lost on the way, so it can not be compared.",
    hint: 'put the digest in quotes: "..."',
  },
  "digest-algorithm-unknown": {
    title: "A digest of an unknown kind",
    severity: "error",
    message: ({ algorithm, nearest }) =>
      nearest === undefined
        ? `\`${algorithm}\` is not a digest algorithm that is known here`
        : `\`${algorithm}\` is not a digest algorithm that is known here, the nearest one is \`${nearest}\``,
    meaning:
      "A digest under an unknown name can not be computed, and would be a promise that nobody checks. " +
      "A spelling such as `sha-256` for `sha256` is the usual cause.",
    hint: "use the name of a known algorithm, best `sha256`",
  },
  "digest-placeholder": {
    title: "A placeholder stands where a digest should be",
    severity: "warning",
    message: ({ algorithm, actual }) =>
      `the ${algorithm} digest \`${actual}\` is a placeholder, not the digest of a file`,
    meaning:
      "Some tools write zeros, `TODO` or a sample value until the real digest is known, and it was never filled in. " +
      "It is counted as no digest at all: the file behind it is not verified.",
    hint: "replace it by the real digest; `wholesource hash` prints it",
  },
  "digest-of-nothing": {
    title: "The digest is that of an empty file",
    severity: "warning",
    message: ({ algorithm, size }) =>
      size === undefined
        ? `the declared ${algorithm} is the digest of an empty file, and no size is declared`
        : `the declared ${algorithm} is the digest of an empty file, but the declared size is \`${size}\` bytes`,
    meaning:
      "The digest belongs to zero bytes. " +
      "It gets into a manifest when the file was empty or unreadable while it was hashed. " +
      "It is right only for a file that is meant to be empty: declare `size: 0` to say so.",
    hint: "hash the file again, or declare `size: 0` if it is meant to be empty",
  },
  "digest-mismatch": {
    title: "The digest differs",
    severity: "error",
    message: ({ path, algorithm, declared, measured, published }) =>
      measured === undefined
        ? `\`${path}\` is declared with ${algorithm} \`${declared}\`, and the host says \`${published}\``
        : `\`${path}\` is declared with ${algorithm} \`${declared}\`, and has \`${measured}\``,
    meaning:
      "The bytes that were read are not the bytes that the manifest describes. " +
      "Somebody replaced or changed the file after the digest was written down, or the digest belongs to another version. " +
      "An attack looks just the same as an honest mistake, so do not open the file before the authors have explained it. " +
      "Archives that a host packs anew for every visitor also differ, although their contents are the same.",
    hint: "do not use these bytes; ask the authors which file they meant",
  },
  "digest-published-differs": {
    title: "The host delivers other bytes than its digest says",
    severity: "error",
    message: ({ path, algorithm, published, measured }) =>
      `the host publishes ${algorithm} \`${published}\` for \`${path}\`, and delivered \`${measured}\``,
    meaning:
      "The host's own record of the file and the bytes that it sends do not agree. " +
      "The file was damaged or replaced on the host or on the way to you. " +
      "Where the manifest declares a digest too, that one tells which side is right.",
    hint: "do not use these bytes; check again, and report it to the host if it stays so",
  },
  "digest-undeclared": {
    title: "No digest is declared",
    severity: "warning",
    message: ({ path, measured }) =>
      measured === undefined
        ? `\`${path}\` has no declared digest`
        : `\`${path}\` has no declared digest, and has \`${measured}\` now`,
    meaning:
      "The file is there, but the manifest does not say which bytes it should have. " +
      "Anything in its place would have passed, so it is not verified.",
    hint: "add a `sha256` digest for this file; `wholesource hash` prints it",
  },
  "digest-weak": {
    title: "Only a weak digest is declared",
    severity: "warning",
    message: ({ path, algorithms }) => `\`${path}\` is declared with ${algorithms} only`,
    meaning:
      "Two different files with one such digest can be made today. " +
      "A match shows that the file was not damaged by accident, but not that nobody replaced it on purpose, " +
      "so it is not called verified.",
    hint: "add a `sha256` digest for this file; `wholesource hash` prints it",
  },
  "digest-unmeasured": {
    title: "A declared digest was not compared",
    severity: "warning",
    message: ({ path, algorithm, reason }) =>
      `the ${algorithm} of \`${path}\` is declared, but was not measured: ${reason}`,
    meaning:
      "The manifest declares this digest and the run could not compute its counterpart. " +
      "Whether it is right could not be told, so the file is not verified.",
    hint: "see the reason, and check again at full depth",
  },
};
