/** What an archive of source code says of a location's commit, where a run was asked to ask. */
import type { FindingRows } from "./findings.ts";

const saidOf: { readonly [request: string]: string } = {
  accepted: ", which will archive the repository as we asked",
  pending: ", which was asked to archive the repository and looks at the wish first",
  rejected: ", which declined to archive the repository",
};

/** The rows for what Software Heritage has. */
export const archivedFindings: FindingRows<"location-archived" | "location-unarchived" | "archive-unknown"> = {
  "location-archived": {
    title: "The commit is kept in an archive",
    severity: "note",
    message: ({ uri, swhid }) => `the commit of \`${uri}\` is kept by Software Heritage as \`${swhid}\``,
    meaning:
      "An archive that is not the location's own host has this very commit with its folders. " +
      "Should the repository go, the code can still be had there. " +
      "Objects of git-lfs are not part of the archive, and very large files may not be.",
    hint: "add the identifier as a further location of the piece, so that a reader finds the copy",
  },
  "location-unarchived": {
    title: "The commit is kept nowhere else",
    severity: "note",
    message: ({ uri, swhid, request, detail }) =>
      `the commit of \`${uri}\` (\`${swhid}\`) is not in Software Heritage` +
      (request === undefined
        ? ""
        : (saidOf[request] ?? `, and it was not asked to archive the repository: ${detail ?? request}`)),
    meaning:
      "The archive was asked and does not have this commit. " +
      "Should the repository go, this release may go with it. " +
      "Archives visit repositories from time to time, so a new commit is usually not there yet.",
    hint: "ask the archive to keep the repository, with `--save-code-now` or on its web page",
    hintFor: ({ request }) =>
      request === "accepted" || request === "pending" ? "check again in some hours with `--archived`" : undefined,
  },
  "archive-unknown": {
    title: "The archive could not be asked",
    severity: "note",
    message: ({ uri, reason, detail, retryAt }) =>
      `whether Software Heritage keeps the commit of \`${uri}\` is not known (${reason}): ${detail}` +
      (retryAt === undefined ? "" : `, it asks to be left alone until \`${retryAt}\``),
    meaning:
      "No usable answer came from the archive, which says nothing about the commit. " +
      "The archive answers a limited number of questions an hour, and more to those with a token.",
    hint: "check again later, or set SWH_TOKEN to a token of yours",
  },
};
