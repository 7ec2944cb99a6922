/**
 * The manifest as people write it: what the JSON Schema is made from, and what turns written values into `Manifest`.
 * Keys that begin with `x-` are taken out before these schemas see them. Messages say what is expected.
 */
import * as z from "zod";
import { type DigestAlgorithm, digestAlgorithms, subjectOf } from "./digest.ts";
import { type DigestProblem, readDigestSet } from "./digest-text.ts";
import {
  availabilities,
  lineageRelations,
  listingFormats,
  type Manifest as ManifestType,
  pieceKinds,
} from "./manifest.ts";
import { pathFault } from "./path.ts";
import { recordsKeys, recordsSchema } from "./records-schema.ts";

/** What a custom issue of these schemas carries, for the reader that turns it into a finding. */
export type ManifestIssue =
  | { readonly about: "digest"; readonly problem: DigestProblem }
  | { readonly about: "path"; readonly reason: string };

/** UTF-16 units of one written text; only descriptions may be long. */
const MAX_LINE = 4_096;
const MAX_DESCRIPTION = 65_536;

const line = (): z.ZodString =>
  z
    .string()
    .min(1, { error: "a text that is not empty" })
    .max(MAX_LINE, { error: `at most ${MAX_LINE} characters` });

const description = z
  .string()
  .max(MAX_DESCRIPTION, { error: `at most ${MAX_DESCRIPTION} characters` })
  .describe("What it is, in a sentence for people.");

const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,127}$/, { error: "an id of lower-case letters, digits, `.`, `_` and `-`" });

const digestWords: { readonly [Algorithm in DigestAlgorithm]: string } = {
  sha256: "SHA-256.",
  sha384: "SHA-384.",
  sha512: "SHA-512.",
  sha512_256: "SHA-512/256.",
  sha3_256: "SHA3-256.",
  blake2b: "BLAKE2b with 64 bytes.",
  blake2s: "BLAKE2s with 32 bytes.",
  blake3: "BLAKE3 with 32 bytes.",
  sha1: "SHA-1: can be forged, never enough alone.",
  md5: "MD5: can be forged, never enough alone.",
  gitBlob: "The object id that git gives a file.",
  gitTree: "The object id that git gives a folder.",
  swhid: "A Software Heritage identifier, `swh:1:cnt:` or `swh:1:dir:`.",
};

const digestMap = z
  .object(
    Object.fromEntries(
      digestAlgorithms.map((algorithm) => [algorithm, z.string().optional().describe(digestWords[algorithm])]),
    ),
  )
  .catchall(z.string())
  .meta({ id: "digests", description: "Digests by algorithm; other spellings of the names are understood." });

/** Placeholders are left out here; `manifest/` tells of them. */
const digestOf = (subjects: readonly ("bytes" | "tree")[]) =>
  z
    .union([z.string(), digestMap])
    .transform((written, context) => {
      const { set, problems } = readDigestSet(written);
      const report = (key: string | undefined, problem: DigestProblem): void => {
        const params: ManifestIssue = { about: "digest", problem };
        context.addIssue({ code: "custom", path: key === undefined ? [] : [key], params });
      };
      for (const { key, problem } of problems) if (problem.problem !== "placeholder") report(key, problem);
      for (const algorithm of digestAlgorithms) {
        const value = set[algorithm];
        if (value === undefined || subjects.includes(subjectOf(algorithm, value))) continue;
        report(typeof written === "string" ? undefined : algorithm, {
          problem: "malformed",
          algorithm,
          actual: value,
          reason: "it is the digest of a folder, and this is a file",
        });
      }
      return Object.keys(set).length === 0 ? undefined : set;
    })
    .optional()
    .describe("Digests by algorithm, each in hex, base64 or SRI spelling; or one text such as `sha256:<hex>`.");

const size = z
  .int({ error: "a whole number of bytes" })
  .nonnegative({ error: "a number of bytes that is not negative" })
  .optional()
  .describe("Bytes.");

const path = z.string().superRefine((written, context) => {
  const reason = pathFault(written);
  if (reason === undefined) return;
  const params: ManifestIssue = { about: "path", reason };
  context.addIssue({ code: "custom", params });
});

const location = z
  .strictObject({
    uri: line().describe("A path relative to the manifest, a URL, or a package URL."),
    revision: line().optional().describe("A commit, a version or a digest: what the host's history can not move."),
    path: path.optional().describe("A folder or file inside what the uri names."),
    unpack: z.boolean().optional().describe("The uri names an archive, and the piece's files are its members."),
  })
  .meta({ id: "location", description: "Where something is." });

const anyLocation = z
  .union([line().transform((uri) => ({ uri })), location])
  .describe("Where something is; a text alone is its uri.");

const file = z
  .strictObject({
    path: path.describe("Relative to the location, `/` separated, without `.` or `..`."),
    size,
    digest: digestOf(["bytes"]),
    containedIn: path.optional().describe("The declared archive that holds this file."),
  })
  .meta({ id: "file", description: "One file of a piece." });

const listing = z
  .strictObject({
    uri: line().describe("Relative to the manifest, or https."),
    format: z.enum(listingFormats).describe("How the listing is written."),
    digest: digestOf(["bytes"]),
  })
  .meta({ id: "listing", description: "A file that lists the files of a piece, for pieces with very many." });

const piece = z
  .strictObject({
    id: id.describe("The name of the piece in this manifest."),
    kind: z.enum(pieceKinds).describe("What part of the release it is."),
    description: description.optional(),
    licenseDeclared: line().optional().describe("An SPDX expression, `NONE` or `NOASSERTION`."),
    availability: z.enum(availabilities).default("open").describe("Whether anybody can have it."),
    availabilityReason: line().optional().describe("Why it is not open, for people."),
    locations: z.array(anyLocation).default([]).describe("Where it is, in order of preference."),
    files: z
      .array(file)
      .min(1, { error: "at least one file; leave `files` out to declare none" })
      .optional()
      .describe("Its files, when a person can write them down."),
    listing: listing.optional(),
    records: recordsSchema(path).optional(),
    digest: digestOf(["bytes", "tree"]),
    size,
    builtFrom: z.array(id).optional().describe("The ids of the pieces that it was made from."),
  })
  .meta({ id: "piece", description: "One part of the release." });

const lineage = z
  .strictObject({
    relation: z.enum(lineageRelations).describe("How this release was made from the other."),
    base: anyLocation,
    manifest: anyLocation.optional(),
  })
  .meta({ id: "lineage", description: "A release that this one was made from." });

const reserved = "Kept for later; read and not acted upon.";

const manifest = z
  .strictObject({
    schemaVersion: z.literal("1").describe("The version of this format."),
    name: line().describe("The name of the release."),
    version: line().describe("The version of the release."),
    description: description.optional(),
    homepage: z
      .string()
      .max(MAX_LINE)
      .regex(/^https?:\/\/[^\s/]+/, { error: "an address that begins with https://" })
      .optional()
      .describe("A page about the release."),
    released: z
      .string()
      .regex(/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/, {
        error: "an ISO 8601 date such as 2026-01-31",
      })
      .refine((text) => isDay(text.slice(0, 10)), { error: "a day that is in the calendar" })
      .optional()
      .describe("When it was published, as an ISO 8601 date or date and time."),
    publisher: line().optional().describe("Who publishes it."),
    claims: z.array(line()).default([]).describe("Definitions of openness that the release says it satisfies."),
    pieces: z.array(piece).min(1, { error: "at least one piece" }).describe("The parts of the release."),
    lineage: z.array(lineage).default([]).describe("The releases that it was made from."),
    reproduce: z.record(z.string(), z.unknown()).optional().describe(reserved),
    waivers: z.array(z.unknown()).optional().describe(reserved),
    policy: z.record(z.string(), z.unknown()).optional().describe(reserved),
  })
  .describe("What a release says of itself: its parts, where they are, what they hash to, under which licences.");

/** Reads what a person wrote into a `Manifest`. */
export const Manifest: z.ZodType<ManifestType, unknown> = manifest;

const keysBelow: { readonly [key: string]: readonly string[] } = {
  pieces: Object.keys(piece.shape),
  locations: Object.keys(location.shape),
  base: Object.keys(location.shape),
  manifest: Object.keys(location.shape),
  files: Object.keys(file.shape),
  listing: Object.keys(listing.shape),
  records: recordsKeys,
  lineage: Object.keys(lineage.shape),
};

/** The keys that may stand in the map at this place. */
export function knownKeys(at: readonly PropertyKey[]): readonly string[] {
  const name = at.findLast((part) => typeof part === "string");
  return typeof name === "string" ? (keysBelow[name] ?? []) : Object.keys(manifest.shape);
}

function isDay(day: string): boolean {
  const time = Date.parse(day);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

type Writable<T> = T extends (...args: never[]) => unknown ? T : { -readonly [Key in keyof T]: Writable<T[Key]> };
/** Does not compile when the type says more than the schema reads. */
export type ManifestTypeIsRead = Writable<ManifestType> extends Writable<z.output<typeof manifest>> ? true : never;
const typeIsRead: ManifestTypeIsRead = true;
void typeIsRead;
