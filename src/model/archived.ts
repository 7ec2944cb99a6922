/**
 * The lines of an archive's `resolutions.jsonl`: what each location answered and what it listed, so that a release can
 * be verified again without its hosts. What a line says was so when it was archived; bytes are always measured anew.
 */
import * as z from "zod";
import { hostSignCodes } from "./host-sign.ts";
import { digestSet, exchange, refusal } from "./report-schema.ts";

const mode = z.enum(["100644", "100755", "120000"]);
const place = { piece: z.string(), location: z.int().nonnegative() };

const found = z.strictObject({
  status: z.literal("found"),
  revision: z.string().exactOptional(),
  revisionIsName: z.boolean().exactOptional(),
  pinned: z.boolean(),
  licensePublished: z.string().exactOptional(),
  gated: z.enum(["auto", "manual", "paid", "unknown"]).exactOptional(),
  single: z.boolean().exactOptional(),
  layered: z.literal(true).exactOptional(),
  signs: z
    .array(z.strictObject({ code: z.enum(hostSignCodes), at: z.string().exactOptional(), detail: z.string() }))
    .exactOptional(),
  facts: z.record(z.string(), z.json()).exactOptional(),
  exchange: exchange.exactOptional(),
});

/** How a location answered. */
export const ArchivedLocation = z.strictObject({
  type: z.literal("location"),
  ...place,
  resolver: z.string(),
  resolution: z.union([found, refusal]),
  /** True where what it has is in the archive: the outcome rests on it. */
  kept: z.boolean(),
});
export type ArchivedLocation = z.infer<typeof ArchivedLocation>;

/** The file that lists a piece's files. */
export const ArchivedListing = z.strictObject({
  type: z.literal("listing"),
  piece: z.string(),
  /** Inside the archive; absent when it could not be read. */
  kept: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  detail: z.string().exactOptional(),
});
export type ArchivedListing = z.infer<typeof ArchivedListing>;

/** One object of a kept location. */
export const ArchivedObject = z.strictObject({
  type: z.literal("object"),
  ...place,
  role: z.enum(["file", "container", "beside"]),
  /** As the host names it; empty for an entry that it could not name. */
  path: z.string(),
  url: z.string().exactOptional(),
  size: z.int().nonnegative().exactOptional(),
  digest: digestSet.exactOptional(),
  mediaType: z.string().exactOptional(),
  /** What the host calls the version of its bytes (RFC 9110, 8.8.3). */
  etag: z.string().exactOptional(),
  /** When the host says that they were last written. */
  lastModified: z.string().exactOptional(),
  mode: mode.exactOptional(),
  treeBlob: z.string().exactOptional(),
  members: z
    .strictObject({
      strip: z.int().nonnegative(),
      prefix: z.string().exactOptional(),
      whiteouts: z.literal(true).exactOptional(),
    })
    .exactOptional(),
  /** Why there is none, or why its bytes did not come. */
  refusal: refusal.exactOptional(),
  /** Where its bytes are inside the archive. */
  kept: z.string().exactOptional(),
  sha256: z.string().exactOptional(),
  /** Present where it is a link and what it leads to was looked at. */
  linked: z
    .strictObject({
      mode: mode.exactOptional(),
      url: z.string().exactOptional(),
      size: z.int().nonnegative().exactOptional(),
      digest: digestSet.exactOptional(),
      mediaType: z.string().exactOptional(),
      refusal: refusal.exactOptional(),
    })
    .exactOptional(),
});
export type ArchivedObject = z.infer<typeof ArchivedObject>;

/** One line of `resolutions.jsonl`. */
export const ArchivedLine = z.discriminatedUnion("type", [ArchivedLocation, ArchivedListing, ArchivedObject]);
export type ArchivedLine = z.infer<typeof ArchivedLine>;
