/** What can be said of the places where a piece is said to be. */
import type { FindingRows } from "./findings.ts";
import { signFindings } from "./findings-sign.ts";
import { refusalHint } from "./refusal-hints.ts";

/** True for what a host is asked for; all else is a path of this machine. */
const isRemote = (uri: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(uri) && !/^file:/i.test(uri);

/** The rows for locations and availability. */
export const locationFindings: FindingRows<
  | "location-missing"
  | "location-unsupported"
  | "location-absent"
  | "location-ambiguous"
  | "location-denied"
  | "location-unreachable"
  | "location-malformed"
  | "location-gated"
  | "location-archive-unstable"
  | "location-deprecated"
  | "location-renamed"
  | "location-submodule"
  | "location-tag-moved"
  | "location-tag-signed"
  | "location-version-chosen"
  | "location-yanked"
  | "location-unpinned"
  | "location-moved"
  | "location-insecure"
  | "location-secret"
  | "location-revision-unchecked"
  | "location-unlisted"
  | "location-fallback"
  | "availability-mismatch"
  | "availability-unreasoned"
> = {
  ...signFindings,
  "location-missing": {
    title: "A piece has no location",
    severity: "error",
    message: () => "the piece is declared available, but no location says where",
    meaning:
      "The manifest names this piece and does not say where to get it. " +
      "A piece without a location can not be fetched, so it counts as not released.",
    hint: "add a location, or declare the piece `withheld` with a reason",
  },
  "location-unsupported": {
    title: "A kind of location that is not understood",
    severity: "warning",
    message: ({ uri, known }) =>
      `\`${uri}\` is not a kind of location that is understood here; the known kinds are ${known}`,
    meaning:
      "No resolver knows how to read this location, so nobody was asked and nothing was fetched. " +
      "The piece may well be there. " +
      "A misspelt scheme or a web page given in place of a file is the usual cause.",
    hint: "see with `wholesource resolve` how the known kinds are written, or fetch the piece by hand",
  },
  "location-absent": {
    title: "Nothing is at the declared location",
    severity: "error",
    message: ({ uri, reason, detail }) => `\`${uri}\` is declared, but not there (${reason}): ${detail}`,
    meaning:
      "The host answered, and its answer was that it has no such thing. " +
      "The piece was removed, renamed or made private, or it was never there under this name. " +
      "Some hosts also say `not found` to visitors who are not logged in, so a private piece can look absent.",
    hint: "look for the piece elsewhere, and ask the authors where it went",
    hintFor: ({ uri }) =>
      isRemote(uri) ? undefined : "check the path in the manifest, and that this copy of the release is complete",
  },
  "location-ambiguous": {
    title: "What the location means is left open",
    severity: "warning",
    message: ({ uri, detail }) => `\`${uri}\` leaves open what is meant: ${detail}`,
    meaning:
      "The location can stand for more than one thing, and the host does not say which is meant. " +
      "Nothing was chosen in its place, because the files of one say nothing of the files of another. " +
      "So the piece is neither confirmed nor missing.",
    hint: "name the one that is meant",
    hintFor: ({ reason }) => refusalHint(reason),
  },
  "location-denied": {
    title: "Access to the location was refused",
    severity: "warning",
    message: ({ uri, reason, detail }) => `\`${uri}\` was refused (${reason}): ${detail}`,
    meaning:
      "The host, or a safety rule of this tool, refused the request. " +
      "Whether the piece is there could not be told: this is neither absence nor presence. " +
      "Usual causes are a missing token, terms that were not accepted, an address that is not public, " +
      "or a local path that leads out of the manifest's folder; the last two are reached only with `--allow-private` and `--allow-outside`.",
    hint: "accept the host's terms or provide credentials for it, then check again",
    hintFor: ({ reason }) => refusalHint(reason),
  },
  "location-unreachable": {
    title: "The location could not be reached",
    severity: "warning",
    message: ({ uri, reason, detail, retryAt }) =>
      `\`${uri}\` could not be reached (${reason}): ${detail}${retryAt === undefined ? "" : `, the host asks to be left alone until \`${retryAt}\``}`,
    meaning:
      "No usable answer came: the connection failed, took too long, or the host said that it was busy. " +
      "This says nothing about the piece, which is neither confirmed nor missing. " +
      "Most such faults pass by themselves.",
    hint: "check again later; if it stays so, ask the authors whether the host is still in use",
    hintFor: ({ reason }) => refusalHint(reason),
  },
  "location-malformed": {
    title: "The host's answer makes no sense",
    severity: "warning",
    message: ({ uri, reason, detail }) => `the answer from \`${uri}\` is unusable (${reason}): ${detail}`,
    meaning:
      "An answer came, but it breaks the rules of its protocol or format: it was cut short, too long, or redirected in circles. " +
      "Whether the piece is there could not be told. " +
      "A faulty proxy or a server under repair is the usual cause.",
    hint: "check again later or from another network, and report it to the host if it stays so",
    hintFor: ({ reason }) => refusalHint(reason),
  },
  "location-gated": {
    title: "The piece is there, behind a login or terms",
    severity: "note",
    message: ({ uri, gated, bytesRead, compared = 0, agreed = 0 }) =>
      `\`${uri}\` is there, but only behind a gate (\`${gated}\`)` +
      (bytesRead > 0
        ? "; this run could pass it"
        : compared === 0
          ? ""
          : compared === agreed
            ? `; what the host says agrees with all \`${compared}\` declared digests that it speaks of`
            : `; what the host says agrees with \`${agreed}\` of \`${compared}\` declared digests`),
    meaning:
      "The host has the piece and gives it only to people who log in, accept terms, are approved or pay. " +
      "Where its bytes were not read, the host's own listing is all there is to compare with: its word, not a measurement. " +
      "When the manifest says so too, it is no fault, but it limits who can use the release.",
    hint: "read the host's terms, accept them if you can, and check again with a token",
    hintFor: ({ bytesRead }) => (bytesRead > 0 ? "say in the manifest that the piece is `gated`" : undefined),
  },
  "location-unpinned": {
    title: "What the location gives can change",
    severity: "warning",
    message: ({ uri }) => `\`${uri}\` names no fixed version, so it can give other bytes tomorrow`,
    meaning:
      "The location stands for whatever its owner puts there: a branch, a tag, the newest version, a plain address. " +
      "What was checked today need not be what somebody else gets tomorrow. " +
      "A declared digest shows such a change when it happens, but can not bring the old bytes back.",
    hint: "pin the location with a `revision`: a commit, an exact version or a digest",
  },
  "location-moved": {
    title: "The declared revision is something else now",
    severity: "warning",
    message: ({ uri, declared, published }) =>
      `\`${uri}\` is declared at \`${declared}\`, and the host now answers with \`${published}\``,
    meaning:
      "The name that the manifest uses was moved to another revision after the manifest was written. " +
      "A moved tag is the usual cause, and a replaced release is the grave one. " +
      "The bytes may or may not be the ones that were meant: only a digest can tell.",
    hint: "compare the two revisions before you use the piece, and declare the one that you mean",
  },
  "location-revision-unchecked": {
    title: "The declared revision could not be checked",
    severity: "warning",
    message: ({ uri, declared }) => `\`${uri}\` is declared at revision \`${declared}\`, and tells of no revision`,
    meaning:
      "The manifest pins this location to a revision, but a place of this kind has none that could be asked for. " +
      "Whether the bytes belong to that revision is not known. " +
      "Digests, where they are declared, still say whether the bytes are the declared ones.",
    hint: "leave the revision out here, or name a location that has revisions",
  },
  "location-unlisted": {
    title: "Nobody can tell which files are meant",
    severity: "warning",
    message: ({ uri }) => `\`${uri}\` can not list its files, and the manifest declares none`,
    meaning:
      "The location is a folder on a host that has no listing of it, and the piece names no file. " +
      "So there was nothing to ask for: the piece is neither confirmed nor missing.",
    hint: "declare the piece's `files`, or a `listing` that names them",
  },
  "location-secret": {
    title: "The location holds a secret",
    severity: "warning",
    message: ({ uri }) => `\`${uri}\` holds a password, a token or a signature, which is masked here`,
    meaning:
      "Whoever has the manifest has what lets its author in, and a signature in an address runs out. " +
      "A user name and password before the host's name are sent to nobody: what they would open is asked for without them.",
    hint: "take it out of the manifest and out of use, and let each reader bring a login of their own",
  },
  "location-insecure": {
    title: "The way to the location is not protected",
    severity: "warning",
    message: ({ uri }) => `\`${uri}\` is fetched without encryption, so anybody on the way can change it`,
    meaning:
      "Plain HTTP proves neither who answers nor that the bytes arrive unchanged. " +
      "A strong digest in the manifest makes up for this, a size or a weak digest does not.",
    hint: "use the `https` address, or declare a `sha256` digest",
  },
  "location-fallback": {
    title: "The first location failed and a later one was used",
    severity: "warning",
    message: ({ uri, failed }) => `\`${uri}\` was used because \`${failed}\` could not be`,
    meaning:
      "The manifest lists several locations in order of preference, and the preferred one did not give the piece. " +
      "The verdict rests on the copy that was used. " +
      "People who know only the preferred location will not get the piece.",
    hint: "repair the failed location, or remove it from the manifest",
  },
  "availability-mismatch": {
    title: "The piece is not as available as declared",
    severity: "warning",
    message: ({ declared, found }) => `the piece is declared \`${declared}\`, but was found \`${found}\``,
    meaning:
      "The manifest says how the piece may be had, and the host behaves otherwise. " +
      "A piece that is called open but asks for a login or approval is not open to everybody. " +
      "A piece that is called withheld or gated but can be had freely may have been published by mistake.",
    hint: "ask the authors which is meant, and correct `availability` or the host's setting",
  },
  "availability-unreasoned": {
    title: "A restriction is declared without a reason",
    severity: "warning",
    message: ({ declared }) => `the piece is declared \`${declared}\`, but no reason is given`,
    meaning:
      "The piece can not be had freely, and the manifest does not say why. " +
      "Readers can not judge whether the law, privacy or a choice of the authors stands in the way, " +
      "and some definitions of openness depend on just that.",
    hint: "add an `availabilityReason`",
  },
};
