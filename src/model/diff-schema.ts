/** What `wholesource diff` says, as JSON. Strict. */
import * as z from "zod";
import { changeKinds, type Diff as DiffType, diffVoices, untoldCodes } from "./diff.ts";
import { digestAlgorithms } from "./digest.ts";
import { depths } from "./report.ts";

const text = (words: string) => z.string().describe(words);
const count = (words: string) => z.int().nonnegative().describe(words);
const value = z.union([z.string(), z.number()]);

const difference = z
  .strictObject({
    voice: z
      .enum(diffVoices)
      .describe(
        "Whose word differs: `declared` the manifest's, `published` the host's, `measured` of bytes that were read, `concluded` of the licence texts, `found` whether it is there, `verdict` of the verification.",
      ),
    of: text("What it is about: `sha256`, `size`, `license`, ..."),
    before: value.exactOptional(),
    after: value.exactOptional(),
  })
  .meta({ id: "difference", description: "A side is absent where nothing was said." });

const change = z
  .strictObject({
    kind: z.enum(changeKinds).describe("Never renamed or reused."),
    piece: text("Absent for what concerns the whole release.").exactOptional(),
    path: text("A file of the piece, or a place that speaks about its licence; foreign text.").exactOptional(),
    containedIn: text("The archive that holds the file.").exactOptional(),
    differences: z.array(difference),
    finding: z
      .strictObject({
        code: z.string(),
        severity: z.enum(["error", "warning", "note"]),
        args: z.record(z.string(), value),
      })
      .describe("The finding that only one of the two has.")
      .exactOptional(),
  })
  .meta({ id: "change" });

const untold = z
  .strictObject({
    code: z.enum(untoldCodes),
    piece: z.string().exactOptional(),
    side: z.enum(["before", "after", "both"]).describe("Whose silence it is."),
    count: count("Files, findings or rows that it is about.").exactOptional(),
    finding: text("The code of the findings.").exactOptional(),
  })
  .meta({ id: "untold", description: "Something of which no change is known, and none is denied." });

const digestSet = z
  .strictObject(Object.fromEntries(digestAlgorithms.map((name) => [name, z.string().exactOptional()])))
  .meta({ id: "digestSet", description: "Digests by algorithm, in lower-case hex." });

const head = z
  .strictObject({
    form: z.enum(["report", "manifest"]),
    uri: text("As it was named."),
    name: z.string(),
    version: z.string(),
    manifest: z.strictObject({ uri: z.string(), digest: digestSet }),
    timeVerified: text("ISO 8601, in UTC; of reports.").exactOptional(),
    depth: z.enum(depths).exactOptional(),
    verifierVersion: text("The version of the program that wrote the report.").exactOptional(),
  })
  .meta({ id: "head", description: "One of the two that are compared." });

/** Reads a diff back. */
export const Diff: z.ZodType<DiffType, unknown> = z
  .strictObject({
    schemaVersion: z.literal("1"),
    basis: z
      .enum(["seen", "declared"])
      .describe("`declared` where one of the two is a manifest: then nothing else is compared."),
    before: head,
    after: head,
    changes: z.array(change).describe("The release first, then its pieces."),
    untold: z.array(untold).describe("What could not be compared: nothing is said of it."),
    summary: z.strictObject({
      changes: count("Entries of `changes`."),
      untold: count("Entries of `untold`."),
      piecesChanged: count("Pieces with a change."),
      piecesSame: count("Pieces without a change, of which all could be compared."),
      exitCode: z
        .union([z.literal(0), z.literal(1), z.literal(3)])
        .describe("0: nothing differs; 1: something does; 3: nothing is known to, but not all could be compared."),
    }),
  })
  .describe("What differs between two looks at a release.");
