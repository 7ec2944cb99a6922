/** The lines of a history, read back. Strict in what is used, open for what later versions add. */
import * as z from "zod";
import type { HistoryLine as HistoryLineType } from "./history.ts";
import { depths, outcomes } from "./report.ts";
import { digestSet } from "./report-schema.ts";

const piece = z.object({
  id: z.string(),
  outcome: z.enum(outcomes),
  digest: digestSet.exactOptional(),
  measured: z.string().exactOptional(),
  license: z.object({
    declared: z.string().exactOptional(),
    published: z.string().exactOptional(),
    concluded: z.string(),
  }),
  location: z.string().exactOptional(),
  revision: z.string().exactOptional(),
  gated: z.string().exactOptional(),
});

/** Reads one line. */
export const HistoryLine: z.ZodType<HistoryLineType, unknown> = z.object({
  schemaVersion: z.literal("1"),
  time: z.string(),
  manifest: z.string(),
  depth: z.enum(depths),
  report: z.object({ sha256: z.string() }).exactOptional(),
  failure: z.object({ code: z.string(), message: z.string() }).exactOptional(),
  pieces: z.array(piece),
});
