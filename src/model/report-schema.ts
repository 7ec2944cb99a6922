/** The report as JSON: what `schema/report.schema.json` is made from, and what reads a report back. Strict. */
import * as z from "zod";
import { archiveReport } from "./archive-schema.ts";
import { digestAlgorithms } from "./digest.ts";
import { type RefusalKind, type RefusalReason, refusalReasons } from "./evidence.ts";
import type { Finding } from "./findings.ts";
import { licenseDuties, licenseFlags } from "./license-duties-schema.ts";
import { lineageReport } from "./lineage-schema.ts";
import { availabilities, pieceKinds } from "./manifest.ts";
import { opennessSummary } from "./openness-schema.ts";
import { recordsReport } from "./records-schema.ts";
import { depths, outcomes, type Report as ReportType } from "./report.ts";
import { licenseSighting } from "./sighting-schema.ts";

const severities = ["error", "warning", "note"] as const;

const count = (words: string) => z.int().nonnegative().describe(words);
const text = (words: string) => z.string().describe(words);

const agreement = z
  .enum(["match", "mismatch", "undeclared", "unmeasured"])
  .describe("What the sides say of each other; silence is never agreement.");

const byAlgorithm = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({
    ...record(digestAlgorithms, () => value.exactOptional()),
  });

/** Digests, as they are written down. */
export const digestSet = byAlgorithm(z.string()).meta({
  id: "digestSet",
  description: "Digests by algorithm, in lower-case hex.",
});

const comparison = z
  .strictObject({
    declared: z.string().exactOptional(),
    published: z.string().exactOptional(),
    measured: z.string().exactOptional(),
    agreement,
  })
  .meta({ id: "comparison", description: "What the manifest declares, the host publishes and we measured." });

const sizeComparison = z
  .strictObject({
    declared: z.int().nonnegative().exactOptional(),
    published: z.int().nonnegative().exactOptional(),
    measured: z.int().nonnegative().exactOptional(),
    agreement,
  })
  .meta({ id: "sizeComparison", description: "The same of a size, in bytes." });

const comparisons = byAlgorithm(comparison).meta({
  id: "comparisons",
  description: "One comparison for each algorithm.",
});

const refusalReason = z
  .enum(keys<RefusalReason>(refusalReasons))
  .describe("Why, in a word that never changes its meaning.");

/** A refusal, as it is written down. */
export const refusal = z
  .strictObject({
    status: z.literal("refused"),
    kind: z
      .enum(["absent", "denied", "unreachable", "malformed"] satisfies RefusalKind[])
      .describe("Only `absent` speaks about the piece; not knowing is not absence."),
    reason: refusalReason,
    message: text("For people; may hold foreign text."),
    url: text("Without secrets.").exactOptional(),
    httpStatus: z.int().exactOptional(),
    errorCode: text("The system's or the client's own code.").exactOptional(),
    retryAt: text("When the host asked us to come back.").exactOptional(),
    attempts: count("How often it was asked.").exactOptional(),
  })
  .meta({ id: "refusal", description: "A question that got no usable answer." });

/** An exchange, as it is written down. */
export const exchange = z
  .strictObject({
    url: z.string(),
    finalUrl: z.string(),
    httpStatus: z.int().exactOptional(),
    hops: z.array(z.strictObject({ url: z.string(), httpStatus: z.int() })).describe("Redirects, in order."),
    attempts: z
      .array(
        z.strictObject({ reason: refusalReason, message: z.string(), atByte: z.int().nonnegative().exactOptional() }),
      )
      .describe("Tries that failed before."),
    etag: z.string().exactOptional(),
    lastModified: z.string().exactOptional(),
    mediaType: z.string().exactOptional(),
    contentLength: count("Bytes, as announced.").exactOptional(),
    resumedAt: count("Bytes that an earlier run had fetched.").exactOptional(),
  })
  .meta({ id: "exchange", description: "One request as it went." });

const location = z
  .strictObject({
    uri: z.string(),
    path: z.string().exactOptional(),
    declaredRevision: z.string().exactOptional(),
    resolver: text("Absent when nobody reads such a location.").exactOptional(),
    status: z.enum(["found", "refused", "unsupported", "not-tried"]),
    outcome: z.enum(outcomes).exactOptional(),
    refusal: refusal.exactOptional(),
    revision: text("What the location stands for now.").exactOptional(),
    pinned: z.boolean().describe("Whether it can not change its meaning.").exactOptional(),
    gated: z.string().exactOptional(),
    licensePublished: text("The licence that the host states, as written there.").exactOptional(),
    exchange: exchange.exactOptional(),
  })
  .meta({ id: "location", description: "One try of one location." });

const file = z
  .strictObject({
    path: z.string(),
    containedIn: z.string().exactOptional(),
    presence: z.enum(["present", "missing", "undeclared", "container", "unknown"]),
    size: sizeComparison,
    digest: comparisons,
    format: text("What the bytes are, by their content.").exactOptional(),
  })
  .meta({ id: "file", description: "One file, declared or found." });

const license = z
  .strictObject({
    declared: z.string().exactOptional(),
    published: z.string().exactOptional(),
    concluded: text("What the exact sightings support, `NOASSERTION` when nothing does."),
    agreement,
    searched: z
      .enum(["complete", "incomplete", "not-done"])
      .describe("How far the place beside the piece was searched; silence is absence only where all was read."),
    sightings: z.array(licenseSighting),
    flags: licenseFlags.exactOptional(),
    duties: licenseDuties.exactOptional(),
  })
  .meta({ id: "license", description: "The licence, declared, published and found." });

const piece = z
  .strictObject({
    id: z.string(),
    kind: z.enum(pieceKinds),
    availability: z.enum(availabilities),
    availabilityReason: text("Why it is not open, as the manifest says.").exactOptional(),
    builtFrom: z.array(z.string()).describe("What it was made from, as the manifest says.").exactOptional(),
    outcome: z.enum(outcomes),
    location: count("The location that the outcome rests on, counted from 0.").exactOptional(),
    locations: z.array(location),
    license,
    digest: comparisons,
    counts: z.strictObject({
      declared: count("Files that the manifest declares."),
      present: count("Files that are there."),
      missing: count("Files that are declared and not there."),
      undeclared: count("Files that are there and not declared."),
      verified: count("Files whose bytes were read and whose every declared fact held."),
      bytes: count("Bytes of payload that were read."),
    }),
    files: z.array(file).describe("The first files, in declared order."),
    filesOmitted: count("Files that are only counted."),
    records: recordsReport.exactOptional(),
  })
  .meta({ id: "piece", description: "What became of one piece." });

const finding = z
  .strictObject({
    code: z
      .string()
      .regex(/^[a-z]+(?:-[a-z]+)+$/)
      .describe("Never renamed or reused."),
    severity: z.enum(severities),
    piece: text("Absent for what concerns the whole manifest.").exactOptional(),
    location: count("The location that it is about, counted from 0.").exactOptional(),
    pointer: text("A JSON pointer (RFC 6901) into the manifest."),
    line: z.int().positive().exactOptional(),
    column: z.int().positive().exactOptional(),
    args: z.record(z.string(), z.union([z.string(), z.number()])).describe("The facts of this code."),
  })
  .meta({ id: "finding", description: "One fact about the release that its reader should know." });

const report = z
  .strictObject({
    schemaVersion: z.literal("1"),
    verifier: z.strictObject({ id: z.literal("wholesource"), version: z.string() }),
    timeVerified: text("ISO 8601, in UTC."),
    durationSeconds: z.number().nonnegative(),
    manifest: z.strictObject({ uri: z.string(), digest: digestSet }),
    name: z.string(),
    version: z.string(),
    claims: z.array(z.string()),
    depth: z.enum(depths),
    piecesDeclared: count("Pieces that the manifest has; more than are reported when only some were asked for."),
    partial: z.boolean().describe("True when the run was interrupted."),
    pieces: z.array(piece),
    findings: z.array(finding),
    findingsOmitted: z.record(z.string(), count("Findings of this code beyond the cap.")),
    lineage: lineageReport.exactOptional(),
    openness: opennessSummary.exactOptional(),
    archive: archiveReport.exactOptional(),
    summary: z.strictObject({
      outcomes: z.strictObject(record(outcomes, () => z.int().nonnegative())),
      findings: z.strictObject(record(severities, () => z.int().nonnegative())),
      files: count("Files that were looked at."),
      bytes: count("Bytes of payload that were read."),
      exitCode: z.union([z.literal(0), z.literal(1), z.literal(3)]),
    }),
  })
  .describe("What one verification of one release saw, and what follows from it.");

/** A finding as any version of this program may have written it. */
export type WrittenFinding = Omit<Finding, "code" | "args"> & {
  readonly code: string;
  readonly args: { readonly [name: string]: string | number };
};

/** A report as any version of this program with the same `schemaVersion` may have written it. */
export type WrittenReport = Omit<ReportType, "findings"> & { readonly findings: readonly WrittenFinding[] };

/** Reads a report back. */
export const Report: z.ZodType<WrittenReport, unknown> = report;

function keys<Key extends string>(table: { readonly [Each in Key]: unknown }): Key[] {
  return Object.keys(table) as Key[];
}

function record<Key extends string, Value>(names: readonly Key[], value: () => Value): { [Each in Key]: Value } {
  return Object.fromEntries(names.map((name) => [name, value()])) as { [Each in Key]: Value };
}

/** A type without its readonly marks, and with absent in place of undefined, as JSON has it. */
type Written<T> = T extends readonly (infer Item)[]
  ? Written<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Written<Exclude<T[Key], undefined>> }
    : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** Does not compile when the type and the schema of a report say different things. */
export type ReportTypeIsRead = Same<Written<WrittenReport>, Written<z.output<typeof report>>>;
const typeIsRead: ReportTypeIsRead = true;
void typeIsRead;
